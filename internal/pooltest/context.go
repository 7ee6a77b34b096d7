package pooltest

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/submission"
)

// errEnough is the cause of the contexts of these cases.
var errEnough = errors.New("pooltest: enough")

// hasEnded reports whether err says that a context has ended with errEnough.
// errors.Is must find both the cause and the error of the context.
func hasEnded(err error) bool { return errors.Is(err, errEnough) && errors.Is(err, context.Canceled) }

func requireEnded(t *testing.T, err error, message ...any) {
	t.Helper()
	require.ErrorIs(t, err, errEnough, message...)
	require.ErrorIs(t, err, context.Canceled, message...)
}

// endable returns a context, and a function that ends it with errEnough.
func endable() (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	return ctx, func() { cancel(errEnough) }
}

// contextWhileFull has a context that ends after there is room, and one that
// ends before.
func contextWhileFull(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			for range rounds(100) {
				synctest.Wait()
				g := newGate(t)
				ctx, end := endable()
				for range 3 * size {
					require.NoError(t, p.SubmitContext(ctx, g.pass), "SubmitContext to a pool with room")
				}
				served := waitUntil(ctx, p, g.pass)
				synctest.Wait()
				givesUp := waitUntil(ctx, p, func() { t.Error("a refused task ran") })
				synctest.Wait()
				require.False(t, served.returned.Load() || givesUp.returned.Load(), "SubmitContext returned from a full pool")
				g.letOne()
				synctest.Wait()
				served.requireAccepted(t)
				end()
				synctest.Wait()
				require.True(t, givesUp.returned.Load(), "SubmitContext has not returned though its context has ended")
				requireEnded(t, givesUp.err)
				require.Zero(t, p.Stats().Waiting)
				g.open()
			}
			require.EqualValues(t, rounds(100), p.Stats().Canceled)
		})
	})
}

func contextEnded(t *testing.T, impl Impl) {
	bubble(t, func(t *testing.T) {
		p := start(t, impl, 2)
		ctx, end := endable()
		end()
		refused := func() { t.Error("a refused task ran") }
		g := newGate(t)
		for _, state := range []string{"idle", "full", "closed"} {
			synctest.Wait()
			requireEnded(t, p.SubmitContext(ctx, refused), "SubmitContext to a pool that is %s", state)
			n, err := p.SubmitBatchWait(ctx, []func(){refused, refused})
			requireEnded(t, err, "SubmitBatchWait to a pool that is %s", state)
			require.Zero(t, n)
			require.Equal(t, workerpool.ErrNilTask, p.SubmitContext(ctx, nil))
			switch state {
			case "idle":
				fill(t, p, g.pass)
			case "full":
				g.open()
				p.Shutdown()
			}
		}
		require.EqualValues(t, 9, p.Stats().Canceled, "tasks")
	})
}

// refusalsByEvent ends contexts with the errors of refusals as their causes. The pool
// must count that the submitter has given up, whatever the cause.
func refusalsByEvent(t *testing.T, impl Impl) {
	for _, cause := range []error{workerpool.ErrPoolFull, workerpool.ErrPoolClosed} {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, 1)
			synctest.Wait()
			g := newGate(t)
			fill(t, p, g.pass)
			ctx, cancel := context.WithCancelCause(t.Context())
			refused := func() { t.Error("a refused task ran") }
			one := waitUntil(ctx, p, refused)
			synctest.Wait()
			batch := waitBatch(ctx, p, times(3, refused))
			synctest.Wait()
			requireCanceled := func(err error) {
				t.Helper()
				require.ErrorIs(t, err, cause)
				require.ErrorIs(t, err, context.Canceled)
			}
			cancel(cause)
			synctest.Wait()
			require.True(t, one.returned.Load() && batch.returned.Load(), "a submit has not returned though its context has ended")
			requireCanceled(one.err)
			requireCanceled(batch.err)
			requireCanceled(p.SubmitContext(ctx, refused))
			n, err := p.SubmitBatchWait(ctx, times(3, refused))
			requireCanceled(err)
			require.Zero(t, n+batch.n)

			closed := waitUntil(t.Context(), p, refused)
			synctest.Wait()
			go p.Shutdown()
			synctest.Wait()
			require.Equal(t, workerpool.ErrPoolClosed, closed.err)
			s := p.Stats()
			require.EqualValues(t, 1+3+1+3, s.Canceled, "Stats.Canceled")
			require.EqualValues(t, 1, s.Rejected, "Stats.Rejected") // by fill
			require.EqualValues(t, 1, s.RejectedClosed, "Stats.RejectedClosed")
			g.open()
		})
	}
}

// contextOfGroup submits with the context of a group. It tells the pool whether the
// group has ended its own context, which is not counted. And the pool gives it the
// counter of functions that were not called.
func contextOfGroup(t *testing.T, impl Impl) {
	for _, own := range []bool{true, false} {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, 1)
			synctest.Wait()
			g := newGate(t)
			inner, end := endable()
			ctx := &submission.Context{Context: inner, OwnEnd: func() bool { return own }}
			for range room(p) {
				require.NoError(t, p.SubmitContext(ctx, g.pass))
			}
			require.NotNil(t, ctx.Expired, "where the task counts")
			ctx.Expired.Add(2)
			require.EqualValues(t, 2, p.Stats().Expired, "Stats.Expired")

			w := waitUntil(ctx, p, func() { t.Error("a refused task ran") })
			synctest.Wait()
			end()
			synctest.Wait()
			requireEnded(t, w.err)
			requireEnded(t, p.SubmitContext(ctx, func() { t.Error("a refused task ran") }))
			want := 2
			if own {
				want = 0
			}
			require.EqualValues(t, want, p.Stats().Canceled, "Stats.Canceled, if the group has ended itself: %t", own)
			g.open()
		})
	}
}

// contextLeavesPlace ends the contexts of some waiters: the first, the last and
// some in between. Each slot that becomes free then serves exactly one of the
// others, in order.
func contextLeavesPlace(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			for round := range rounds(100) {
				synctest.Wait()
				g := newGate(t)
				fill(t, p, g.pass)
				ctx, end := endable()
				var stay, gone []*waiter
				for i := range 6 {
					if (round>>i)&1 == 0 {
						stay = append(stay, waitUntil(t.Context(), p, g.pass))
					} else {
						gone = append(gone, waitUntil(ctx, p, func() { t.Error("a refused task ran") }))
					}
					synctest.Wait()
				}
				end()
				synctest.Wait()
				for _, w := range gone {
					require.True(t, w.returned.Load(), "SubmitContext has not returned though its context has ended")
					requireEnded(t, w.err)
				}
				for i, w := range stay {
					require.Equal(t, len(stay)-i, p.Stats().Waiting)
					require.False(t, w.returned.Load(), "SubmitContext returned from a full pool")
					g.letOne()
					synctest.Wait()
					w.requireAccepted(t)
				}
				g.open()
			}
		})
	})
}

// contextInRace ends contexts while slots become free.
func contextInRace(t *testing.T, impl Impl) {
	const waiters = 16
	forSizes(t, []int{1, 2, 8}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := impl.New(size)
			each := rounds(500)
			l := newRecords(waiters * each)
			for round := range each {
				ctx, end := endable()
				concurrently(waiters+1, func(id int) {
					if id == waiters {
						for range round % (2 * waiters) {
							runtime.Gosched()
						}
						end()
						return
					}
					i := round*waiters + id
					err := l.submit(func(task func()) error { return p.SubmitContext(ctx, task) }, i, runtime.Gosched)
					if err != nil && !hasEnded(err) {
						t.Errorf("SubmitContext: %v", err)
					}
				})
			}
			l.shutdown(p)
			l.check(t)
			s := p.Stats()
			require.EqualValues(t, l.accepted(), s.Completed)
			require.EqualValues(t, len(l.lines)-l.accepted(), s.Canceled)
		})
	})
}

// contextAfterwards ends the context of a SubmitContext whose task is queued,
// and that of one that has just been served. Both tasks run.
func contextAfterwards(t *testing.T, impl Impl) {
	bubble(t, func(t *testing.T) {
		for range rounds(100) {
			p := start(t, impl, 1)
			synctest.Wait()
			g := newGate(t)
			l := newRecords(4)
			ctx, end := endable()
			submit := func(task func()) error { return p.SubmitContext(ctx, task) }
			for i := range 3 {
				require.NoError(t, l.submit(submit, i, g.pass))
			}
			go func() { _ = l.submit(submit, 3, g.pass) }()
			synctest.Wait()
			g.letOne()
			synctest.Wait()
			end()
			synctest.Wait()
			require.NoError(t, l.lines[3].err)
			g.open()
			l.shutdown(p)
			l.check(t)
		}
	})
}
