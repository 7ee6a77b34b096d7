package pooltest

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// A waiter is a submit that waits, on a goroutine of its own.
type waiter struct {
	returned atomic.Bool
	n        int // of a batch; set before returned, like err
	err      error
}

func waitWith(p Pool, task func()) *waiter {
	w := new(waiter)
	go func() {
		w.err = call(p.SubmitWait, task)
		w.returned.Store(true)
	}()
	return w
}

// waitUntil is waitWith for a call that ends with ctx.
func waitUntil(ctx context.Context, p Pool, task func()) *waiter {
	w := new(waiter)
	go func() {
		w.err = call(func(task func()) error { return p.SubmitContext(ctx, task) }, task)
		w.returned.Store(true)
	}()
	return w
}

// waitBatch is waitUntil for a batch.
func waitBatch(ctx context.Context, p Pool, tasks []func()) *waiter {
	w := new(waiter)
	go func() {
		w.n, w.err = p.SubmitBatchWait(ctx, tasks)
		w.returned.Store(true)
	}()
	return w
}

// requireAccepted fails t unless the waiter's task has been accepted.
func (w *waiter) requireAccepted(t *testing.T) {
	t.Helper()
	require.True(t, w.returned.Load(), "SubmitWait has not returned")
	require.NoError(t, w.err)
}

func waitWhileFull(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			for range rounds(200) {
				synctest.Wait()
				g := newGate(t)
				for i := range 3 * size {
					require.NoError(t, p.SubmitWait(g.pass), "SubmitWait %d of %d from idle", i+1, 3*size)
				}
				w := waitWith(p, g.pass)
				synctest.Wait()
				require.False(t, w.returned.Load(), "SubmitWait returned from a full pool: %v", w.err)
				g.letOne()
				synctest.Wait()
				w.requireAccepted(t)
				g.open()
			}
		})
	})
}

func waitUntilClosed(t *testing.T, impl Impl) {
	const waiters = 5
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			for range rounds(200) {
				p := start(t, impl, size)
				synctest.Wait()
				g := newGate(t)
				fill(t, p, g.pass)
				var waiting [waiters]*waiter
				for i := range waiting {
					waiting[i] = waitWith(p, func() { t.Error("a refused task ran") })
				}
				synctest.Wait()
				go p.Shutdown()
				synctest.Wait()
				for _, w := range waiting {
					require.True(t, w.returned.Load(), "SubmitWait still waits on a closed pool")
					require.ErrorIs(t, w.err, workerpool.ErrPoolClosed)
				}
				g.open()
			}
		})
	})
}

// waitInOrder frees one slot after the other, and checks each time that exactly
// one waiter is served, the one that has waited longest.
func waitInOrder(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			for range rounds(100) {
				synctest.Wait()
				g := newGate(t)
				fill(t, p, g.pass)
				var waiting []*waiter
				for range 3*size + 2 {
					waiting = append(waiting, waitWith(p, g.pass))
					synctest.Wait()
				}
				for i, w := range waiting {
					require.Equal(t, len(waiting)-i, p.Stats().Waiting)
					g.letOne()
					synctest.Wait()
					w.requireAccepted(t)
				}
				require.Zero(t, p.Stats().Waiting)
				g.open()
			}
		})
	})
}

// waitForOneSlot has a queued task wait for what the submitter does next. If a
// pool makes the submitter wait for more than one slot, that is a deadlock.
func waitForOneSlot(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			for range rounds(500) {
				synctest.Wait()
				running, queued := newGate(t), newGate(t)
				for range size {
					require.NoError(t, p.Submit(running.pass))
				}
				for range 2 * size {
					require.NoError(t, p.Submit(queued.pass))
				}
				go running.letOne()
				require.NoError(t, p.SubmitWait(func() {}))
				queued.open()
				running.open()
			}
		})
	})
}

// waitAgainstStream counts the tasks that are accepted before a SubmitWait that
// began earlier. All workers except one are held, so tasks run in the order in
// which they were accepted.
func waitAgainstStream(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 8}, func(t *testing.T, size int) {
		bound := 0
		if impl.Overtake != nil {
			bound = impl.Overtake(size)
		}
		t.Run("from everywhere", func(t *testing.T) { waitAgainstSubmitters(t, impl, size, bound) })
		t.Run("from a task", func(t *testing.T) { waitAgainstTasks(t, impl, size, bound) })
	})
}

// waitAgainstSubmitters has one SubmitWait that waits. The submits that may overtake
// it come from two goroutines, and from a task that has just begun, and so has just
// freed a slot. That is the hardest case.
func waitAgainstSubmitters(t *testing.T, impl Impl, size, bound int) {
	const streams = 2
	bubble(t, func(t *testing.T) {
		p := start(t, impl, size)
		for range rounds(200) {
			synctest.Wait()
			var served atomic.Bool
			var overtook atomic.Int64
			goOn := func() bool { return !served.Load() && overtook.Load() <= int64(bound) }
			var stream func()
			stream = func() {
				if !served.Load() {
					overtook.Inc()
				}
				if goOn() {
					_ = p.Submit(stream)
				}
			}

			g := newGate(t)
			for range size {
				require.NoError(t, p.Submit(g.pass))
			}
			for range 2 * size {
				require.NoError(t, p.Submit(func() { _ = p.Submit(stream) }))
			}
			w := waitWith(p, func() { served.Store(true) })
			synctest.Wait()
			var all sync.WaitGroup
			for range streams {
				all.Go(func() {
					for goOn() {
						if p.Submit(stream) != nil {
							runtime.Gosched()
						}
					}
				})
			}
			g.letOne()
			all.Wait()
			synctest.Wait()
			w.requireAccepted(t)
			require.LessOrEqual(t, overtook.Load(), int64(bound), "tasks that overtook a waiting one")
			g.open()
		}
	})
}

// waitAgainstTasks has two calls of SubmitWait that wait, on one processor, which a
// worker keeps busy with tasks that each submit the next. So the first waiter is
// served, but cannot run. If a pool serves no other waiter before the first has run,
// the second waits as long as the pool lets any waiter wait.
func waitAgainstTasks(t *testing.T, impl Impl, size, bound int) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	bubble(t, func(t *testing.T) {
		p := start(t, impl, size)
		for range rounds(200) {
			synctest.Wait()
			served, overtook := 0, 0 // of the one worker
			var next func()
			next = func() {
				if served < 2 {
					if overtook++; overtook <= bound {
						_ = p.Submit(next)
					}
				}
			}
			g := newGate(t)
			for range size {
				require.NoError(t, p.Submit(g.pass))
			}
			for range 2 * size {
				require.NoError(t, p.Submit(func() { _ = p.Submit(next) }))
			}
			var waiters []*waiter
			for range 2 {
				waiters = append(waiters, waitWith(p, func() { served++ }))
				synctest.Wait()
			}
			g.letOne()
			synctest.Wait()
			for _, w := range waiters {
				w.requireAccepted(t)
			}
			require.LessOrEqual(t, overtook, bound, "tasks that overtook a waiting one")
			g.open()
		}
	})
}

func manySubmitWaits(t *testing.T, impl Impl) {
	const waiters = 32
	forSizes(t, []int{1, 2, 8}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := impl.New(size)
			each := rounds(200)
			l := newRecords(waiters * each)
			concurrently(waiters, func(id int) {
				for i := id * each; i < (id+1)*each; i++ {
					if err := l.submit(p.SubmitWait, i, func() {}); err != nil {
						t.Errorf("SubmitWait: %v", err)
					}
				}
			})
			l.shutdown(p)
			l.check(t)
		})
	})
}
