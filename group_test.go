package workerpool_test

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

// records has an entry for each function: how often it began and ended, and
// whether it ended after Wait had returned.
type records struct {
	lines  []line
	sealed atomic.Bool
}

type line struct {
	began, ended atomic.Uint32
	late         atomic.Bool
}

func newRecords(functions int) *records { return &records{lines: make([]line, functions)} }

// function returns function i, which calls body.
func (l *records) function(i int, body func(ctx context.Context) error) func(ctx context.Context) error {
	at := &l.lines[i]
	return func(ctx context.Context) error {
		at.began.Inc()
		defer func() {
			at.ended.Inc()
			if l.sealed.Load() {
				at.late.Store(true)
			}
		}()
		return body(ctx)
	}
}

// check fails t unless each function ran at most once, each ran if all is true,
// and none ended after Wait had returned. It returns how many ran.
func (l *records) check(t *testing.T, all bool) (ran int) {
	t.Helper()
	for i := range l.lines {
		at := &l.lines[i]
		began, ended := at.began.Load(), at.ended.Load()
		if began != ended || began > 1 || all && began == 0 {
			t.Fatalf("function %d of %d began %d times and ended %d times", i, len(l.lines), began, ended)
		}
		if at.late.Load() {
			t.Fatalf("function %d of %d ended after Wait had returned", i, len(l.lines))
		}
		ran += int(began)
	}
	return ran
}

func succeed(context.Context) error { return nil }

func fail(context.Context) error { return errBoom }

// never is a function that must not be called.
func never(t *testing.T) func(context.Context) error {
	return func(context.Context) error {
		t.Error("a function was called that must not be")
		return nil
	}
}

// waiting is a call of Wait in a goroutine of its own.
type waiting struct {
	returned atomic.Bool
	err      error
}

func waitFor(g *workerpool.Group) *waiting {
	w := new(waiting)
	go func() {
		w.err = g.Wait()
		w.returned.Store(true)
	}()
	return w
}

// requireWaits waits until no goroutine can go on, and fails t if Wait has
// returned.
func (w *waiting) requireWaits(t *testing.T) {
	t.Helper()
	synctest.Wait()
	require.False(t, w.returned.Load(), "Wait has returned: %v", w.err)
}

// requireReturned is the opposite: it fails t unless Wait has returned err.
func (w *waiting) requireReturned(t *testing.T, err error) {
	t.Helper()
	synctest.Wait()
	require.True(t, w.returned.Load(), "Wait has not returned")
	require.ErrorIs(t, w.err, err)
}

// A gate stops the goroutines that pass through it until it is opened, at the
// latest when the test ends.
type gate struct {
	opened context.Context
	open   func()
}

func newGate(t *testing.T) *gate {
	opened, open := context.WithCancel(context.Background())
	t.Cleanup(open)
	return &gate{opened, open}
}

func (g *gate) wait() { <-g.opened.Done() }

// pass is wait as a function of a group.
func (g *gate) pass(context.Context) error {
	g.wait()
	return nil
}

func TestGroupWithoutErrorCallsEachFunctionOnce(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(3, untold(t))
		const n = 500
		var squares [n]int
		l := newRecords(n)
		g := workerpool.NewGroup(t.Context(), p)
		for i := range n {
			g.Go(l.function(i, func(context.Context) error { squares[i] = i * i; return nil }))
		}
		require.NoError(t, g.Wait())
		l.sealed.Store(true)
		for i, square := range squares { // the race detector judges this, too
			require.Equal(t, i*i, square)
		}
		synctest.Wait()
		l.check(t, true)
	})
}

func TestGroupWithoutFunctionsIsOver(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		require.NoError(t, workerpool.NewGroup(t.Context(), make(1)).Wait())
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, workerpool.NewGroup(ended, make(1)).Wait(), "nothing was not called")
	})
}

// However a function ends, Wait returns it. All ways to end except the good one
// cancel the context, and the next function, which is queued, is not called. No
// way to end costs a worker.
func TestGroupTellsHowItsFirstFunctionFailed(t *testing.T) {
	for _, end := range endings {
		t.Run(end.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, make makePool) {
				var handler told
				p := make(1, handler.option())
				g := workerpool.NewGroup(t.Context(), p)
				start := newGate(t)
				var seen context.Context
				g.Go(func(ctx context.Context) error {
					seen = ctx
					start.wait()
					return end.f()
				})
				called := false
				g.Go(func(context.Context) error { called = true; return nil })
				start.open()
				err := g.Wait()
				end.check(t, err)
				require.Equal(t, err == nil, called, "the next function was called")
				if err != nil {
					require.Equal(t, err, context.Cause(seen), "the cause of the context's end")
				}
				handler.require(t, p, err)
				requireAllWorkers(t, p)
			})
		})
	}
}

func TestGroupReturnsTheFirstErrorOfMany(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		g := workerpool.NewGroup(t.Context(), make(3))
		for range 2 {
			g.Go(func(ctx context.Context) error { <-ctx.Done(); return errAgain })
		}
		g.Go(fail)
		require.Equal(t, errBoom, g.Wait())
		require.Equal(t, errBoom, g.Wait())
	})
}

func TestGroupFailsWithWhatThePoolRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		give func(t *testing.T, make makePool) *workerpool.Group
		want error
	}{
		{"a closed pool", func(t *testing.T, make makePool) *workerpool.Group {
			p := make(1)
			p.Shutdown()
			g := workerpool.NewGroup(t.Context(), p)
			g.Go(never(t))
			return g
		}, workerpool.ErrPoolClosed},
		{"nil", func(t *testing.T, make makePool) *workerpool.Group {
			g := workerpool.NewGroup(t.Context(), make(1))
			g.Go(nil)
			return g
		}, workerpool.ErrNilTask},
		{"a context that has ended", func(t *testing.T, make makePool) *workerpool.Group {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(errAgain)
			g := workerpool.NewGroup(ctx, make(1))
			g.Go(never(t))
			return g
		}, errAgain},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, make makePool) {
				g := c.give(t, make)
				g.Go(never(t)) // the context is done
				require.ErrorIs(t, g.Wait(), c.want)
			})
		})
	}
}

// On a full pool Go waits for room, or for the end of the context.
func TestGroupGoWaitsForRoomUntilTheGroupIsOver(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(g *gate, cancel context.CancelCauseFunc)
		want error
	}{
		{"room", func(g *gate, _ context.CancelCauseFunc) { g.open() }, nil},
		{"cancel", func(_ *gate, cancel context.CancelCauseFunc) { cancel(errAgain) }, errAgain},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, make makePool) {
				p := make(2)
				hold := newGate(t)
				for range 3 * p.Size() {
					require.NoError(t, p.SubmitContext(t.Context(), hold.wait))
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				g := workerpool.NewGroup(ctx, p)
				var returned atomic.Bool
				l := newRecords(1)
				go func() {
					g.Go(l.function(0, succeed))
					returned.Store(true)
				}()
				synctest.Wait()
				w := waitFor(g)
				w.requireWaits(t)
				require.False(t, returned.Load(), "Go has returned from a full pool")
				c.end(hold, cancel)
				synctest.Wait()
				require.True(t, returned.Load(), "Go has not returned")
				w.requireReturned(t, c.want)
				l.check(t, c.want == nil)
				require.Equal(t, c.want == nil, l.lines[0].began.Load() == 1)
			})
		})
	}
}

// When the parent ends, Wait still waits for functions that have begun, but not
// for those that are queued behind other tasks of the pool.
func TestGroupWhoseParentEndsWaitsForWhatHasBegun(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(2)
		other, begun := newGate(t), newGate(t)
		require.NoError(t, p.Submit(other.wait))
		ctx, cancel := context.WithCancelCause(t.Context())
		g := workerpool.NewGroup(ctx, p)
		g.Go(begun.pass)
		for range 2 * p.Size() {
			g.Go(never(t))
		}
		w := waitFor(g)
		w.requireWaits(t)
		cancel(errAgain)
		w.requireWaits(t)
		begun.open()
		w.requireReturned(t, errAgain)
	})
}

// A parent that ends when each function was called is no error.
func TestGroupReturnsNilIfTheParentEndsAfterTheLastBegin(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		ctx, cancel := context.WithCancel(t.Context())
		g := workerpool.NewGroup(ctx, make(1))
		g.Go(func(ctx context.Context) error { cancel(); <-ctx.Done(); return nil })
		require.NoError(t, g.Wait())
	})
}

// If ShutdownNow has returned a function's task, Wait waits until the function
// has run, or until the context ends. After that the function is not called.
func TestGroupAndAFunctionThatShutdownNowReturned(t *testing.T) {
	handBack := func(t *testing.T, make makePool, f func(context.Context) error) (*waiting, func(), context.CancelCauseFunc) {
		p := make(1)
		ctx, cancel := context.WithCancelCause(t.Context())
		g := workerpool.NewGroup(ctx, p)
		hold := newGate(t)
		g.Go(hold.pass)
		synctest.Wait()
		g.Go(f)
		var tasks []func()
		go func() { tasks, _ = p.ShutdownNow(context.Background()) }()
		synctest.Wait()
		hold.open()
		w := waitFor(g)
		w.requireWaits(t)
		require.Len(t, tasks, 1)
		return w, tasks[0], cancel
	}
	t.Run("and run", func(t *testing.T) {
		inBubbles(t, func(t *testing.T, make makePool) {
			l := newRecords(1)
			w, task, _ := handBack(t, make, l.function(0, fail))
			task()
			w.requireReturned(t, errBoom)
			l.check(t, true)
		})
	})
	t.Run("and dropped", func(t *testing.T) {
		inBubbles(t, func(t *testing.T, make makePool) {
			w, task, cancel := handBack(t, make, never(t))
			cancel(errAgain)
			w.requireReturned(t, errAgain)
			task() // too late
		})
	})
}

func TestGroupIsOverForAllCallsOfWait(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		g := workerpool.NewGroup(t.Context(), make(1))
		hold := newGate(t)
		var seen context.Context
		g.Go(func(ctx context.Context) error { seen = ctx; return hold.pass(ctx) })
		var all [5]*waiting
		for i := range all {
			all[i] = waitFor(g)
			all[i].requireWaits(t)
		}
		hold.open()
		for _, w := range all {
			w.requireReturned(t, nil)
		}
		require.NoError(t, g.Wait())
		require.Equal(t, context.Canceled, context.Cause(seen), "Wait has not released the context")
		require.Equal(t, workerpool.ErrGroupDone, g.Go(never(t)))
		require.NoError(t, g.Wait(), "Wait after a Go that was too late")
	})
}

func TestGroupsShareAPoolAndNotTheirErrors(t *testing.T) {
	onPools(t, func(t *testing.T, make makePool) {
		p := make(4, untold(t))
		defer p.Shutdown()
		const groups, each = 8, 200
		var all sync.WaitGroup
		for id := range groups {
			all.Go(func() {
				l := newRecords(each)
				g := workerpool.NewGroup(t.Context(), p)
				bad := id%2 == 1
				for i := range each {
					f := succeed
					if bad && i == each/2 {
						f = fail
					}
					g.Go(l.function(i, f))
				}
				err := g.Wait()
				l.sealed.Store(true)
				if bad != (err == errBoom) || !bad && err != nil {
					t.Errorf("group %d: %v", id, err)
				}
				l.check(t, !bad)
			})
		}
		all.Wait()
	})
}

func TestGroupFunctionsMayCallGo(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(8)
		g := workerpool.NewGroup(t.Context(), p)
		const n = 24 // no more than the pool takes
		l := newRecords(n)
		var grow func(i int) func(context.Context) error
		grow = func(i int) func(context.Context) error {
			return l.function(i, func(context.Context) error {
				for _, child := range []int{2*i + 1, 2*i + 2} {
					if child < n {
						g.Go(grow(child))
					}
				}
				return nil
			})
		}
		g.Go(grow(0))
		require.NoError(t, g.Wait())
		l.sealed.Store(true)
		synctest.Wait()
		l.check(t, true)
	})
}

// The context ends while functions begin and end, and Wait returns at the same
// time.
func TestGroupCallsNothingOnceWaitHasReturned(t *testing.T) {
	onPools(t, func(t *testing.T, make makePool) {
		p := make(2)
		rounds := 20000
		if testing.Short() {
			rounds /= 10
		}
		const n = 6
		stopped := 0
		var recordsOf []*records
		for round := range rounds {
			ctx, cancel := context.WithCancelCause(t.Context())
			g := workerpool.NewGroup(ctx, p)
			l := newRecords(n)
			for i := range n {
				g.Go(l.function(i, func(context.Context) error {
					if i == round%n {
						cancel(errAgain)
					}
					runtime.Gosched()
					return nil
				}))
			}
			err := g.Wait()
			l.sealed.Store(true)
			cancel(nil)
			if err != nil {
				require.ErrorIs(t, err, errAgain)
				stopped++
			}
			require.Equal(t, err == nil, l.check(t, err == nil) == n)
			recordsOf = append(recordsOf, l)
		}
		p.Shutdown()
		for _, l := range recordsOf { // nor later
			l.check(t, false)
		}
		require.NotZero(t, stopped, "rounds in which a function was not called")
	})
}

func TestNewGroupPanicsAtANilContext(t *testing.T) {
	var none context.Context
	require.PanicsWithValue(t, "workerpool: NewGroup: ctx is nil", func() { workerpool.NewGroup(none, new(hoard)) })
}
