//go:build modelcheck

package ringpool

import (
	"fmt"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// Resize comes between whatever else may happen. See explore_test.go.

// A change is one of the size, and with how many preemptions it is looked at.
type change struct{ from, to, preemptions int }

func (c change) String() string { return fmt.Sprintf("from=%d/to=%d", c.from, c.to) }

// eachChange runs program with new pools whose size is to change.
func eachChange(t *testing.T, changes []change, program func(w *scenario, to int)) {
	for _, c := range changes {
		t.Run(c.String(), func(t *testing.T) {
			explore.Check(t, upTo(c.preemptions)[0], func(r *explore.Run) {
				w := newScenario(r, c.from)
				w.ignoreStats()
				program(w, c.to)
				w.end()
			})
		})
	}
}

// upAndDown is with so many preemptions for one worker more and one less.
func upAndDown(up, down int) []change { return []change{{1, 2, up}, {2, 1, down}} }

func TestSchedulesOfResizeAndSubmits(t *testing.T) {
	eachChange(t, upAndDown(2, 2), func(w *scenario, to int) {
		w.start(2, "submitter", func(int) { w.submit(nil) })
		w.resize(to)
	})
}

// The workers sleep, and those that are too many leave.
func TestSchedulesOfResizeAndSleepingWorkers(t *testing.T) {
	eachChange(t, upAndDown(2, 2), func(w *scenario, to int) {
		w.startAll()
		w.Go("submitter", func() { w.submit(nil) })
		w.resize(to)
	})
}

// Submitters go on until they are refused: rightly, and not before there are as many
// as the pool now takes.
func TestSchedulesOfResizeAndSubmitsUntilRefused(t *testing.T) {
	eachChange(t, upAndDown(1, 1), func(w *scenario, to int) {
		gate := step.NewLatch()
		w.Go("submitter", func() {
			for w.submit(gate.Wait) == nil {
			}
		})
		w.resize(to)
		for w.submit(gate.Wait) == nil {
		}
		w.settle()
		if n := w.count(nil); n < 3*to {
			w.Failf("%d blocking tasks were accepted, want %d", n, 3*to)
		}
		gate.Open()
	})
}

// As many tasks as there will be workers wait for one another.
func TestSchedulesOfResizeToWhatTasksNeed(t *testing.T) {
	eachChange(t, []change{{1, 2, 2}, {1, 3, 1}}, func(w *scenario, to int) {
		all := w.together(to)
		w.Go("submitter", func() {
			for range to {
				w.submit(all)
			}
		})
		w.resize(to)
	})
}

// The pool is full, and a submitter waits. What is queued overflows, or the waiter
// gets room.
func TestSchedulesOfResizeOfAFullPool(t *testing.T) {
	eachChange(t, upAndDown(1, 1), func(w *scenario, to int) {
		gate := w.fill()
		w.Go("waiter", func() { w.submitWait(nil) })
		w.Go("submitter", func() { w.submit(nil) })
		w.Go("gatekeeper", gate.Open)
		w.resize(to)
	})
}

func TestSchedulesOfResizeOfAFullPoolAndABatch(t *testing.T) {
	eachChange(t, upAndDown(1, 1), func(w *scenario, to int) {
		gate := w.fill()
		w.Go("batch", func() { w.submitBatch(nil, 3, nil) })
		w.Go("gatekeeper", gate.Open)
		w.resize(to)
	})
}

// A batch waits for room, behind what overflows, and gives up.
func TestSchedulesOfResizeOfAFullPoolAndABatchThatGivesUp(t *testing.T) {
	eachChange(t, upAndDown(1, 1), func(w *scenario, to int) {
		gate := w.fill()
		ctx := new(step.Context)
		w.Go("batch", func() { w.submitBatch(ctx, 2, nil) })
		w.Go("canceler", ctx.Cancel)
		w.Go("gatekeeper", gate.Open)
		w.resize(to)
	})
}

// Tasks that do not return are the last of workers that are too many.
func TestSchedulesOfResizeAndTasksThatDoNotReturn(t *testing.T) {
	eachChange(t, upAndDown(1, 2), func(w *scenario, to int) {
		w.start(2, "submitter", func(i int) { w.submit(escapes[i]) })
		w.resize(to)
	})
}

// A task changes the size of its own pool, beside another.
func TestSchedulesOfATaskThatResizes(t *testing.T) {
	eachChange(t, upAndDown(2, 2), func(w *scenario, to int) {
		w.start(2, "submitter", func(i int) {
			w.submit(func() {
				if i == 0 {
					w.resize(to)
				}
			})
		})
	})
}

// Tasks overflow, and run before all that is submitted later: with one worker left,
// in order.
func TestSchedulesKeepTheOrderOfWhatOverflows(t *testing.T) {
	orderOfOverflow(t, func(w *scenario, inOrder func(submit func(task func()) error)) {
		w.Go("submitter", func() {
			inOrder(w.submit)
			inOrder(w.submit)
		})
	})
}

func TestSchedulesKeepTheOrderOfWhatOverflowsAndWaits(t *testing.T) {
	orderOfOverflow(t, func(w *scenario, inOrder func(submit func(task func()) error)) {
		w.Go("waiter", func() { inOrder(w.submitWait) })
	})
}

// orderOfOverflow runs program while a pool of 2 with a full queue shrinks. What one
// goroutine submits by inOrder has to begin after all that was so submitted before.
func orderOfOverflow(t *testing.T, program func(w *scenario, inOrder func(submit func(task func()) error))) {
	eachChange(t, []change{{2, 1, 2}}, func(w *scenario, to int) {
		accepted, began := 0, 0
		inOrder := func(submit func(task func()) error) {
			n := accepted
			if submit(func() {
				if began != n {
					w.Failf("task %d begins after %d others", n, began)
				}
				began++
			}) == nil {
				accepted++
			}
		}
		gate := step.NewLatch()
		w.Prepare(func() {
			w.submit(gate.Wait)
			w.submit(gate.Wait)
			w.Settle()
			for range 4 {
				inOrder(w.submit)
			}
		})
		program(w, inOrder)
		w.resize(to)
		gate.Open()
	})
}

func TestSchedulesOfResizeAndShutdown(t *testing.T) {
	eachChange(t, upAndDown(3, 3), func(w *scenario, to int) {
		w.Go("submitter", func() { w.submit(nil) })
		w.Go("resizer", func() { w.change(to) })
		w.shutdown()
		w.size = w.pool.Size()
	})
}

// Tasks overflow, and the pool is shut down.
func TestSchedulesOfResizeOfAFullPoolAndShutdown(t *testing.T) {
	eachChange(t, []change{{2, 1, 2}}, func(w *scenario, to int) {
		gate := w.fill()
		w.Prepare(func() { w.resize(to) })
		w.Go("gatekeeper", gate.Open)
		w.shutdown()
	})
}

func TestSchedulesOfResizeOfAFullPoolAndShutdownNow(t *testing.T) {
	eachChange(t, []change{{2, 1, 2}}, func(w *scenario, to int) {
		gate := w.fill()
		w.Go("resizer", func() { w.change(to) })
		w.Go("gatekeeper", gate.Open)
		w.shutdownNow()
		w.size = w.pool.Size()
	})
}

// Two come at once; what is left of the tasks and the workers moves twice.
func TestSchedulesOfTwoResizes(t *testing.T) {
	eachChange(t, []change{{2, 1, 2}}, func(w *scenario, to int) {
		w.Go("submitter", func() { w.submit(nil) })
		w.Go("resizer", func() { w.change(3) })
		w.change(to)
		w.Settle()
		w.size = w.pool.Size()
	})
}

// Two calls ask for the same size: whichever has returned, that is the size.
func TestSchedulesOfTwoResizesToTheSame(t *testing.T) {
	eachChange(t, []change{{1, 2, 2}}, func(w *scenario, to int) {
		w.size = to
		gate := step.NewLatch()
		w.Go("resizer", func() { w.pool.Resize(to) })
		w.pool.Resize(to)
		for i := range 3 * to {
			if err := w.submit(gate.Wait); err != nil {
				w.Failf("after Resize(%d) has returned, task %d: %v", to, i, err)
			}
		}
		gate.Open()
	})
}

// Somebody waits for rest while the queue moves.
func TestSchedulesOfResizeAndRest(t *testing.T) {
	for _, c := range upAndDown(2, 2) {
		t.Run(c.String(), func(t *testing.T) {
			explore.Check(t, upTo(c.preemptions)[0], func(r *explore.Run) {
				w := newScenario(r, c.from)
				w.ignoreCounts()
				w.Go("submitter", func() { w.submit(nil) })
				w.Go("waiter for quiescence", func() { w.wait(new(step.Context)) })
				w.resize(c.to)
				w.end()
			})
		})
	}
}

// Counts never decrease, and are exact at last, though tasks move and overflow.
func TestSchedulesOfResizeAndStats(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: 1, Random: 400}, func(r *explore.Run) {
		w := newScenario(r, 2)
		explore.Ignore(r, &w.pool.refusals)
		gate := w.fill()
		w.Go("reader", func() {
			var before workerpool.Stats
			for range 3 {
				after := w.pool.Stats()
				if after.Submitted < before.Submitted || after.Completed < before.Completed ||
					after.Completed > uint64(w.ended) || after.Submitted > 6 || after.Queued > 4 {
					w.Failf("with %d tasks ended: %+v, then %+v", w.ended, before, after)
				}
				before = after
			}
		})
		w.Go("gatekeeper", gate.Open)
		w.resize(1)
		w.settle()
		s := w.pool.Stats()
		if s.Size != 1 || s.Capacity != 2 || s.Busy != 0 || s.Queued != 0 || s.Completed != 6 || s.Submitted != 6 || s.Started != 1 || s.Parks != s.Wakes {
			w.Failf("not exact at rest: %+v", s)
		}
		w.end()
	})
}

// Workers that are about to be let go because they have slept for long, and because
// they are too many.
func TestSchedulesOfResizeAndEviction(t *testing.T) {
	eachChange(t, upAndDown(2, 1), func(w *scenario, to int) {
		w.startAll()
		w.age()
		w.Go("submitter", func() { w.submit(nil) })
		w.resize(to)
	})
}

// A worker is between two tasks while the size decreases, and another is busy. What is
// submitted after Resize has returned is not for the one that is too many, whether the
// queue was empty before or not, and whether its capacity changes or not.
func TestSchedulesOfResizeAndAWorkerBetweenTwoTasks(t *testing.T) {
	for _, queued := range []int{0, 1} {
		for _, options := range [][]Option{nil, {workerpool.WithQueueCapacity(2)}} {
			t.Run(fmt.Sprintf("queued=%d/fixed=%v", queued, options != nil), func(t *testing.T) {
				explore.Check(t, upTo(3)[0], func(r *explore.Run) {
					w := newScenario(r, 2, options...)
					w.ignoreStats()
					busy, ends := step.NewLatch(), step.NewLatch()
					w.Prepare(func() {
						w.submit(busy.Wait)
						w.submit(ends.Wait)
						w.Settle()
						for range queued {
							w.submit(nil)
						}
					})
					w.Go("gatekeeper", ends.Open)
					w.resize(1)
					w.submit(nil)
					busy.Open()
					w.end()
				})
			})
		}
	}
}
