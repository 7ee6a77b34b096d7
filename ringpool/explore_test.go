//go:build modelcheck

package ringpool

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// What is done here is looked at by world_test.go, and by package explore under
// all schedules that the effort allows.

// escapes are the ways in which a task may end other than by returning.
var escapes = []func(){runtime.Goexit, func() { panic("boom") }}

// eachPool runs test for small pools, new ones and such whose workers sleep.
func eachPool(t *testing.T, effort func(size int) explore.Effort, program func(w *world)) {
	for size := 1; size <= 2; size++ {
		for _, warm := range []bool{false, true} {
			t.Run(fmt.Sprintf("size=%d/warm=%v", size, warm), func(t *testing.T) {
				explorePool(t, size, effort(size), func(w *world) {
					if warm {
						w.warm()
					}
					program(w)
				})
			})
		}
	}
}

// upTo says how many preemptions there may be, with size 1 and with size 2.
func upTo(preemptions ...int) func(size int) explore.Effort {
	return func(size int) explore.Effort {
		return explore.Effort{Preemptions: preemptions[size-1], Random: 1000}
	}
}

func TestExploreSubmits(t *testing.T) {
	eachPool(t, upTo(2, 2), func(w *world) {
		for s := range 2 {
			w.Go(fmt.Sprint("submitter ", s+1), func() {
				w.submit(nil)
				w.submit(nil)
			})
		}
	})
}

func TestExploreEscapes(t *testing.T) {
	eachPool(t, upTo(2, 1), func(w *world) {
		for s := range 2 {
			w.Go(fmt.Sprint("submitter ", s+1), func() { w.submit(escapes[s]) })
		}
	})
}

func TestExploreCapacity(t *testing.T) {
	eachPool(t, upTo(2, 1), func(w *world) {
		gate := step.NewLatch()
		for s := range 3*w.size + 1 {
			w.Go(fmt.Sprint("submitter ", s+1), func() { w.submit(gate.Wait) })
		}
		w.settle()
		if n := w.count(nil); n != 3*w.size {
			w.Failf("%d blocking tasks were accepted, want %d", n, 3*w.size)
		}
		gate.Open()
	})
}

// Two submitters submit until they are refused.
func TestExploreCapacityOfTwoSubmitters(t *testing.T) {
	eachPool(t, upTo(2, 1), func(w *world) {
		gate := step.NewLatch()
		for s := range 2 {
			w.Go(fmt.Sprint("submitter ", s+1), func() {
				for w.submit(gate.Wait) == nil {
				}
			})
		}
		w.settle()
		if n := w.count(nil); n != 3*w.size {
			w.Failf("%d blocking tasks were accepted, want %d", n, 3*w.size)
		}
		gate.Open()
	})
}

// Tasks that end at once, so many that the queue is full now and then.
func TestExploreRefusals(t *testing.T) {
	eachPool(t, upTo(1, 1), func(w *world) {
		for s := range 2 {
			w.Go(fmt.Sprint("submitter ", s+1), func() {
				for range 2*w.size + 1 {
					w.submit(nil)
				}
			})
		}
	})
}

// As many tasks as there are workers wait for one another; each has another task
// before it in the queue.
func TestExploreTasksThatWaitForOneAnother(t *testing.T) {
	eachPool(t, upTo(2, 2), func(w *world) {
		all := w.together(w.size)
		for s := range w.size {
			w.Go(fmt.Sprint("submitter ", s+1), func() {
				w.submit(nil)
				w.submit(all)
			})
		}
	})
}

// Tasks submit the next ones.
func TestExploreChains(t *testing.T) {
	eachPool(t, upTo(1, 1), func(w *world) {
		for s := range 2 {
			w.Go(fmt.Sprint("submitter ", s+1), func() {
				w.submit(func() { w.submit(func() { w.submit(nil) }) })
			})
		}
	})
}

func TestExploreShutdown(t *testing.T) {
	eachPool(t, upTo(2, 1), func(w *world) {
		for s := range 2 {
			w.Go(fmt.Sprint("submitter ", s+1), func() { w.submit(nil) })
		}
		w.Go("closer", w.shutdown)
		w.shutdown()
	})
}

func TestExploreShutdownAndEscapes(t *testing.T) {
	eachPool(t, upTo(1, 1), func(w *world) {
		w.Go("submitter", func() {
			w.submit(escapes[0])
			w.submit(escapes[1])
		})
		w.shutdown()
	})
}

// The pool is full, and then a task ends.
func TestExploreWaiters(t *testing.T) {
	for waiters := 1; waiters <= 3; waiters++ {
		t.Run(fmt.Sprintf("waiters=%d", waiters), func(t *testing.T) {
			eachPool(t, upTo(1, 1), func(w *world) {
				gate := w.fill()
				for s := range waiters {
					w.Go(fmt.Sprint("waiter ", s+1), func() { w.submitWait(nil) })
				}
				w.Go("submitter", func() { w.submit(nil) })
				gate.Open()
			})
		})
	}
}

// More waiters than a pool has room for.
func TestExploreCrowd(t *testing.T) {
	eachPool(t, upTo(1, 0), func(w *world) {
		for s := range 3*w.size + 2 {
			w.Go(fmt.Sprint("waiter ", s+1), func() { w.submitWait(nil) })
		}
	})
}

// Waiters are served in the order in which they began to wait.
func TestExploreWaitersKeepTheirOrder(t *testing.T) {
	explorePool(t, 1, upTo(2)(1), func(w *world) {
		gate := w.fill()
		last := 0
		w.Prepare(func() {
			for s := 1; s <= 3; s++ {
				w.Go(fmt.Sprint("waiter ", s), func() {
					w.submitWait(func() {
						if last != s-1 {
							w.Failf("waiter %d's task comes after waiter %d's", s, last)
						}
						last = s
					})
				})
				w.Settle()
			}
		})
		gate.Open()
	})
}

// A waiter is overdue: no submit that begins later comes before it.
func TestExploreOverdueWaiters(t *testing.T) {
	eachPool(t, upTo(1, 1), func(w *world) {
		gate := w.fill()
		waiting := 0
		w.Prepare(func() {
			for s := range 2 {
				w.Go(fmt.Sprint("waiter ", s+1), func() {
					w.submitWait(func() { waiting-- })
				})
				waiting++
			}
			w.Settle()
			w.Look(w.exhaustPatience)
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

// exhaustPatience makes all waiters overdue, as if as many tasks had been pushed
// as they are patient for.
func (w *world) exhaustPatience() {
	l := &w.pool.waiters
	for waiter := l.head; waiter != nil; waiter = waiter.next {
		waiter.patience = w.pool.ring.Pushed()
	}
	l.publish()
}

// What frees the pool is done by a waiter, once it has been served.
func TestExploreTasksThatWaitForAWaiter(t *testing.T) {
	eachPool(t, upTo(1, 1), func(w *world) {
		first, rest := step.NewLatch(), step.NewLatch()
		w.Prepare(func() {
			for range w.size {
				w.submit(first.Wait)
			}
			for range 2 * w.size {
				w.submit(rest.Wait)
			}
		})
		var served step.Int32
		for s := range 2 {
			w.Go(fmt.Sprint("waiter ", s+1), func() {
				w.submitWait(nil)
				if served.Inc() == 1 {
					rest.Open()
				}
			})
		}
		first.Open()
	})
}

func TestExploreWaitersAndShutdown(t *testing.T) {
	eachPool(t, upTo(1, 1), func(w *world) {
		gate := w.fill()
		for s := range 2 {
			w.Go(fmt.Sprint("waiter ", s+1), func() { w.submitWait(nil) })
		}
		w.Go("closer", w.shutdown)
		gate.Open()
		w.shutdown()
	})
}

// fill makes the pool full of tasks that wait for a gate.
func (w *world) fill() step.Latch {
	gate := step.NewLatch()
	w.Prepare(func() {
		for range 3 * w.size {
			w.submit(gate.Wait)
		}
	})
	if w.count(ErrPoolFull) > 0 {
		w.Failf("a pool at rest does not accept %d tasks", 3*w.size)
	}
	return gate
}
