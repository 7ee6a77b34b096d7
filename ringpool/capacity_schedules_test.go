//go:build modelcheck

package ringpool

import (
	"fmt"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/step"
)

// Pools without a queue, and with one that is smaller than the pool. See
// schedules_test.go.

// A room is the size and the queue capacity of a pool, and the bound on preemptions.
type room struct{ size, capacity, preemptions int }

func (o room) option() Option { return workerpool.WithQueueCapacity(o.capacity) }

func (o room) String() string { return fmt.Sprintf("size=%d/capacity=%d", o.size, o.capacity) }

// small returns three rooms, with these bounds: one worker without a queue, two workers
// without a queue, and two workers with a queue for one task.
func small(one, two, queue int) []room { return []room{{1, 0, one}, {2, 0, two}, {2, 1, queue}} }

// eachRoom runs program with new pools of these sizes and capacities.
func eachRoom(t *testing.T, rooms []room, program func(w *scenario)) {
	for _, o := range rooms {
		t.Run(o.String(), func(t *testing.T) { checkRoom(t, o, program) })
	}
}

// eachRoomAsleep is eachRoom with pools whose workers sleep.
func eachRoomAsleep(t *testing.T, rooms []room, program func(w *scenario)) {
	eachRoom(t, rooms, func(w *scenario) { w.startAll(); program(w) })
}

// eachFullRoom is eachRoom with pools that are full, of tasks that end when the gate is
// opened.
func eachFullRoom(t *testing.T, rooms []room, program func(w *scenario, gate step.Latch)) {
	eachRoom(t, rooms, func(w *scenario) { program(w, w.fill()) })
}

func checkRoom(t *testing.T, o room, program func(w *scenario)) {
	checkPool(t, o.size, upTo(o.preemptions)[0], (*scenario).ignoreStatsAndSize, program, o.option())
}

func TestSchedulesOfSubmitsToASmallQueue(t *testing.T) {
	eachRoom(t, small(2, 1, 1), submitTwiceEach)
}

func TestSchedulesOfSubmitsToASmallQueueAndWorkersThatSleep(t *testing.T) {
	eachRoomAsleep(t, small(1, 0, 0), submitTwiceEach)
}

func TestSchedulesOfASmallQueueAndTasksThatDoNotReturn(t *testing.T) {
	eachRoom(t, small(1, 0, 0), submitEscapes)
}

func TestSchedulesOfSubmitsToASmallQueueUntilRefused(t *testing.T) {
	eachRoom(t, small(1, 1, 0), submitUntilRefused)
}

func TestSchedulesOfASmallQueueAndTasksThatWaitForOneAnother(t *testing.T) {
	eachRoom(t, small(1, 1, 0), submitTogether)
}

func TestSchedulesOfASmallQueueAndTasksThatSubmit(t *testing.T) {
	eachRoom(t, small(1, 0, 0), submitNested)
}

func TestSchedulesOfASmallQueueAndShutdown(t *testing.T) {
	eachRoomAsleep(t, small(1, 0, 0), func(w *scenario) {
		submitOneEach(w)
		w.shutdown()
	})
}

func TestSchedulesOfASmallQueueAndShutdownNow(t *testing.T) {
	eachRoom(t, small(2, 1, 1), func(w *scenario) {
		submitOneEach(w)
		w.shutdownNow()
	})
}

func TestSchedulesOfASmallQueueAndManyWaiters(t *testing.T) {
	eachRoom(t, small(0, 0, 0), manyWaiters)
}

func TestSchedulesOfASmallQueueAndOneWaiter(t *testing.T) {
	eachFullRoom(t, small(1, 0, 0), oneWaiter)
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
	eachFullRoom(t, []room{{1, 0, 2}}, waitersInOrder)
}

func TestSchedulesOfASmallQueueAndOverdueWaiters(t *testing.T) {
	eachFullRoom(t, small(0, 0, 0), overdueWaiters)
}

// One waiter gives up, perhaps as it is served; another comes after it.
func TestSchedulesOfASmallQueueAndAWaiterThatGivesUp(t *testing.T) {
	eachFullRoom(t, small(1, 0, 0), func(w *scenario, gate step.Latch) {
		ctx := new(step.Context)
		w.Prepare(func() { w.startWaiters(2, 0, ctx) })
		w.Go("canceler", ctx.Cancel)
		gate.Open()
	})
}

func TestSchedulesOfASmallQueueWaitersAndShutdown(t *testing.T) {
	eachFullRoom(t, small(0, 0, 0), waiterThatGivesUpAndShutdown)
}

func TestSchedulesOfASmallQueueWaitersAndShutdownNow(t *testing.T) {
	eachFullRoom(t, small(1, 0, 0), func(w *scenario, gate step.Latch) {
		w.start(2, "waiter", func(int) { w.submitWait(nil) })
		w.Go("opener", gate.Open)
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
		w.Go("stopped submitter", func() { w.pool.look(false) })
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
	eachRoom(t, small(1, 0, 0), func(w *scenario) { batchesUntilRefused(w, w.room()) })
}

func TestSchedulesOfASmallQueueAndABatchThatWaitsForRoom(t *testing.T) {
	eachRoom(t, small(0, 0, 0), batchThatWaitsForRoom)
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

// One call waits for the pool to be quiescent, and another for room.
func TestSchedulesOfASmallQueueAndWait(t *testing.T) {
	for _, o := range small(1, 1, 1) {
		t.Run(o.String(), func(t *testing.T) {
			checkPool(t, o.size, upTo(o.preemptions)[0], (*scenario).ignoreCountsAndSize, func(w *scenario) {
				w.start(2, "submitter", func(i int) {
					if i == 0 {
						w.submitWait(nil)
					} else {
						w.submit(nil)
					}
				})
				awaitQuiescence(w)
			}, o.option())
		})
	}
}

// The workers are about to be evicted.
func TestSchedulesOfASmallQueueAndEviction(t *testing.T) {
	eachRoomAsleep(t, small(0, 0, 0), func(w *scenario) {
		w.age()
		submitTogether(w)
	})
}

// eachSmallChange is eachChange for pools without a queue, and with one for one task.
func eachSmallChange(t *testing.T, changes []change, program func(w *scenario, to int)) {
	for _, c := range changes {
		for capacity := range 2 {
			t.Run(fmt.Sprint(c, "/capacity=", capacity), func(t *testing.T) {
				checkChange(t, c, program, workerpool.WithQueueCapacity(capacity))
			})
		}
	}
}

func TestSchedulesOfASmallQueueAndResize(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), resizeBesideSubmits)
}

func TestSchedulesOfASmallQueueAndResizeBesideWorkersThatSleep(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), func(w *scenario, to int) {
		w.startAll()
		resizeBesideSubmits(w, to)
	})
}

func TestSchedulesOfASmallQueueAndResizeUntilRefused(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), resizeUntilRefused)
}

func TestSchedulesOfASmallQueueAndResizeOfAFullPool(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), resizeFullPool)
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
	eachSmallChange(t, upAndDown(0, 0), resizeBesideShutdown)
}

func TestSchedulesOfASmallQueueResizeAndShutdownNow(t *testing.T) {
	eachSmallChange(t, upAndDown(0, 0), func(w *scenario, to int) {
		gate := w.fill()
		w.Go("waiter", func() { w.submitWait(nil) })
		w.Go("resizer", func() { w.change(to) })
		w.Go("opener", gate.Open)
		w.shutdownNow()
		w.size = w.pool.Size()
	})
}
