//go:build modelcheck

package ringpool

import (
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// Pools without a queue, in what takes more preemptions than capacity_schedules_test.go
// has for them.

// A worker of a pool without a queue ends its task, finds no other, and becomes idle
// after Resize has returned, which did not see it among the idle workers. It must leave,
// and gets no task that is submitted after that.
func TestSchedulesOfASmallQueueResizeAndAWorkerThatBecomesIdleLate(t *testing.T) {
	effort := explore.Effort{Preemptions: 2, Random: 400, Whole: true}
	checkPool(t, 2, effort, (*scenario).ignoreStats, func(w *scenario) {
		busy, ends, resized := step.NewLatch(), step.NewLatch(), step.NewLatch()
		w.Prepare(func() {
			w.submit(busy.Wait)
			w.submit(ends.Wait)
		})
		ends.Open()
		w.Go("resizer", func() {
			w.resize(1)
			resized.Open()
		})
		w.Go("submitter", func() {
			resized.Wait()
			w.submit(func() {
				if w.running > 1 {
					w.Failf("a task that was submitted after Resize runs beside another")
				}
			})
			busy.Open()
		})
	}, workerpool.WithQueueCapacity(0))
}

// A submit claims a worker for an overdue waiter, and finds that the waiter has given up
// meanwhile. The worker is idle again, and the pool is not full.
func TestSchedulesOfASmallQueueAndAnOverdueWaiterThatGivesUp(t *testing.T) {
	checkPool(t, 1, upTo(2)[0], (*scenario).ignoreStatsAndSize, func(w *scenario) {
		ctx := new(step.Context)
		gate := w.fill()
		w.Prepare(func() {
			w.Go("waiter", func() { w.submitContext(ctx, nil) })
			w.settle()
			w.Look(w.exceedLimits)
		})
		w.Go("canceler", ctx.Cancel)
		w.Go("submitter", func() { w.submit(nil) })
		gate.Open()
	}, workerpool.WithQueueCapacity(0))
}

// A worker claims itself for a waiter. In the meantime Shutdown refuses the waiter,
// and does not see the worker.
func TestSchedulesOfAHandoffToAWaiterThatShutdownRefuses(t *testing.T) {
	effort := explore.Effort{Preemptions: 2, Random: 400, Whole: true}
	checkPool(t, 1, effort, (*scenario).ignoreStatsAndSize, func(w *scenario) {
		gate := w.fill()
		w.Go("waiter", func() { w.submitWait(nil) })
		gate.Open()
		w.shutdown()
	}, workerpool.WithQueueCapacity(0))
}
