package pooltest

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"
)

// A quiescenceWait is a call of Wait on its own goroutine.
type quiescenceWait struct {
	returned atomic.Bool
	err      error // set when returned is
}

func waitForQuiescence(ctx context.Context, p Pool) *quiescenceWait {
	r := new(quiescenceWait)
	go func() {
		r.err = p.Wait(ctx)
		r.returned.Store(true)
	}()
	return r
}

// requireWaiting fails the test if one of rs has returned.
func requireWaiting(t *testing.T, rs ...*quiescenceWait) {
	t.Helper()
	for _, r := range rs {
		require.False(t, r.returned.Load(), "Wait returned while a task ran")
	}
}

// requireQuiescent fails the test unless all of rs have returned, without an error.
func requireQuiescent(t *testing.T, rs ...*quiescenceWait) {
	t.Helper()
	for _, r := range rs {
		require.True(t, r.returned.Load(), "Wait has not returned though the pool is quiescent")
		require.NoError(t, r.err)
	}
}

// quiescenceReached ends the tasks of a full pool one by one: no Wait may return before
// the last, and every one must return then.
func quiescenceReached(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			require.NoError(t, p.Wait(t.Context()), "Wait for a new pool")
			for round := range rounds(50) {
				synctest.Wait()
				g := newGate(t)
				fill(t, p, g.pass)
				early := []*quiescenceWait{waitForQuiescence(t.Context(), p), waitForQuiescence(t.Context(), p)}
				for range 3*size - 1 {
					g.letOne()
					synctest.Wait()
					requireWaiting(t, early...)
				}
				late := waitForQuiescence(t.Context(), p)
				synctest.Wait()
				requireWaiting(t, late)
				if round%2 == 0 {
					g.letOne()
				} else { // the last task ends by itself, and is followed by one that does not return
					require.NoError(t, p.Submit(mixedBody(7)))
					g.letOne()
				}
				synctest.Wait()
				requireQuiescent(t, early...)
				requireQuiescent(t, late)
				require.NoError(t, p.Wait(t.Context()))
			}
			require.NoError(t, p.Submit(func() {}), "Submit after Wait")
		})
	})
}

// quiescenceAfterWaiters has submits wait for room, and then lets all tasks end. On one
// processor the worker ends the last task before a submit that waited has returned. So
// the pool must look again when that submit returns.
func quiescenceAfterWaiters(t *testing.T, impl Impl) {
	onProcs(t, func(t *testing.T) {
		forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
			forCapacities(t, size, func(t *testing.T, capacity int) {
				bubble(t, func(t *testing.T) {
					p := startWithCapacity(t, impl, size, capacity)
					for round := range rounds(100) {
						synctest.Wait()
						g := newGate(t)
						fill(t, p, g.pass)
						for range 1 + round%3 {
							_ = waitWith(p, func() {})
						}
						r := waitForQuiescence(t.Context(), p)
						synctest.Wait()
						requireWaiting(t, r)
						g.open()
						synctest.Wait()
						requireQuiescent(t, r)
					}
				})
			})
		})
	})
}

func quiescenceInVain(t *testing.T, impl Impl) {
	bubble(t, func(t *testing.T) {
		p := start(t, impl, 2)
		g := newGate(t)
		require.NoError(t, p.Submit(g.pass))
		ctx, end := endable()
		r := waitForQuiescence(ctx, p)
		synctest.Wait()
		requireWaiting(t, r)
		end()
		synctest.Wait()
		require.True(t, r.returned.Load(), "Wait has not returned though its context has ended")
		requireEnded(t, r.err)
		requireEnded(t, p.Wait(ctx), "Wait with a context that has ended")
		g.open()
		synctest.Wait()
		require.NoError(t, p.Wait(ctx), "Wait for a quiescent pool, with a context that has ended")
	})
}

// quiescenceOfClosed first has two calls of Wait: one that began before
// Shutdown, and one that begins during the drain. Then Wait, two kinds of
// shutdown and the end of the tasks race.
func quiescenceOfClosed(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			synctest.Wait() // until the workers that New may have started are idle
			g := newGate(t)
			fill(t, p, g.pass)
			before := waitForQuiescence(t.Context(), p)
			synctest.Wait()
			go p.Shutdown()
			synctest.Wait()
			during := waitForQuiescence(t.Context(), p)
			synctest.Wait()
			requireWaiting(t, before, during)
			g.open()
			synctest.Wait()
			requireQuiescent(t, before, during)
			require.NoError(t, p.Wait(t.Context()))
		})
		everywhere(t, func(t *testing.T) {
			for round := range rounds(200) {
				p := impl.New(size)
				g := newGate(t)
				for range round % (2 * size) {
					require.NoError(t, p.Submit(g.pass))
				}
				concurrently(4, func(id int) {
					switch id {
					case 0:
						g.open()
					case 1:
						p.Shutdown()
					case 2:
						takeBack(p)
					case 3:
						if err := p.Wait(context.Background()); err != nil {
							t.Errorf("Wait: %v", err)
						}
					}
				})
				require.NoError(t, p.Wait(context.Background()))
			}
		})
	})
}

// quiescenceInRace has producers that submit tasks and call Wait in turn. Each task
// writes a variable of its own, so that the race detector also reports a Wait that
// returns too early.
func quiescenceInRace(t *testing.T, impl Impl) {
	const producers = 3
	forSizes(t, []int{1, 2, 8}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := impl.New(size, quiet())
			concurrently(producers, func(id int) {
				ended := make([]bool, 4)
				for round := range rounds(300) {
					clear(ended)
					for i := range ended {
						if err := p.SubmitWait(func() { defer func() { ended[i] = true }(); mixedBody(round + i)() }); err != nil {
							t.Errorf("SubmitWait: %v", err)
						}
					}
					if err := p.Wait(context.Background()); err != nil {
						t.Errorf("Wait: %v", err)
					}
					for i := range ended {
						if !ended[i] {
							t.Errorf("round %d: Wait has returned, and task %d of %d has not ended", round, i, len(ended))
							return
						}
					}
				}
			})
			p.Shutdown()
		})
	})
}
