//go:build modelcheck

package chanpool

import (
	"runtime"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/step"
)

// These are the programs. scenario_test.go checks them under all schedules
// within the bounds: see package explore.

// small returns shapes with one worker and with two, with these bounds on
// preemptions, each without a queue and with a queue for one task.
func small(one, two int) []shape {
	return []shape{{1, 0, one}, {1, 1, one}, {2, 0, two}, {2, 1, two}}
}

// escapes are the ways in which a task can end other than by returning.
var escapes = []func(){runtime.Goexit, func() { panic("boom") }}

func TestSchedulesOfSubmits(t *testing.T) {
	eachPool(t, small(2, 1), func(w *scenario) {
		w.start(2, "submitter", func(int) {
			w.submit(nil)
			w.submit(nil)
		})
	})
}

func TestSchedulesOfTasksThatDoNotReturn(t *testing.T) {
	eachPool(t, small(3, 2), func(w *scenario) {
		w.start(2, "submitter", func(i int) { w.submit(escapes[i]) })
	})
}

func TestSchedulesOfTasksThatSubmit(t *testing.T) {
	eachPool(t, small(3, 2), func(w *scenario) {
		w.start(2, "submitter", func(int) { w.submit(func() { w.submit(nil) }) })
	})
}

// As many tasks as there are workers wait for one another.
func TestSchedulesOfTasksThatWaitForOneAnother(t *testing.T) {
	eachPool(t, []shape{{2, 0, 1}, {2, 1, 1}}, func(w *scenario) {
		met := []step.Latch{step.NewLatch(), step.NewLatch()}
		w.start(2, "submitter", func(i int) {
			w.submitWait(func() { met[i].Open(); met[1-i].Wait() })
		})
	})
}

func TestSchedulesOfShutdown(t *testing.T) {
	eachPool(t, small(2, 1), func(w *scenario) {
		w.start(2, "submitter", func(int) { w.submit(nil) })
		w.Go("closer", w.shutdown)
		w.shutdown()
	})
}

func TestSchedulesOfShutdownAndTasksThatDoNotReturn(t *testing.T) {
	eachPool(t, small(3, 2), func(w *scenario) {
		w.Go("submitter", func() {
			w.submit(escapes[0])
			w.submit(escapes[1])
		})
		w.shutdown()
	})
}

func TestSchedulesOfShutdownNow(t *testing.T) {
	eachPool(t, small(2, 1), func(w *scenario) {
		w.start(2, "submitter", func(int) { w.submit(nil) })
		w.Go("closer", w.shutdown)
		w.shutdownNow()
	})
}

func TestSchedulesOfShutdownNowTwice(t *testing.T) {
	eachFullPool(t, small(2, 1), func(w *scenario, gate step.Latch) {
		w.Go("waiter", func() { w.submitWait(nil) })
		w.Go("closer", w.shutdownNow)
		gate.Open()
		w.shutdownNow()
	})
}

func TestSchedulesOfWaiters(t *testing.T) {
	eachFullPool(t, small(1, 1), func(w *scenario, gate step.Latch) {
		w.start(2, "waiter", func(int) { w.submitWait(nil) })
		w.Go("submitter", func() { w.submit(nil) })
		gate.Open()
	})
}

// Waiters are served in the order in which they began to wait.
func TestSchedulesKeepTheOrderOfWaiters(t *testing.T) {
	eachFullPool(t, []shape{{1, 0, 3}, {1, 1, 3}}, func(w *scenario, gate step.Latch) {
		served := 0
		w.Prepare(func() {
			for i := range 3 {
				w.Go("waiter", func() {
					w.submitWait(func() {
						if served != i {
							w.Failf("waiter %d is served after %d others", i+1, served)
						}
						served++
					})
				})
				w.settle()
			}
		})
		gate.Open()
	})
}

// A waiter gives up, perhaps as it is served, with another before it and one behind
// it.
func TestSchedulesOfAWaiterThatGivesUp(t *testing.T) {
	eachFullPool(t, small(2, 1), func(w *scenario, gate step.Latch) {
		ctx := new(step.Context)
		w.Prepare(func() {
			for i := range 3 {
				w.Go("waiter", func() {
					if i == 1 {
						w.submitContext(ctx, nil)
					} else {
						w.submitWait(nil)
					}
				})
				w.settle()
			}
		})
		w.Go("canceler", ctx.Cancel)
		gate.Open()
	})
}

func TestSchedulesOfWaitersAndShutdown(t *testing.T) {
	eachFullPool(t, small(2, 1), func(w *scenario, gate step.Latch) {
		ctx := new(step.Context)
		w.Go("waiter", func() { w.submitWait(nil) })
		w.Go("waiter that gives up", func() { w.submitContext(ctx, nil) })
		w.Go("canceler", ctx.Cancel)
		w.Go("gatekeeper", gate.Open)
		w.shutdown()
	})
}

func TestSchedulesOfBatches(t *testing.T) {
	eachPool(t, small(2, 2), func(w *scenario) {
		w.start(2, "submitter", func(int) { w.submitBatch(nil, 2, nil) })
	})
}

func TestSchedulesOfABatchThatWaits(t *testing.T) {
	eachPool(t, small(2, 1), func(w *scenario) {
		ctx := new(step.Context)
		w.Go("batch submitter", func() { w.submitBatch(ctx, 3, nil) })
		w.Go("submitter", func() { w.submit(nil) })
		w.Go("canceler", ctx.Cancel)
	})
}

func TestSchedulesOfABatchThatWaitsAndShutdown(t *testing.T) {
	eachPool(t, small(3, 2), func(w *scenario) {
		w.Go("batch submitter", func() { w.submitBatch(new(step.Context), 3, nil) })
		w.shutdown()
	})
}

func TestSchedulesOfWait(t *testing.T) {
	eachRun(t, small(2, 2), func(w *scenario) {
		w.Go("submitter", func() { w.submit(nil); w.submit(nil) })
		w.Go("waiter for quiescence", func() { w.wait(new(step.Context)) })
	})
}

// A submit that waits is accepted, and its task may end before the submit has counted it.
func TestSchedulesOfWaitAndWaiters(t *testing.T) {
	eachRun(t, []shape{{1, 0, 3}, {1, 1, 3}}, func(w *scenario) {
		gate := w.fill()
		w.Prepare(func() { w.Go("waiter", func() { w.submitWait(nil) }) })
		w.Go("waiter for quiescence", func() { w.wait(new(step.Context)) })
		gate.Open()
	})
}

func TestSchedulesOfWaitAndAWaiterThatGivesUp(t *testing.T) {
	eachRun(t, []shape{{1, 0, 3}, {1, 1, 2}}, func(w *scenario) {
		gate, ctx := w.fill(), new(step.Context)
		w.Prepare(func() { w.Go("waiter", func() { w.submitContext(ctx, nil) }) })
		w.Go("waiter for quiescence", func() { w.wait(new(step.Context)) })
		w.Go("canceler", ctx.Cancel)
		gate.Open()
	})
}

func TestSchedulesOfWaitAndTasksThatDoNotReturn(t *testing.T) {
	eachRun(t, small(2, 1), func(w *scenario) {
		w.Go("submitter", func() { w.submit(escapes[0]); w.submit(escapes[1]) })
		w.Go("waiter for quiescence", func() { w.wait(new(step.Context)) })
	})
}

func TestSchedulesOfWaitGivenUp(t *testing.T) {
	eachRun(t, small(2, 1), func(w *scenario) {
		ctx := new(step.Context)
		w.Go("submitter", func() { w.submit(nil) })
		w.Go("waiter for quiescence", func() { w.wait(new(step.Context)) })
		w.Go("one that gives up", func() { w.wait(ctx) })
		w.Go("canceler", ctx.Cancel)
	})
}

func TestSchedulesOfWaitAndShutdown(t *testing.T) {
	eachRun(t, small(3, 2), func(w *scenario) {
		w.Go("submitter", func() { w.submit(nil) })
		w.Go("waiter for quiescence", func() { w.wait(new(step.Context)) })
		w.shutdown()
	})
}

func TestSchedulesOfWaitAndShutdownNow(t *testing.T) {
	eachRun(t, small(3, 2), func(w *scenario) {
		gate := w.fill()
		w.Go("waiter for quiescence", func() { w.wait(new(step.Context)) })
		w.Go("gatekeeper", gate.Open)
		w.shutdownNow()
	})
}

// Two goroutines call Stats at the same time. For neither does a count
// decrease, and none is too large.
func TestSchedulesOfStats(t *testing.T) {
	eachRun(t, []shape{{1, 1, 2}, {2, 1, 1}}, func(w *scenario) {
		w.Go("submitter", func() { w.submit(nil); w.submit(nil) })
		w.start(2, "reader", func(int) {
			before := w.stats()
			after := w.stats()
			if after.Submitted < before.Submitted || after.Completed < before.Completed {
				w.Failf("a count has decreased: %+v, then %+v", before, after)
			}
		})
	})
}

func TestSchedulesOfStatsAndShutdownNow(t *testing.T) {
	eachRun(t, []shape{{1, 1, 3}}, func(w *scenario) {
		gate := w.fill()
		w.Go("reader", func() { w.stats(); w.stats() })
		w.Go("gatekeeper", gate.Open)
		w.shutdownNow()
		if s := w.pool.Stats(); s.Completed+s.Returned != 2 || s.Submitted != 2 {
			w.Failf("of 2 tasks: %+v", s)
		}
	})
}

// stats returns Stats, and checks that no count is too large.
func (w *scenario) stats() workerpool.Stats {
	s := w.pool.Stats()
	if s.Submitted > uint64(len(w.jobs)) || s.Completed > uint64(w.ended) {
		w.Failf("with %d tasks, of which %d have ended: %+v", len(w.jobs), w.ended, s)
	}
	return s
}
