//go:build modelcheck

package ringpool

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// These are the programs. scenario_test.go checks them under all schedules within the
// bounds: see package explore.

// eachPool runs program with small pools: new ones, and ones whose workers sleep.
// The efforts are for size 1, size 2 and so on.
func eachPool(t *testing.T, efforts []explore.Effort, program func(w *scenario)) {
	eachNewPool(t, efforts, program)
	for i, effort := range efforts {
		t.Run(fmt.Sprintf("size=%d/asleep", i+1), func(t *testing.T) {
			checkFixed(t, i+1, effort, func(w *scenario) {
				w.startAll()
				program(w)
			})
		})
	}
}

func eachNewPool(t *testing.T, efforts []explore.Effort, program func(w *scenario)) {
	for i, effort := range efforts {
		t.Run(fmt.Sprintf("size=%d/new", i+1), func(t *testing.T) {
			checkFixed(t, i+1, effort, program)
		})
	}
}

// checkPool runs program with a new pool, under all schedules within the effort. ignore
// tells the run which words of the pool need no schedules.
func checkPool(t *testing.T, size int, effort explore.Effort, ignore, program func(w *scenario), opts ...Option) {
	explore.Check(t, effort, func(r *explore.Run) {
		w := newScenario(r, size, opts...)
		ignore(w)
		program(w)
		w.end()
	})
}

// checkFixed is checkPool for a pool that keeps its size.
func checkFixed(t *testing.T, size int, effort explore.Effort, program func(w *scenario)) {
	checkPool(t, size, effort, (*scenario).ignoreStatsAndSize, program)
}

// eachFullPool runs program with small pools that are full, of tasks that end
// when the gate is opened.
func eachFullPool(t *testing.T, efforts []explore.Effort, program func(w *scenario, gate step.Latch)) {
	for i, effort := range efforts {
		t.Run(fmt.Sprintf("size=%d/full", i+1), func(t *testing.T) {
			checkFixed(t, i+1, effort, func(w *scenario) { program(w, w.fill()) })
		})
	}
}

// upTo says how many preemptions there may be.
func upTo(preemptions ...int) (efforts []explore.Effort) {
	for _, n := range preemptions {
		efforts = append(efforts, explore.Effort{Preemptions: n, Random: 400})
	}
	return efforts
}

// escapes are the ways in which a task may end other than by returning.
var escapes = []func(){runtime.Goexit, func() { panic("boom") }}

// start starts goroutines with numbered names.
func (w *scenario) start(n int, name string, f func(i int)) {
	for i := range n {
		w.Go(fmt.Sprint(name, " ", i+1), func() { f(i) })
	}
}

func TestSchedulesOfSubmits(t *testing.T) {
	eachPool(t, upTo(2, 2), submitTwiceEach)
}

func TestSchedulesOfTasksThatDoNotReturn(t *testing.T) {
	eachPool(t, upTo(2, 1), submitEscapes)
}

// One task each from more submitters than there is room for.
func TestSchedulesOfManySubmitters(t *testing.T) {
	eachPool(t, upTo(1), func(w *scenario) {
		gate := step.NewLatch()
		w.start(w.room()+1, "submitter", func(int) { w.submit(gate.Wait) })
		w.wantCapacity()
		gate.Open()
	})
}

func TestSchedulesOfSubmitsUntilRefused(t *testing.T) {
	eachPool(t, upTo(2, 1, 0), submitUntilRefused)
}

// wantCapacity checks that as many blocking tasks were accepted as there must be.
func (w *scenario) wantCapacity() {
	w.settle()
	if n := w.count(nil); n != w.room() {
		w.Failf("%d blocking tasks were accepted, want %d", n, w.room())
	}
}

// The tasks end at once, and the queue is full only now and then.
func TestSchedulesOfRefusals(t *testing.T) {
	eachPool(t, upTo(2, 0), func(w *scenario) {
		w.start(2, "submitter", func(int) {
			for range 2*w.size + 1 {
				w.submit(nil)
			}
		})
	})
}

// The queue is full and all workers are idle, as if some submitters had been
// stopped between S1 and S2. The tasks wait for one another, and there is one
// submitter more.
func TestSchedulesOfAFullQueueBesideIdleWorkers(t *testing.T) {
	eachNewPool(t, upTo(1, 1), func(w *scenario) {
		w.fillQueue()
		w.start(2, "stopped submitter", func(int) { w.pool.look(false) })
		w.Go("submitter", func() { w.submit(nil) })
	})
}

func TestSchedulesOfShutdownWithAFullQueueBesideIdleWorkers(t *testing.T) {
	eachNewPool(t, upTo(2, 2), func(w *scenario) {
		w.fillQueue()
		w.Go("stopped submitter", func() { w.pool.look(false) })
		w.Go("submitter", func() { w.submit(nil) })
		w.shutdown()
	})
}

// fillQueue does S1 for two groups of tasks, each as large as the pool, that wait
// for one another.
func (w *scenario) fillQueue() {
	for range 2 {
		all := w.together(w.size)
		for range w.size {
			j, task := w.task(all)
			if w.pool.queue.TryPush(task) != mpmc.OK {
				w.Failf("the queue is smaller than %d", 2*w.size)
			}
			j.answered = true
		}
	}
}

// As many tasks as there are workers wait for one another, each with another task
// before it.
func TestSchedulesOfTasksThatWaitForOneAnother(t *testing.T) {
	eachPool(t, upTo(explore.Any, 2, 0), func(w *scenario) {
		all := w.together(w.size)
		w.start(w.size, "submitter", func(int) {
			w.submit(nil)
			w.submit(all)
		})
	})
}

func TestSchedulesOfTasksThatSubmit(t *testing.T) {
	eachPool(t, upTo(2, 1), submitNested)
}

func TestSchedulesOfTwoShutdowns(t *testing.T) {
	eachPool(t, upTo(2, 1), func(w *scenario) {
		w.start(2, "submitter", func(int) { w.submit(nil) })
		w.Go("closer", w.shutdown)
		w.shutdown()
	})
}

func TestSchedulesOfShutdownAndTasksThatDoNotReturn(t *testing.T) {
	eachPool(t, upTo(3, 2), func(w *scenario) {
		w.Go("submitter", func() {
			w.submit(escapes[0])
			w.submit(escapes[1])
		})
		w.shutdown()
	})
}

func TestSchedulesOfOneWaiter(t *testing.T) {
	eachFullPool(t, upTo(2, 1), oneWaiter)
}

func TestSchedulesOfTwoWaiters(t *testing.T) {
	eachFullPool(t, upTo(1, 0), func(w *scenario, gate step.Latch) {
		w.start(2, "waiter", func(int) { w.submitWait(nil) })
		w.Go("submitter", func() { w.submit(nil) })
		gate.Open()
	})
}

func TestSchedulesOfThreeWaiters(t *testing.T) {
	eachFullPool(t, upTo(1), func(w *scenario, gate step.Latch) {
		w.start(3, "waiter", func(int) { w.submitWait(nil) })
		gate.Open()
	})
}

func TestSchedulesOfManyWaiters(t *testing.T) {
	eachPool(t, upTo(0), manyWaiters)
}

func TestSchedulesOfWaitersAndTwoShutdowns(t *testing.T) {
	eachFullPool(t, upTo(1, 0), func(w *scenario, gate step.Latch) {
		w.start(2, "waiter", func(int) { w.submitWait(nil) })
		w.Go("closer", w.shutdown)
		gate.Open()
		w.shutdown()
	})
}

func TestSchedulesKeepTheOrderOfWaiters(t *testing.T) {
	eachFullPool(t, upTo(2), waitersInOrder)
}

func TestSchedulesOfOverdueWaiters(t *testing.T) {
	eachFullPool(t, upTo(2, 0), overdueWaiters)
}

func TestSchedulesOfOverdueWaitersAndABatch(t *testing.T) {
	eachFullPool(t, upTo(2, 0), func(w *scenario, gate step.Latch) {
		comeAfterOverdueWaiters(w, gate, func(body func()) { w.submitBatch(nil, 2, body) })
	})
}

// Two overdue waiters are admitted at once, as if two workers had been stopped
// between F1 and F2. Both wait again, and use what is left of the first call.
func TestSchedulesOfTwoWaitersAdmittedAtOnce(t *testing.T) {
	eachNewPool(t, upTo(1), func(w *scenario) {
		gate := step.NewLatch()
		w.Prepare(func() {
			w.submit(gate.Wait)
			w.settle()
			for range 2 {
				w.pool.queue.TryPush(nil)
			}
			w.start(2, "waiter", func(int) {
				w.submitWait(nil)
				w.submitWait(nil)
			})
			w.settle()
			for range 2 {
				w.pool.queue.TryPop()
			}
			w.Look(w.exceedLimits)
		})
		w.Go("stopped worker", func() { w.pool.admit(false) })
		gate.Open()
	})
}

// exceedLimits makes all waiters overdue, as if as many tasks had been pushed as their
// limits say.
func (w *scenario) exceedLimits() {
	l := &w.pool.waiters
	for waiter := l.head; waiter != nil; waiter = waiter.next {
		waiter.overdueAt = w.pool.queue.Pushed()
	}
	l.storeWords()
}

// The tasks that fill the pool wait for what a waiter does when it was served.
func TestSchedulesOfTasksThatWaitForAWaiter(t *testing.T) {
	eachNewPool(t, upTo(1, 0), func(w *scenario) {
		first, others := step.NewLatch(), step.NewLatch()
		w.Prepare(func() {
			for range w.size {
				w.submit(first.Wait)
			}
			for range 2 * w.size {
				w.submit(others.Wait)
			}
		})
		var served step.Int32
		w.start(2, "waiter", func(int) {
			w.submitWait(nil)
			if served.Inc() == 1 {
				others.Open()
			}
		})
		first.Open()
	})
}

// A waiter gives up as room is made, with another before it and one behind it.
func TestSchedulesOfAWaiterThatGivesUp(t *testing.T) {
	eachFullPool(t, upTo(2, 0), func(w *scenario, gate step.Latch) {
		ctx := new(step.Context)
		w.Prepare(func() { w.startWaiters(3, 1, ctx) })
		w.Go("canceler", ctx.Cancel)
		gate.Open()
	})
}

// The last waiter gives up, and another comes.
func TestSchedulesOfTheLastWaiterThatGivesUp(t *testing.T) {
	eachFullPool(t, upTo(1, 0), func(w *scenario, gate step.Latch) {
		ctx := new(step.Context)
		w.Prepare(func() { w.startWaiters(2, 1, ctx) })
		w.Go("canceler", ctx.Cancel)
		w.Go("late waiter", func() { w.submitWait(nil) })
		gate.Open()
	})
}

// All waiters give up, while one of them is admitted.
func TestSchedulesOfWaitersThatGiveUp(t *testing.T) {
	eachFullPool(t, upTo(1, 0), func(w *scenario, gate step.Latch) {
		ctx := new(step.Context)
		w.start(2, "waiter", func(i int) { w.submitContext(ctx, nil) })
		w.Go("canceler", ctx.Cancel)
		gate.Open()
	})
}

// A waiter gives up, perhaps when it has been served already, and waits again,
// with what is left of the first call. The second call has no reason to give up.
func TestSchedulesOfAWaiterThatGivesUpAndWaitsAgain(t *testing.T) {
	eachFullPool(t, upTo(2, 1), func(w *scenario, gate step.Latch) {
		first, second := new(step.Context), new(step.Context)
		refill := step.NewLatch()
		w.Prepare(func() {
			w.Go("waiter", func() {
				w.submitContext(first, refill.Wait)
				w.submitContext(second, nil)
			})
		})
		w.Go("canceler", first.Cancel)
		gate.Open()
		refill.Open()
	})
}

func TestSchedulesOfAWaiterThatGivesUpAndShutdown(t *testing.T) {
	eachFullPool(t, upTo(1, 0), waiterThatGivesUpAndShutdown)
}

func TestSchedulesOfBatches(t *testing.T) {
	eachPool(t, upTo(2, 0), func(w *scenario) {
		w.start(2, "submitter", func(int) { w.submitBatch(nil, 2*w.size, nil) })
	})
}

func TestSchedulesOfBatchesUntilRefused(t *testing.T) {
	eachPool(t, upTo(2, 1), func(w *scenario) { batchesUntilRefused(w, 2*w.size) })
}

// As many tasks as there are workers wait for one another.
func TestSchedulesOfABatchThatWaitsForItself(t *testing.T) {
	eachPool(t, upTo(4, 2, 1), func(w *scenario) {
		w.Go("submitter", func() { w.submitBatch(nil, w.size, w.together(w.size)) })
		w.submit(nil)
	})
}

func TestSchedulesOfABatchThatWaitsForRoom(t *testing.T) {
	eachPool(t, upTo(1, 0), batchThatWaitsForRoom)
}

func TestSchedulesOfABatchThatGivesUp(t *testing.T) {
	eachFullPool(t, upTo(1, 0), func(w *scenario, gate step.Latch) {
		ctx := new(step.Context)
		w.Go("submitter", func() { w.submitBatch(ctx, 3, nil) })
		w.Go("canceler", ctx.Cancel)
		gate.Open()
	})
}

func TestSchedulesOfShutdownNow(t *testing.T) {
	eachPool(t, upTo(2, 1), func(w *scenario) {
		w.Go("submitter", func() { w.submit(nil); w.submit(nil) })
		w.Go("closer", w.shutdown)
		w.shutdownNow()
	})
}

func TestSchedulesOfShutdownNowTwice(t *testing.T) {
	eachFullPool(t, upTo(1, 0), func(w *scenario, gate step.Latch) {
		w.Go("waiter", func() { w.submitWait(nil) })
		w.Go("closer", w.shutdownNow)
		gate.Open()
		w.shutdownNow()
	})
}

// A queue is emptied beside idle workers, as if its submitters had been stopped
// between S1 and S2.
func TestSchedulesOfShutdownNowBesideIdleWorkers(t *testing.T) {
	eachNewPool(t, upTo(2, 1), func(w *scenario) {
		for range 2 * w.size {
			j, task := w.task(nil)
			w.pool.queue.TryPush(task)
			j.answered = true
		}
		w.Go("stopped submitter", func() { w.pool.look(false) })
		w.shutdownNow()
	})
}

// Wait is called while tasks are submitted.
func TestSchedulesOfWait(t *testing.T) {
	eachWait(t, upTo(2, 1), func(w *scenario) {
		submitOneEach(w)
		awaitQuiescence(w)
	})
}

// One task, and one call of Wait.
func TestSchedulesOfWaitAfterOneTask(t *testing.T) {
	eachWait(t, upTo(3), func(w *scenario) {
		w.Go("submitter", func() { w.submit(nil) })
		awaitQuiescence(w)
	})
}

// When Wait has returned, the pool takes as many tasks as a new one.
func TestSchedulesOfSubmitsUntilRefusedAfterWait(t *testing.T) {
	eachWait(t, upTo(2, 1), func(w *scenario) {
		gate := step.NewLatch()
		w.Go("user", func() {
			w.submit(nil)
			w.wait(new(step.Context))
			for w.submit(gate.Wait) == nil {
			}
		})
		w.settle()
		if n := w.running + w.queued(); n != w.room() {
			w.Failf("%d blocking tasks were accepted after Wait, want %d", n, w.room())
		}
		gate.Open()
	})
}

func TestSchedulesOfWaitWithTasksThatDoNotReturn(t *testing.T) {
	eachWait(t, upTo(2, 1), func(w *scenario) {
		w.start(1, "submitter", func(int) { w.submit(escapes[0]); w.submit(escapes[1]) })
		awaitQuiescence(w)
	})
}

func TestSchedulesOfWaitGivenUp(t *testing.T) {
	eachWait(t, upTo(2, 1), func(w *scenario) {
		ctx := new(step.Context)
		w.Go("submitter", func() { w.submit(nil) })
		w.start(2, "waiter for quiescence", func(i int) {
			if i == 0 {
				w.wait(ctx)
			} else {
				w.wait(new(step.Context))
			}
		})
		w.Go("canceler", ctx.Cancel)
	})
}

func TestSchedulesOfWaitAndShutdown(t *testing.T) {
	eachWait(t, upTo(2, 1), func(w *scenario) {
		w.Go("submitter", func() { w.submit(nil) })
		awaitQuiescence(w)
		w.shutdown()
	})
}

func TestSchedulesOfWaitAndShutdownNow(t *testing.T) {
	eachWait(t, upTo(2, 1), func(w *scenario) {
		w.Go("submitter", func() { w.submit(nil); w.submit(nil) })
		awaitQuiescence(w)
		w.shutdownNow()
	})
}

// ShutdownNow takes a task, and counts as a worker that comes and goes: that must not hide
// the task that runs.
func TestSchedulesOfWaitAndShutdownNowBesideATaskThatRuns(t *testing.T) {
	checkPool(t, 1, upTo(2)[0], (*scenario).ignoreCountsAndSize, func(w *scenario) {
		gate := step.NewLatch()
		w.Prepare(func() {
			w.submit(gate.Wait)
			w.settle()
			w.submit(nil)
		})
		awaitQuiescence(w)
		w.Go("gatekeeper", gate.Open)
		w.shutdownNow()
	})
}

// The workers are about to be evicted, and tasks come.
func TestSchedulesOfEvictionAndSubmits(t *testing.T) {
	eachIdleForLong(t, upTo(1, 0), func(w *scenario) {
		w.start(2, "submitter", func(int) { w.submit(nil) })
	})
}

// As many tasks as there are workers wait for one another.
func TestSchedulesOfEvictionAndTasksThatWaitForOneAnother(t *testing.T) {
	eachIdleForLong(t, upTo(2, 1), func(w *scenario) {
		all := w.together(w.size)
		w.start(1, "submitter", func(int) {
			for range w.size {
				w.submit(all)
			}
		})
	})
}

// Whether its goroutine is there or not, an idle worker is idle.
func TestSchedulesOfEvictionAndSubmitsUntilRefused(t *testing.T) {
	eachIdleForLong(t, upTo(2, 1), func(w *scenario) {
		gate := step.NewLatch()
		w.Go("submitter", func() {
			for w.submit(gate.Wait) == nil {
			}
		})
		w.wantCapacity()
		gate.Open()
	})
}

func TestSchedulesOfEvictionAndShutdown(t *testing.T) {
	eachIdleForLong(t, upTo(2, 1), func(w *scenario) {
		w.Go("submitter", func() { w.submit(nil) })
		w.shutdown()
	})
}

// The workers have just become idle: the round asks for another, unless a shutdown has
// begun.
func TestSchedulesOfARoundAndShutdown(t *testing.T) {
	for i, effort := range upTo(3, 2) {
		t.Run(fmt.Sprintf("size=%d", i+1), func(t *testing.T) {
			checkFixed(t, i+1, effort, func(w *scenario) {
				w.startAll()
				w.idleFor(0)
				w.Go("closer", w.shutdown)
			})
		})
	}
}

// The workers get their first goroutines, and are evicted sooner or later.
func TestSchedulesOfEvictions(t *testing.T) {
	for i, effort := range upTo(2, 1) {
		t.Run(fmt.Sprintf("size=%d", i+1), func(t *testing.T) {
			checkFixed(t, i+1, effort, func(w *scenario) {
				w.pool.evictor.after = time.Second
				w.start(2, "submitter", func(i int) { w.submit(escapes[i]) })
			})
		})
	}
}

// eachIdleForLong runs program with small pools whose workers are about to be evicted.
func eachIdleForLong(t *testing.T, efforts []explore.Effort, program func(w *scenario)) {
	for i, effort := range efforts {
		t.Run(fmt.Sprintf("size=%d", i+1), func(t *testing.T) {
			checkFixed(t, i+1, effort, func(w *scenario) {
				w.startAll()
				w.age()
				program(w)
			})
		})
	}
}

// eachWait is eachPool for programs that use Wait, to which parks and wakes are
// more than statistics.
func eachWait(t *testing.T, efforts []explore.Effort, program func(w *scenario)) {
	for i, effort := range efforts {
		for _, asleep := range []bool{false, true} {
			t.Run(fmt.Sprintf("size=%d/asleep=%v", i+1, asleep), func(t *testing.T) {
				checkPool(t, i+1, effort, (*scenario).ignoreCountsAndSize, func(w *scenario) {
					if asleep {
						w.startAll()
					}
					program(w)
				})
			})
		}
	}
}

// Two submitters publish late: what they have written is still on its way to the other
// processors when they look. A busy worker, for which a goroutine stands in here, takes the
// older task, and does not look. The tasks wait for each other, so the younger one needs an
// idle worker.
func TestSchedulesOfTwoSubmittersThatPublishLate(t *testing.T) {
	ignore := func(w *scenario) {
		w.ignoreStatsAndSize()
		explore.Ignore(w.Run, &w.pool.waiters) // nobody waits
		explore.Ignore(w.Run, &w.pool.entries)
		explore.Ignore(w.Run, &w.pool.alive)
	}
	checkPool(t, 2, explore.Effort{Preemptions: 2, Misses: 3, Random: 400}, ignore, func(w *scenario) {
		both := w.together(2)
		w.start(2, "submitter", func(int) { w.submit(both) })
		w.Go("busy worker", func() {
			if task, result := w.pool.take(); result == taken {
				task()
			}
		})
	})
}

// Stats are taken while tasks come and go.
func TestSchedulesOfStats(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: 2, Random: 400}, func(r *explore.Run) {
		w := newScenario(r, 1)
		explore.Ignore(r, &w.pool.refusals) // which of its words counts depends on addresses
		w.start(2, "submitter", func(int) { w.submit(nil) })
		w.Go("reader", func() {
			before := w.stats()
			after := w.stats()
			if after.Submitted < before.Submitted || after.Completed < before.Completed ||
				after.Parks < before.Parks || after.Wakes < before.Wakes {
				w.Failf("a count has decreased: %+v, then %+v", before, after)
			}
		})
		w.settle()
		s := w.stats()
		if s.Busy != 0 || s.Queued != 0 || s.Completed != 2 || s.Submitted != 2 || s.Started != 1 || s.Parks != s.Wakes {
			w.Failf("not exact when quiescent: %+v", s)
		}
		w.end()
	})
}

// A reader that is overtaken by another must not report what only the other has seen.
func TestSchedulesOfTwoStats(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: 2, Random: 400}, func(r *explore.Run) {
		w := newScenario(r, 1)
		explore.Ignore(r, &w.pool.refusals)
		w.Go("submitter", func() { w.submit(nil) })
		for range 2 {
			w.Go("reader", func() { w.stats() })
		}
		w.end()
	})
}

// One worker is busy, and another comes and goes: its park must not hide the task that
// runs.
func TestSchedulesOfStatsBesideATaskThatRuns(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: 2, Random: 400}, func(r *explore.Run) {
		w := newScenario(r, 2)
		explore.Ignore(r, &w.pool.refusals)
		gate := w.occupy(1)
		w.Go("submitter", func() { w.submit(nil) })
		w.Go("reader", func() {
			if s := w.stats(); s.Busy == 0 {
				w.Failf("a task runs, and no worker is busy: %+v", s)
			}
		})
		w.settle()
		gate.Open()
		w.end()
	})
}

// While one worker is busy, two tasks are queued and returned: they have not been completed,
// and they have been submitted.
func TestSchedulesOfStatsAndShutdownNow(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: 2, Random: 400}, func(r *explore.Run) {
		w := newScenario(r, 1)
		explore.Ignore(r, &w.pool.refusals)
		gate := w.occupy(1)
		w.Go("reader", func() { w.stats() })
		w.Go("submitter", func() {
			w.submit(nil)
			w.submit(nil)
		})
		w.Go("gatekeeper", gate.Open)
		w.shutdownNow()
		if s := w.stats(); s.Completed+s.Returned != s.Submitted {
			w.Failf("not exact after ShutdownNow: %+v", s)
		}
	})
}

// stats returns Stats, which must not claim too much: a task that had ended before is not
// queued.
func (w *scenario) stats() workerpool.Stats {
	before := w.ended
	s := w.pool.Stats()
	if s.Busy > w.size || s.Queued > len(w.jobs)-before || s.Completed+s.Returned > s.Submitted || s.Completed > uint64(w.ended) {
		w.Failf("with %d tasks ended: %+v", w.ended, s)
	}
	return s
}

// occupy makes n workers busy with tasks that wait for a gate.
func (w *scenario) occupy(n int) step.Latch {
	gate := step.NewLatch()
	w.Prepare(func() {
		for range n {
			w.submit(gate.Wait)
		}
		w.settle()
	})
	return gate
}

// fill makes the pool full of tasks that wait for a gate.
func (w *scenario) fill() step.Latch {
	gate := step.NewLatch()
	w.Prepare(func() {
		for range w.room() {
			w.submit(gate.Wait)
		}
	})
	w.wantCapacity()
	return gate
}

// All workers are busy until ShutdownNow has emptied the queue. A task whose submit has won
// its slot is returned, even if it was still being written.
func TestSchedulesOfShutdownNowBesideASubmit(t *testing.T) {
	eachNewPool(t, upTo(2), func(w *scenario) {
		gate := step.NewLatch()
		w.Prepare(func() { w.submit(gate.Wait) })
		w.start(2, "submitter", func(int) { w.submit(nil) })
		w.Go("closer", w.shutdownNow)
		w.settle()
		w.Look(func() {
			if n := w.queued(); n > 0 {
				w.Failf("ShutdownNow has left %d tasks in the queue", n)
			}
		})
		gate.Open()
	})
}
