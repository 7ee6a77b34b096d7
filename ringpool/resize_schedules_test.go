//go:build modelcheck

package ringpool

import (
	"fmt"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// Resize beside everything else that may happen. See schedules_test.go.

// A change is a change of the size, and the bound on preemptions.
type change struct{ from, to, preemptions int }

func (c change) String() string { return fmt.Sprintf("from=%d/to=%d", c.from, c.to) }

// eachChange runs program with new pools whose size is to change.
func eachChange(t *testing.T, changes []change, program func(w *scenario, to int)) {
	for _, c := range changes {
		t.Run(c.String(), func(t *testing.T) { checkChange(t, c, program) })
	}
}

func checkChange(t *testing.T, c change, program func(w *scenario, to int), opts ...Option) {
	checkPool(t, c.from, upTo(c.preemptions)[0], (*scenario).ignoreStats, func(w *scenario) { program(w, c.to) }, opts...)
}

// upAndDown returns two changes, with these bounds: to one worker more, and to one less.
func upAndDown(up, down int) []change { return []change{{1, 2, up}, {2, 1, down}} }

func TestSchedulesOfResizeAndSubmits(t *testing.T) {
	eachChange(t, upAndDown(2, 2), resizeBesideSubmits)
}

// The workers sleep, and those that are too many leave.
func TestSchedulesOfResizeAndSleepingWorkers(t *testing.T) {
	eachChange(t, upAndDown(2, 2), func(w *scenario, to int) {
		w.startAll()
		w.Go("submitter", func() { w.submit(nil) })
		w.resize(to)
	})
}

func TestSchedulesOfResizeAndSubmitsUntilRefused(t *testing.T) {
	eachChange(t, upAndDown(1, 1), resizeUntilRefused)
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

// The pool is full, and a submitter waits. The size grows and makes room for it, or shrinks
// and leaves more tasks queued than the new capacity.
func TestSchedulesOfResizeOfAFullPool(t *testing.T) {
	eachChange(t, upAndDown(1, 1), resizeFullPool)
}

func TestSchedulesOfResizeOfAFullPoolAndABatch(t *testing.T) {
	eachChange(t, upAndDown(1, 1), func(w *scenario, to int) {
		gate := w.fill()
		w.Go("batch", func() { w.submitBatch(nil, 3, nil) })
		w.Go("opener", gate.Open)
		w.resize(to)
	})
}

// A batch waits for room, behind the tasks of the old ring, and gives up.
func TestSchedulesOfResizeOfAFullPoolAndABatchThatGivesUp(t *testing.T) {
	eachChange(t, upAndDown(1, 1), func(w *scenario, to int) {
		gate := w.fill()
		ctx := new(step.Context)
		w.Go("batch", func() { w.submitBatch(ctx, 2, nil) })
		w.Go("canceler", ctx.Cancel)
		w.Go("opener", gate.Open)
		w.resize(to)
	})
}

// Tasks that do not return run on workers that must leave.
func TestSchedulesOfResizeAndTasksThatDoNotReturn(t *testing.T) {
	eachChange(t, upAndDown(1, 2), func(w *scenario, to int) {
		submitEscapes(w)
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

// Tasks of the old ring begin before tasks that are submitted later: with one worker left,
// in order.
func TestSchedulesKeepTheOrderWhenThePoolShrinks(t *testing.T) {
	orderInShrinkingPool(t, func(w *scenario, inOrder func(submit func(task func()) error)) {
		w.Go("submitter", func() {
			inOrder(w.submit)
			inOrder(w.submit)
		})
	})
}

func TestSchedulesKeepTheOrderOfAWaiterWhenThePoolShrinks(t *testing.T) {
	orderInShrinkingPool(t, func(w *scenario, inOrder func(submit func(task func()) error)) {
		w.Go("waiter", func() { inOrder(w.submitWait) })
	})
}

// orderInShrinkingPool runs program while a pool of 2 with a full queue shrinks. A task
// that is submitted through inOrder has to begin after all that were so submitted before.
func orderInShrinkingPool(t *testing.T, program func(w *scenario, inOrder func(submit func(task func()) error))) {
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
			w.settle()
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
	eachChange(t, upAndDown(3, 3), resizeBesideShutdown)
}

// More tasks are queued than the new capacity, and the pool is shut down.
func TestSchedulesOfResizeOfAFullPoolAndShutdown(t *testing.T) {
	eachChange(t, []change{{2, 1, 2}}, func(w *scenario, to int) {
		gate := w.fill()
		w.Prepare(func() { w.resize(to) })
		w.Go("opener", gate.Open)
		w.shutdown()
	})
}

func TestSchedulesOfResizeOfAFullPoolAndShutdownNow(t *testing.T) {
	eachChange(t, []change{{2, 1, 2}}, func(w *scenario, to int) {
		gate := w.fill()
		w.Go("resizer", func() { w.change(to) })
		w.Go("opener", gate.Open)
		w.shutdownNow()
		w.size = w.pool.Size()
	})
}

// Two Resizes come at once: two rings are appended.
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

// Wait is called while a ring is appended.
func TestSchedulesOfResizeAndWait(t *testing.T) {
	for _, c := range upAndDown(2, 2) {
		t.Run(c.String(), func(t *testing.T) {
			checkPool(t, c.from, upTo(c.preemptions)[0], (*scenario).ignoreCounts, func(w *scenario) {
				w.Go("submitter", func() { w.submit(nil) })
				awaitQuiescence(w)
				w.resize(c.to)
			})
		})
	}
}

// An idle worker leaves while another runs a task: that must not hide the task.
func TestSchedulesOfResizeAndWaitBesideATaskThatRuns(t *testing.T) {
	checkPool(t, 2, upTo(2)[0], (*scenario).ignoreCounts, func(w *scenario) {
		w.startAll()
		gate := w.occupy(1)
		awaitQuiescence(w)
		w.Go("gatekeeper", gate.Open)
		w.resize(1)
	})
}

// Counts never decrease, and are exact in the end, although there are two rings.
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
		w.Go("opener", gate.Open)
		w.resize(1)
		w.settle()
		s := w.pool.Stats()
		if s.Size != 1 || s.Capacity != 2 || s.Busy != 0 || s.Queued != 0 || s.Completed != 6 || s.Submitted != 6 || s.Started != 1 || s.Parks != s.Wakes {
			w.Failf("not exact when quiescent: %+v", s)
		}
		w.end()
	})
}

// All workers run a task all the while, and Stats misses none of them, whatever Resize does:
// workers become too many, and some that were too many stay after all.
func TestSchedulesOfResizesAndStatsOfBusyWorkers(t *testing.T) {
	for _, c := range []struct {
		name           string
		size           int
		before, beside []int // the sizes that Resize is called with, before and beside Stats
	}{
		{"one_must_leave", 2, nil, []int{1}},
		{"one_may_stay", 2, []int{1}, []int{2}},
		{"one_of_two_may_stay", 3, []int{1}, []int{2}},
		{"two_may_stay_and_then_must_leave", 3, []int{1}, []int{3, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			explore.Check(t, explore.Effort{Preemptions: 2, Random: 400}, func(r *explore.Run) {
				w := newScenario(r, c.size)
				explore.Ignore(r, &w.pool.refusals)
				gate := w.occupy(c.size)
				w.Prepare(func() {
					for _, size := range c.before {
						w.resize(size)
					}
				})
				w.Go("reader", func() {
					if s := w.pool.Stats(); s.Busy != c.size {
						w.Failf("%d tasks run: %+v", c.size, s)
					}
				})
				for _, size := range c.beside {
					w.resize(size)
				}
				w.settle()
				gate.Open()
				w.end()
			})
		})
	}
}

// Workers must end for two reasons: they have been idle for long, and they are too many.
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
				checkPool(t, 2, upTo(3)[0], (*scenario).ignoreStats, func(w *scenario) {
					busy, ends := step.NewLatch(), step.NewLatch()
					w.Prepare(func() {
						w.submit(busy.Wait)
						w.submit(ends.Wait)
						w.settle()
						for range queued {
							w.submit(nil)
						}
					})
					w.Go("opener", ends.Open)
					w.resize(1)
					w.submit(nil)
					busy.Open()
				}, options...)
			})
		}
	}
}
