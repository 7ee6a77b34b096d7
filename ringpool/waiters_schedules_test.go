//go:build modelcheck

package ringpool

import (
	"fmt"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// A task runs until the last waiter was served, and no worker becomes idle before that,
// which could admit the waiter instead.
func TestSchedulesOfATaskThatWaitsForTheLastWaiter(t *testing.T) {
	for _, waiters := range []int{1, 2} {
		t.Run(fmt.Sprintf("waiters=%d", waiters), func(t *testing.T) {
			effort := explore.Effort{Preemptions: 2, Random: 400, Whole: true}
			checkFixed(t, 1, effort, func(w *scenario) {
				first, rest := step.NewLatch(), step.NewLatch()
				w.Prepare(func() {
					w.submit(first.Wait)
					for range waiters - 1 {
						w.submit(nil)
					}
					for w.queued() < w.capacity() {
						w.submit(rest.Wait)
					}
				})
				var served step.Int32
				w.start(waiters, "waiter", func(int) {
					w.submitWait(nil)
					if served.Inc() == int32(waiters) {
						rest.Open()
					}
				})
				first.Open()
			})
		})
	}
}
