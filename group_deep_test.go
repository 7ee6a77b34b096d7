package workerpool_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// limit is how deep tasks may be inside one another.
const limit = 1000

// occupy fills p with tasks that wait until the gate is opened.
func occupy(t *testing.T, p testPool) *gate {
	hold := newGate(t)
	for range 3 * p.Size() {
		require.NoError(t, p.SubmitContext(t.Context(), hold.wait))
	}
	return hold
}

// inside calls f inside so many tasks, which run inside one another. The pool is full.
func inside(t *testing.T, p testPool, tasks int, f func()) {
	if tasks == 0 {
		f()
		return
	}
	require.NoError(t, p.SubmitOrRun(func() { inside(t, p, tasks-1, f) }))
}

// chain returns function i, of which each gives g the next.
func (l *records) chain(g *workerpool.Group, i int) func(context.Context) error {
	return l.function(i, func(context.Context) error {
		if i+1 < len(l.lines) {
			return g.GoOrRun(l.chain(g, i+1))
		}
		return nil
	})
}

// Functions that are too deep are called later. Here each one gives the next, and
// the pool is full of other tasks.
func TestGroupGoOrRunServesRecursionOfAnyDepth(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1, untold(t))
		const n = 5000
		l := newRecords(n)
		g := workerpool.NewGroup(t.Context(), p)
		hold := newGate(t)
		var deep, deepest atomic.Int32
		var chain func(i int) func(context.Context) error
		chain = func(i int) func(context.Context) error {
			return l.function(i, func(context.Context) error {
				deepest.Store(max(deepest.Load(), deep.Inc()))
				defer deep.Dec()
				if i == 0 {
					for range 2 * p.Size() { // from inside the only worker
						require.NoError(t, p.Submit(hold.wait))
					}
				}
				if i+1 < n {
					return g.GoOrRun(chain(i + 1))
				}
				return nil
			})
		}
		require.NoError(t, g.Go(chain(0)))
		require.NoError(t, g.Wait())
		l.sealed.Store(true)
		l.check(t, true)
		require.EqualValues(t, 1001, deepest.Load(), "functions inside one another: the worker's and those in it")
		hold.open()
	})
}

// A function that is too deep in tasks of others is refused, because the group
// cannot wait for them.
func TestGroupGoOrRunIsRefusedTooDeepInOtherTasks(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1)
		g := workerpool.NewGroup(t.Context(), p)
		hold := occupy(t, p)
		inside(t, p, limit, func() {
			require.Equal(t, workerpool.ErrPoolFull, g.GoOrRun(never(t)))
		})
		require.Equal(t, workerpool.ErrPoolFull, g.Wait())
		hold.open()
	})
}

// It is not refused if a function of the group runs elsewhere. That one calls it.
func TestGroupGoOrRunIsServedByAFunctionElsewhere(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1, untold(t))
		l := newRecords(1)
		g := workerpool.NewGroup(t.Context(), p)
		elsewhere := newGate(t)
		require.NoError(t, g.Go(elsewhere.pass))
		synctest.Wait()
		hold := newGate(t)
		for range 2 * p.Size() {
			require.NoError(t, p.Submit(hold.wait))
		}
		inside(t, p, limit, func() {
			require.NoError(t, g.GoOrRun(l.function(0, succeed)))
		})
		waitFor(g).requireWaits(t)
		elsewhere.open()
		require.NoError(t, g.Wait())
		l.check(t, true)
		hold.open()
	})
}

// Tasks of others are around the functions of a group, so that few of the functions, or
// only one, can be inside one another. Each gives the next, and all are called.
func TestGroupGoOrRunServesRecursionInOtherTasks(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1, untold(t))
		hold := occupy(t, p)
		for _, others := range []int{limit - 1, limit - 2, limit - 10, limit / 2, 0} {
			l := newRecords(limit - others + 20)
			g := workerpool.NewGroup(t.Context(), p)
			inside(t, p, others, func() { require.NoError(t, g.GoOrRun(l.chain(g, 0))) })
			require.NoError(t, g.Wait(), "inside %d tasks of others", others)
			l.sealed.Store(true)
			l.check(t, true)
		}
		hold.open()
	})
}

// The same on two goroutines, for one group.
func TestGroupGoOrRunServesRecursionInOtherTasksOfTwoGoroutines(t *testing.T) {
	onPools(t, func(t *testing.T, make makePool) {
		p := make(1, untold(t))
		defer p.Shutdown()
		hold := occupy(t, p)
		defer hold.open()
		g := workerpool.NewGroup(t.Context(), p)
		all := []*records{newRecords(30), newRecords(30)}
		var callers sync.WaitGroup
		for i, l := range all {
			callers.Go(func() {
				inside(t, p, limit-1-i, func() {
					if err := g.GoOrRun(l.chain(g, 0)); err != nil {
						t.Errorf("GoOrRun: %v", err)
					}
				})
			})
		}
		callers.Wait()
		require.NoError(t, g.Wait())
		for _, l := range all {
			l.sealed.Store(true)
			l.check(t, true)
		}
	})
}

// While many functions of the group run for long, others end, and one of these calls a
// function that is postponed.
func TestGroupGoOrRunIsServedWhileManyFunctionsRun(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(200, untold(t))
		g := workerpool.NewGroup(t.Context(), p)
		long := newGate(t)
		for range p.Size() {
			require.NoError(t, g.Go(long.pass))
		}
		synctest.Wait()
		for range 2 * p.Size() {
			require.NoError(t, p.Submit(long.wait))
		}
		called := false
		inside(t, p, limit, func() {
			require.NoError(t, g.GoOrRun(func(context.Context) error { called = true; return nil }))
		})
		for i := 0; i < 20000 && !called; i++ {
			require.NoError(t, g.GoOrRun(succeed))
		}
		require.True(t, called)
		long.open()
		require.NoError(t, g.Wait())
	})
}

// On the way back from too deep, functions that panic or call Goexit lose none of
// those that wait.
func TestGroupGoOrRunThatIsTooDeepOutlivesPanicsAndGoexits(t *testing.T) {
	for _, end := range endings {
		t.Run(end.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, make makePool) {
				var handler told
				p := make(1, handler.option())
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				g := workerpool.NewGroup(ctx, p)
				hold := newGate(t)
				var deepest bool
				var dive func(depth int) func(context.Context) error
				dive = func(depth int) func(context.Context) error {
					return func(context.Context) error {
						switch {
						case depth == 0:
							for range 2 * p.Size() {
								require.NoError(t, p.Submit(hold.wait))
							}
						case depth == 1001: // later
							deepest = true
							return end.f()
						}
						return g.GoOrRun(dive(depth + 1))
					}
				}
				require.NoError(t, g.Go(dive(0)))
				end.check(t, g.Wait())
				require.True(t, deepest)
				hold.open()
				handler.require(t, p, g.Wait())
			})
		})
	}
}

// Functions that are postponed by the only function of the group, in tasks of others,
// are called when it has ended, until one of them panics or calls Goexit.
func TestGroupGoOrRunInOtherTasksOutlivesPanicsAndGoexits(t *testing.T) {
	for _, end := range endings {
		t.Run(end.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, make makePool) {
				var handler told
				p := make(1, handler.option())
				hold := occupy(t, p)
				g := workerpool.NewGroup(t.Context(), p)
				const n = 3
				l := newRecords(n)
				var caller sync.WaitGroup
				caller.Go(func() {
					inside(t, p, limit-1, func() {
						require.NoError(t, g.GoOrRun(func(context.Context) error {
							for i := range n {
								require.NoError(t, g.GoOrRun(l.function(i, func(context.Context) error { return end.f() })))
							}
							return nil
						}))
					})
				})
				caller.Wait()
				err := g.Wait()
				end.check(t, err)
				if ran := l.check(t, err == nil); err != nil {
					require.Equal(t, 1, ran, "functions called until the first failed")
				}
				hold.open()
				handler.require(t, p, err)
			})
		})
	}
}

// An observer can call Goexit after functions that have returned nil: after the only one in
// tasks of others, and after one that it has postponed. The others are still called.
func TestGroupGoOrRunInOtherTasksOutlivesAnObserverThatCallsGoexit(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		var observed atomic.Uint32
		p := make(1, untold(t), workerpool.WithRunTime(1, func(time.Duration) {
			if observed.Inc() <= 2 {
				runtime.Goexit()
			}
		}))
		hold := occupy(t, p)
		g := workerpool.NewGroup(t.Context(), p)
		const n = 3
		l := newRecords(n)
		first := newGate(t) // the first function is observed first
		var caller sync.WaitGroup
		caller.Go(func() {
			inside(t, p, limit-1, func() {
				_ = g.GoOrRun(func(context.Context) error {
					for i := range n {
						require.NoError(t, g.GoOrRun(l.function(i, first.pass)))
					}
					return nil
				})
				t.Error("GoOrRun has returned from a Goexit")
			})
		})
		caller.Wait()
		first.open()
		require.NoError(t, g.Wait())
		l.sealed.Store(true)
		l.check(t, true)
		hold.open()
	})
}
