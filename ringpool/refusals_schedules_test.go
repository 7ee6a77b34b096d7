//go:build modelcheck

package ringpool

import (
	"context"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// The counts of refusals are not ignored here, as they are in the other scenarios.

// A batch finds the pool full, joins the waiters or comes too late for that, is refused
// or gives up. Each of its tasks is counted once, under the error of the call.
func TestSchedulesOfTheCountsOfRefusals(t *testing.T) {
	explore.Check(t, upTo(2)[0], func(r *explore.Run) {
		w := newScenario(r, 1)
		w.ignoreSize()
		explore.Ignore(r, &w.pool.submitted)
		explore.Ignore(r, &w.pool.completed)
		explore.Ignore(r, &w.pool.quiescence.parks)
		explore.Ignore(r, &w.pool.quiescence.wakes)
		gate := w.fill()
		ctx := new(step.Context)
		w.Go("batch submitter", func() { w.submitBatch(ctx, 2, nil) })
		w.Go("canceler", ctx.Cancel)
		gate.Open()
		w.shutdown()
		w.settle()
		w.Look(func() {
			closed, canceled := w.count(ErrPoolClosed), w.count(context.Canceled)
			s := w.pool.Stats()
			if s.RejectedClosed != uint64(closed) || s.Canceled != uint64(canceled) || s.Rejected != 0 {
				w.Failf("%d tasks were refused because the pool is closed, and %d canceled: %+v", closed, canceled, s)
			}
		})
		w.end()
	})
}
