package workerpool_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/submission"
)

// A hoard is a pool that runs nothing: the test runs its tasks.
type hoard struct {
	tasks   []func()
	refuses bool

	asked   int // submits
	expired step.Uint64
	own     func() bool // of the last SubmitContext
}

func (h *hoard) Submit(task func()) error {
	h.asked++
	if h.refuses {
		return workerpool.ErrPoolFull
	}
	h.tasks = append(h.tasks, task)
	return nil
}

// SubmitContext does what a pool does with a context of package workerpool.
func (h *hoard) SubmitContext(ctx context.Context, task func()) error {
	if s, ok := ctx.(*submission.Context); ok {
		s.Expired = &h.expired
		h.own = s.OwnEnd
	}
	return h.Submit(task)
}

func TestGroupContextEndsWithTheGroup(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		for _, f := range []func(context.Context) error{succeed, fail} {
			var seen context.Context
			g := workerpool.NewGroup(t.Context(), make(1))
			require.NoError(t, g.Context().Err())
			require.NoError(t, g.Go(func(ctx context.Context) error { seen = ctx; return f(ctx) }))
			err := g.Wait()
			require.Equal(t, g.Context(), seen)
			require.Equal(t, context.Canceled, g.Context().Err())
			if err == nil {
				err = context.Canceled
			}
			require.Equal(t, err, context.Cause(g.Context()))
		}
	})
}

// A loop that goes on when the group is over costs the pool nothing.
func TestGroupThatIsOverDoesNotAskThePool(t *testing.T) {
	ended, cancel := context.WithCancelCause(context.Background())
	cancel(errAgain)
	for name, over := range map[string]struct {
		parent context.Context
		end    func(g *workerpool.Group, h *hoard)
		want   error
	}{
		"by a function": {context.Background(), func(g *workerpool.Group, h *hoard) {
			require.NoError(t, g.Go(fail))
			h.tasks[0]()
		}, errBoom},
		"by a refusal": {context.Background(), func(g *workerpool.Group, h *hoard) {
			h.refuses = true
			require.Equal(t, workerpool.ErrPoolFull, g.Go(never(t)))
		}, workerpool.ErrPoolFull},
		"by nil": {context.Background(), func(g *workerpool.Group, h *hoard) {
			require.Equal(t, workerpool.ErrNilTask, g.Go(nil))
		}, workerpool.ErrNilTask},
		"by its parent": {ended, func(*workerpool.Group, *hoard) {}, errAgain},
	} {
		t.Run(name, func(t *testing.T) {
			var h hoard
			g := workerpool.NewGroup(over.parent, &h)
			over.end(g, &h)
			asked := h.asked
			for range 10 {
				require.ErrorIs(t, g.Go(never(t)), over.want)
			}
			require.Equal(t, asked, h.asked, "submits to the pool")
			require.ErrorIs(t, g.Wait(), over.want)
			require.Equal(t, workerpool.ErrGroupDone, g.Go(never(t)))
			require.Equal(t, workerpool.ErrGroupDone, g.Go(nil))
			require.ErrorIs(t, g.Wait(), over.want)
			require.Equal(t, asked, h.asked, "submits to the pool")
		})
	}
}

// Go returns what Wait will return.
func TestGroupGoReturnsTheFirstError(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1)
		g := workerpool.NewGroup(t.Context(), p)
		require.NoError(t, g.Go(fail))
		synctest.Wait()
		p.Shutdown()
		require.Equal(t, errBoom, g.Go(never(t)))
		require.Equal(t, errBoom, g.Go(nil))
		require.Equal(t, errBoom, g.Wait())
	})
}

// The pool can tell a submit that the group has ended from one that the parent
// has.
func TestGroupTellsThePoolIfItEndedItsOwnContext(t *testing.T) {
	parent, cancel := context.WithCancel(context.Background())
	var h hoard
	g := workerpool.NewGroup(parent, &h)
	require.NoError(t, g.Go(fail))
	require.False(t, h.own(), "a group that goes on")
	h.tasks[0]()
	require.True(t, h.own(), "a group whose function has failed")

	h = hoard{}
	g = workerpool.NewGroup(parent, &h)
	require.NoError(t, g.Go(succeed))
	cancel()
	require.False(t, h.own(), "a group whose parent has ended")
	require.ErrorIs(t, g.Wait(), context.Canceled)
	require.False(t, h.own(), "a group whose parent has ended")
	require.Zero(t, h.expired.Load(), "functions of a group do not expire")
}

// Tasks that ShutdownNow has returned may be called twice, at any time.
func TestGroupFunctionIsCalledOnceHoweverOftenItsTaskIs(t *testing.T) {
	var h hoard
	g := workerpool.NewGroup(t.Context(), &h)
	const n = 3
	l := newRecords(n)
	for i := range n {
		require.NoError(t, g.Go(l.function(i, succeed)))
	}
	for range 3 {
		h.tasks[0]()
		h.tasks[1]()
	}
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(h.tasks[2])
	}
	calls.Wait()
	require.NoError(t, g.Wait())
	l.check(t, true)
	h.tasks[0]()
	l.check(t, true)
}

// A crawler is a tree of functions. Each gives the group its children, and the pool
// has room for few of them.
func TestGroupGoOrRunServesRecursion(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		for _, size := range []int{1, 4} {
			p := make(size, untold(t))
			const n = 5461 // pages, with four links each
			l := newRecords(n)
			g := workerpool.NewGroup(t.Context(), p)
			var page func(i int) func(context.Context) error
			page = func(i int) func(context.Context) error {
				return l.function(i, func(context.Context) error {
					for link := 4*i + 1; link <= 4*i+4 && link < n; link++ {
						if err := g.GoOrRun(page(link)); err != nil {
							return err
						}
					}
					return nil
				})
			}
			require.NoError(t, g.GoOrRun(page(0)))
			require.NoError(t, g.Wait())
			l.sealed.Store(true)
			l.check(t, true)
		}
	})
}

func TestGroupGoOrRunNeedsAPoolThatCan(t *testing.T) {
	g := workerpool.NewGroup(t.Context(), new(hoard))
	require.PanicsWithValue(t, "workerpool: Group.GoOrRun: the pool, a *workerpool_test.hoard, has no method SubmitOrRun", func() {
		_ = g.GoOrRun(succeed)
	})
}

func TestAZeroGroupPanics(t *testing.T) {
	for _, g := range []*workerpool.Group{nil, new(workerpool.Group)} {
		for method, call := range map[string]func(){
			"Go":      func() { _ = g.Go(succeed) },
			"GoOrRun": func() { _ = g.GoOrRun(succeed) },
			"Wait":    func() { _ = g.Wait() },
			"Context": func() { g.Context() },
		} {
			require.PanicsWithValue(t, "workerpool: Group."+method+": the Group is zero or nil: make one with NewGroup", call)
		}
	}
}

func TestNewGroupPanicsAtANilPool(t *testing.T) {
	for _, none := range []workerpool.Submitter{nil, (*hoard)(nil)} {
		require.PanicsWithValue(t, "workerpool: NewGroup: pool is nil", func() { workerpool.NewGroup(t.Context(), none) })
	}
}

// They are the groupTask and the task.
func TestGroupGoIsTwoAllocations(t *testing.T) {
	onPools(t, func(t *testing.T, make makePool) {
		p := make(1)
		defer p.Shutdown()
		g := workerpool.NewGroup(t.Context(), p)
		require.EqualValues(t, 2, testing.AllocsPerRun(500, func() {
			if err := g.Go(succeed); err != nil {
				t.Error(err)
			}
			for s := p.Stats(); s.Completed < s.Submitted; s = p.Stats() {
				runtime.Gosched()
			}
		}))
		require.NoError(t, g.Wait())
	})
}
