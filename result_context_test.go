package workerpool_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

type contextKey struct{}

func TestGoContextHandsItsContextToTheFunction(t *testing.T) {
	var h hoard
	ctx := context.WithValue(t.Context(), contextKey{}, 7)
	r, err := workerpool.GoContext(ctx, &h, func(ctx context.Context) (any, error) { return ctx.Value(contextKey{}), nil })
	require.NoError(t, err)
	h.tasks[0]()
	value, err := r.Wait(ctx)
	require.NoError(t, err)
	require.Equal(t, 7, value)
	require.Zero(t, h.expired.Load())
}

// A function whose context has ended does not begin.
func TestGoContextSkipsAFunctionWhoseContextHasEnded(t *testing.T) {
	inBubbles(t, func(t *testing.T, newPool makePool) {
		p := newPool(1)
		hold := newGate(t)
		require.NoError(t, p.Submit(hold.wait))
		ctx, cancel := context.WithCancelCause(t.Context())
		const n = 2
		var results [n]*workerpool.Result[int]
		for i := range results {
			var err error
			results[i], err = workerpool.GoContext(ctx, p, func(context.Context) (int, error) {
				t.Error("a function was called whose context has ended")
				return 7, nil
			})
			require.NoError(t, err)
		}
		cancel(errAgain)
		synctest.Wait()
		require.False(t, isDone(results[0].Done()), "Done before the pool has come to it")
		require.Zero(t, p.Stats().Expired)
		hold.open()
		for _, r := range results {
			value, err := r.Wait(t.Context())
			require.ErrorIs(t, err, errAgain)
			require.ErrorIs(t, err, context.Canceled)
			require.Zero(t, value)
		}
		synctest.Wait()
		s := p.Stats()
		require.EqualValues(t, n, s.Expired, "Stats.Expired")
		require.EqualValues(t, n+1, s.Completed, "Stats.Completed")
	})
}

// The end of the context does not stop a function that has begun.
func TestGoContextWaitsForAFunctionThatHasBegun(t *testing.T) {
	inBubbles(t, func(t *testing.T, newPool makePool) {
		p := newPool(1)
		ctx, cancel := context.WithCancel(t.Context())
		r, err := workerpool.GoContext(ctx, p, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 7, nil
		})
		require.NoError(t, err)
		synctest.Wait()
		cancel()
		value, err := r.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 7, value)
		require.Zero(t, p.Stats().Expired)
	})
}

// However often its task is called, also at the same time.
func TestGoContextFunctionIsCalledOnce(t *testing.T) {
	var h hoard
	l := newRecords(1)
	f := l.function(0, succeed)
	r, err := workerpool.GoContext(t.Context(), &h, func(ctx context.Context) (int, error) { return 7, f(ctx) })
	require.NoError(t, err)
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(h.tasks[0])
	}
	calls.Wait()
	h.tasks[0]()
	l.check(t, true)
	value, err := r.Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, 7, value)

	ended, cancel := context.WithCancel(t.Context())
	_, err = workerpool.GoContext(ended, &h, func(context.Context) (int, error) { return 0, never(t)(t.Context()) })
	require.NoError(t, err)
	cancel()
	for range 3 {
		h.tasks[1]()
	}
	require.EqualValues(t, 1, h.expired.Load(), "functions that have expired")
}

func TestGoAndResultPanicAtNil(t *testing.T) {
	var none context.Context
	f := func() (int, error) { return 0, nil }
	withContext := func(context.Context) (int, error) { return 0, nil }
	for want, call := range map[string]func(){
		"workerpool: GoContext: ctx is nil":  func() { _, _ = workerpool.GoContext(none, new(hoard), withContext) },
		"workerpool: GoContext: pool is nil": func() { _, _ = workerpool.GoContext(t.Context(), nil, withContext) },
		"workerpool: Go: pool is nil":        func() { _, _ = workerpool.Go((*hoard)(nil), f) },
	} {
		require.PanicsWithValue(t, want, call)
	}
	for _, r := range []*workerpool.Result[int]{nil, new(workerpool.Result[int])} {
		const sentence = ": the Result is zero or nil: it must come from Go or GoContext"
		require.PanicsWithValue(t, "workerpool: Result.Wait"+sentence, func() { _, _ = r.Wait(t.Context()) })
		require.PanicsWithValue(t, "workerpool: Result.Done"+sentence, func() { r.Done() })
	}
}
