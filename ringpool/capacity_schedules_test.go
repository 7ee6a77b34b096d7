//go:build modelcheck

package ringpool

import (
	"fmt"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// Pools without a queue, and with one that is smaller than the pool. See
// schedules_test.go.

// A room is what there is for tasks, and with how many preemptions it is looked at.
type room struct{ size, capacity, preemptions int }

func (o room) String() string { return fmt.Sprintf("size=%d/capacity=%d", o.size, o.capacity) }

// small is with so many preemptions: for one worker and two without a queue, and for
// two with room for one task.
func small(one, two, queue int) []room { return []room{{1, 0, one}, {2, 0, two}, {2, 1, queue}} }

// eachRoom runs program with new pools of these sizes and capacities.
func eachRoom(t *testing.T, rooms []room, program func(w *scenario)) {
	for _, o := range rooms {
		t.Run(o.String(), func(t *testing.T) { checkRoom(t, o, program) })
	}
}

// eachRoomAsleep is eachRoom, and the workers have been started, and sleep.
func eachRoomAsleep(t *testing.T, rooms []room, program func(w *scenario)) {
	eachRoom(t, rooms, func(w *scenario) { w.startAll(); program(w) })
}

// eachFullRoom is eachRoom with pools that are full, of tasks that end when the gate is
// opened.
func eachFullRoom(t *testing.T, rooms []room, program func(w *scenario, gate step.Latch)) {
	eachRoom(t, rooms, func(w *scenario) { program(w, w.fill()) })
}

func checkRoom(t *testing.T, o room, program func(w *scenario)) {
	explore.Check(t, upTo(o.preemptions)[0], func(r *explore.Run) {
		w := newScenario(r, o.size, workerpool.WithQueueCapacity(o.capacity))
		w.ignoreStats()
		w.keepSize()
		program(w)
		w.end()
	})
}

func TestSchedulesOfSubmitsToASmallQueue(t *testing.T) {
	eachRoom(t, small(1, 0, 0), func(w *scenario) {
		w.start(2, "submitter", func(int) {
			w.submit(nil)
			w.submit(nil)
		})
	})
}

func TestSchedulesOfSubmitsToASmallQueueAndWorkersThatSleep(t *testing.T) {
	eachRoomAsleep(t, small(1, 0, 0), func(w *scenario) {
		w.start(2, "submitter", func(int) {
			w.submit(nil)
			w.submit(nil)
		})
	})
}

func TestSchedulesOfASmallQueueAndTasksThatDoNotReturn(t *testing.T) {
	eachRoom(t, small(1, 0, 0), func(w *scenario) {
		w.start(2, "submitter", func(i int) { w.submit(escapes[i]) })
	})
}

func TestSchedulesOfSubmitsToASmallQueueUntilRefused(t *testing.T) {
	eachRoom(t, small(1, 1, 0), func(w *scenario) {
		gate := step.NewLatch()
		w.start(2, "submitter", func(int) {
			for w.submit(gate.Wait) == nil {
			}
		})
		w.wantCapacity()
		gate.Open()
	})
}

// As many tasks as there are workers wait for one another.
func TestSchedulesOfASmallQueueAndTasksThatWaitForOneAnother(t *testing.T) {
	eachRoom(t, small(1, 1, 0), func(w *scenario) {
		all := w.together(w.size)
		w.start(w.size, "submitter", func(int) {
			if err := w.submit(all); err != nil {
				w.Failf("%v, and there are as many workers as tasks", err)
			}
		})
	})
}

func TestSchedulesOfASmallQueueAndTasksThatSubmit(t *testing.T) {
	eachRoom(t, small(1, 0, 0), func(w *scenario) {
		w.start(2, "submitter", func(int) {
			w.submit(func() { w.submit(func() { w.submit(nil) }) })
		})
	})
}

func TestSchedulesOfASmallQueueAndShutdown(t *testing.T) {
	eachRoomAsleep(t, small(1, 0, 0), func(w *scenario) {
		w.start(2, "submitter", func(int) { w.submit(nil) })
		w.shutdown()
	})
}

func TestSchedulesOfASmallQueueAndShutdownNow(t *testing.T) {
	eachRoom(t, small(2, 1, 1), func(w *scenario) {
		w.start(2, "submitter", func(int) { w.submit(nil) })
		w.shutdownNow()
	})
}

// More wait than there are workers, and none of the tasks is there before.
func TestSchedulesOfASmallQueueAndACrowd(t *testing.T) {
	eachRoom(t, small(0, 0, 0), func(w *scenario) {
		w.start(w.room()+2, "waiter", func(int) { w.submitWait(nil) })
	})
}

func TestSchedulesOfASmallQueueAndOneWaiter(t *testing.T) {
	eachFullRoom(t, small(1, 0, 0), func(w *scenario, gate step.Latch) {
		w.Go("waiter", func() { w.submitWait(nil) })
		w.Go("submitter", func() { w.submit(nil) })
		gate.Open()
	})
}

// A waiter waits again when it was served.
func TestSchedulesOfASmallQueueAndTwoWaiters(t *testing.T) {
	eachFullRoom(t, small(0, 0, 0), func(w *scenario, gate step.Latch) {
		w.start(2, "waiter", func(int) {
			w.submitWait(nil)
			w.submitWait(nil)
		})
		gate.Open()
	})
}

func TestSchedulesKeepTheOrderOfWaitersOfASmallQueue(t *testing.T) {
	eachFullRoom(t, []room{{1, 0, 2}}, func(w *scenario, gate step.Latch) {
		served := 0
		w.Prepare(func() {
			w.start(3, "waiter", func(i int) {
				w.submitWait(func() {
					if served != i {
						w.Failf("waiter %d is served after %d others", i+1, served)
					}
					served++
				})
			})
		})
		gate.Open()
	})
}

// Waiters are overdue: no submit that begins later comes before them.
func TestSchedulesOfASmallQueueAndOverdueWaiters(t *testing.T) {
	eachFullRoom(t, small(0, 0, 0), func(w *scenario, gate step.Latch) {
		waiting := 2
		w.Prepare(func() {
			w.start(2, "waiter", func(int) {
				w.submitWait(func() { waiting-- })
			})
			w.Settle()
			w.Look(w.exceedLimits)
		})
		w.Go("submitter", func() {
			w.submit(func() {
				if w.size == 1 && waiting > 0 {
					w.Failf("a task has overtaken %d overdue waiters", waiting)
				}
			})
		})
		gate.Open()
	})
}

// One waiter gives up, perhaps as it is served; another comes after it.
func TestSchedulesOfASmallQueueAndAWaiterThatGivesUp(t *testing.T) {
	eachFullRoom(t, small(1, 0, 0), func(w *scenario, gate step.Latch) {
		ctx := new(step.Context)
		w.Prepare(func() {
			w.start(2, "waiter", func(i int) {
				if i == 0 {
					w.submitContext(ctx, nil)
				} else {
					w.submitWait(nil)
				}
			})
		})
		w.Go("canceler", ctx.Cancel)
		gate.Open()
	})
}

func TestSchedulesOfASmallQueueWaitersAndShutdown(t *testing.T) {
	eachFullRoom(t, small(0, 0, 0), func(w *scenario, gate step.Latch) {
		ctx := new(step.Context)
		w.start(2, "waiter", func(i int) {
			if i == 0 {
				w.submitContext(ctx, nil)
			} else {
				w.submitWait(nil)
			}
		})
		w.Go("canceler", ctx.Cancel)
		gate.Open()
		w.shutdown()
	})
}

func TestSchedulesOfASmallQueueWaitersAndShutdownNow(t *testing.T) {
	eachFullRoom(t, small(1, 0, 0), func(w *scenario, gate step.Latch) {
		w.start(2, "waiter", func(int) { w.submitWait(nil) })
		w.Go("gatekeeper", gate.Open)
		w.shutdownNow()
	})
}

// Tasks are queued beside idle workers, as if their submitters had been stopped
// between S1 and S2, and a waiter comes.
func TestSchedulesOfASmallQueueBesideIdleWorkers(t *testing.T) {
	eachRoom(t, []room{{2, 1, 1}}, func(w *scenario) {
		j, task := w.task(nil)
		w.pool.queue.TryPush(task)
		j.answered = true
		w.Go("stopped submitter", w.pool.wakeOne)
		w.Go("submitter", func() { w.submit(nil) })
		w.Go("waiter", func() { w.submitWait(nil) })
	})
}

func TestSchedulesOfBatchesAndASmallQueue(t *testing.T) {
	eachRoom(t, small(1, 0, 0), func(w *scenario) {
		w.start(2, "submitter", func(int) { w.submitBatch(nil, 2, nil) })
	})
}

func TestSchedulesOfBatchesAndASmallQueueUntilRefused(t *testing.T) {
	eachRoom(t, small(1, 0, 0), func(w *scenario) {
		gate := step.NewLatch()
		w.start(2, "submitter", func(int) { w.submitBatch(nil, w.room(), gate.Wait) })
		w.wantCapacity()
		gate.Open()
	})
}

func TestSchedulesOfASmallQueueAndABatchThatWaitsForRoom(t *testing.T) {
	eachRoom(t, small(0, 0, 0), func(w *scenario) {
		w.Go("batch submitter", func() { w.submitBatch(new(step.Context), w.room()+2, nil) })
		w.Go("submitter", func() { w.submit(nil) })
	})
}

func TestSchedulesOfASmallQueueAndABatchThatGivesUp(t *testing.T) {
	eachFullRoom(t, small(0, 0, 0), func(w *scenario, gate step.Latch) {
		ctx := new(step.Context)
		w.Go("batch submitter", func() { w.submitBatch(ctx, 2, nil) })
		w.Go("waiter", func() { w.submitWait(nil) })
		w.Go("canceler", ctx.Cancel)
		gate.Open()
	})
}

// Somebody waits for the pool to be quiescent, and somebody for room.
func TestSchedulesOfASmallQueueAndWait(t *testing.T) {
	for _, o := range small(1, 1, 1) {
		t.Run(o.String(), func(t *testing.T) {
			explore.Check(t, upTo(o.preemptions)[0], func(r *explore.Run) {
				w := newScenario(r, o.size, workerpool.WithQueueCapacity(o.capacity))
				w.ignoreCounts()
				w.keepSize()
				w.start(2, "submitter", func(i int) {
					if i == 0 {
						w.submitWait(nil)
					} else {
						w.submit(nil)
					}
				})
				w.Go("waiter for quiescence", func() { w.wait(new(step.Context)) })
				w.end()
			})
		})
	}
}

// The workers are about to be evicted.
func TestSchedulesOfASmallQueueAndEviction(t *testing.T) {
	eachRoomAsleep(t, small(0, 0, 0), func(w *scenario) {
		w.age()
		all := w.together(w.size)
		w.start(w.size, "submitter", func(int) {
			if err := w.submit(all); err != nil {
				w.Failf("%v, and there are as many workers as tasks", err)
			}
		})
	})
}

// eachSmallChange is eachChange for pools without a queue, and with one for one task.
func eachSmallChange(t *testing.T, changes []change, program func(w *scenario, to int)) {
	for _, c := range changes {
		for capacity := range 2 {
			t.Run(fmt.Sprint(c, "/capacity=", capacity), func(t *testing.T) {
				explore.Check(t, upTo(c.preemptions)[0], func(r *explore.Run) {
					w := newScenario(r, c.from, workerpool.WithQueueCapacity(capacity))
					w.ignoreStats()
					program(w, c.to)
					w.end()
				})
			})
		}
	}
}

func TestSchedulesOfASmallQueueAndResize(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), func(w *scenario, to int) {
		w.start(2, "submitter", func(int) { w.submit(nil) })
		w.resize(to)
	})
}

func TestSchedulesOfASmallQueueAndResizeBesideWorkersThatSleep(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), func(w *scenario, to int) {
		w.startAll()
		w.start(2, "submitter", func(int) { w.submit(nil) })
		w.resize(to)
	})
}

// Submitters go on until they are refused, and there is room for as many as the new
// size says.
func TestSchedulesOfASmallQueueAndResizeUntilRefused(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), func(w *scenario, to int) {
		gate := step.NewLatch()
		w.Go("submitter", func() {
			for w.submit(gate.Wait) == nil {
			}
		})
		w.resize(to)
		for w.submit(gate.Wait) == nil {
		}
		w.settle()
		if n := w.count(nil); n < w.room() {
			w.Failf("%d blocking tasks were accepted, want %d", n, w.room())
		}
		gate.Open()
	})
}

func TestSchedulesOfASmallQueueAndResizeOfAFullPool(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), func(w *scenario, to int) {
		gate := w.fill()
		w.Go("waiter", func() { w.submitWait(nil) })
		w.Go("submitter", func() { w.submit(nil) })
		w.Go("gatekeeper", gate.Open)
		w.resize(to)
	})
}

// A worker more makes room for the waiter, and nothing else does.
func TestSchedulesOfASmallQueueAndResizeForAWaiter(t *testing.T) {
	eachSmallChange(t, []change{{1, 2, 1}, {1, 3, 0}}, func(w *scenario, to int) {
		gate := w.fill()
		served := step.NewLatch()
		w.Go("waiter", func() {
			w.submitWait(nil)
			served.Open()
		})
		w.resize(to)
		served.Wait()
		gate.Open()
	})
}

func TestSchedulesOfASmallQueueAndResizeBesideABatch(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), func(w *scenario, to int) {
		w.Go("batch submitter", func() { w.submitBatch(new(step.Context), 2, nil) })
		w.Go("submitter", func() { w.submit(nil) })
		w.resize(to)
	})
}

// As many tasks as there will be workers wait for one another.
func TestSchedulesOfASmallQueueAndResizeToWhatTasksNeed(t *testing.T) {
	eachSmallChange(t, []change{{1, 2, 1}, {1, 3, 0}}, func(w *scenario, to int) {
		all := w.together(to)
		w.start(to, "waiter", func(int) { w.submitWait(all) })
		w.resize(to)
	})
}

func TestSchedulesOfASmallQueueResizeAndShutdown(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), func(w *scenario, to int) {
		w.Go("submitter", func() { w.submit(nil) })
		w.Go("resizer", func() { w.change(to) })
		w.shutdown()
		w.size = w.pool.Size()
	})
}

func TestSchedulesOfASmallQueueResizeAndShutdownNow(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), func(w *scenario, to int) {
		gate := w.fill()
		w.Go("waiter", func() { w.submitWait(nil) })
		w.Go("resizer", func() { w.change(to) })
		w.Go("gatekeeper", gate.Open)
		w.shutdownNow()
		w.size = w.pool.Size()
	})
}
