package workerpool_test

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// numbers yields 0 to n-1. taken counts how many the loop has taken.
func numbers(n int, taken *int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			*taken++
			if !yield(i) {
				return
			}
		}
	}
}

// mapPool is the pool that Map takes.
func mapPool(p testPool) workerpool.Pool { return p.(workerpool.Pool) }

func TestMapYieldsResultsInOrder(t *testing.T) {
	onPools(t, func(t *testing.T, newPool makePool) {
		p := newPool(3, untold(t))
		defer p.Shutdown()
		for _, n := range []int{0, 1, 9, 10, 5000} {
			taken, next := 0, 0
			squares := workerpool.Map(t.Context(), mapPool(p), numbers(n, &taken), func(_ context.Context, i int) (int, error) {
				for range i % 7 {
					runtime.Gosched() // so that many overtake others
				}
				return i * i, nil
			})
			for range 2 { // the sequence can be used again
				next = 0
				for square, err := range squares {
					require.NoError(t, err)
					require.Equal(t, next*next, square)
					next++
				}
				require.Equal(t, n, next)
			}
			require.Equal(t, 2*n, taken)
		}
	})
}

// While the first call does not end, Map makes as many calls as the pool can
// hold, and takes one more value. Nothing is refused.
func TestMapHasNoMoreUnderWayThanThePoolCanHold(t *testing.T) {
	inBubbles(t, func(t *testing.T, newPool makePool) {
		const size, queue, n = 2, 5, 100
		p := newPool(size, workerpool.WithQueueCapacity(queue))
		first := newGate(t)
		taken, results := 0, 0
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for i, err := range workerpool.Map(t.Context(), mapPool(p), numbers(n, &taken), func(_ context.Context, i int) (int, error) {
				if i == 0 {
					first.wait()
				}
				return i, nil
			}) {
				if err != nil || i != results {
					t.Errorf("result %d is %d, %v", results, i, err)
				}
				results++
			}
		}()
		synctest.Wait()
		require.Zero(t, results)
		require.Equal(t, size+queue+1, taken)
		require.EqualValues(t, size+queue, p.Stats().Submitted)
		first.open()
		<-ended
		require.Equal(t, n, results)
		require.Zero(t, p.Stats().Rejected)
	})
}

// When a loop has ended, all calls that have begun have ended, and no other will
// begin.
func TestMapStops(t *testing.T) {
	const n, bad = 1000, 20
	for _, c := range []struct {
		name string
		at   func(ctx context.Context, cancel context.CancelCauseFunc, p testPool) error // of value bad
		stop bool                                                                        // the loop does
		want func(t *testing.T, err error)
	}{
		{"by a break", func(context.Context, context.CancelCauseFunc, testPool) error { return nil }, true, nil},
		{"by an error", func(context.Context, context.CancelCauseFunc, testPool) error { return errBoom }, false,
			func(t *testing.T, err error) { require.Equal(t, errBoom, err) }},
		{"by a panic", func(context.Context, context.CancelCauseFunc, testPool) error { panic("boom") }, false, requirePanicError("boom")},
		{"by a Goexit", func(context.Context, context.CancelCauseFunc, testPool) error { runtime.Goexit(); return nil }, false, requireGoexit},
		{"by its context", func(ctx context.Context, cancel context.CancelCauseFunc, _ testPool) error {
			cancel(errAgain)
			return nil
		}, false, func(t *testing.T, err error) {
			require.ErrorIs(t, err, errAgain)
			require.ErrorIs(t, err, context.Canceled)
		}},
		{"by the pool", func(_ context.Context, _ context.CancelCauseFunc, p testPool) error {
			go p.Shutdown()
			for p.Submit(func() {}) != workerpool.ErrPoolClosed {
				runtime.Gosched()
			}
			return nil
		}, false, func(t *testing.T, err error) { require.Equal(t, workerpool.ErrPoolClosed, err) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, newPool makePool) {
				p := newPool(3, workerpool.WithPanicHandler(func(any, []byte) {}))
				parent, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				l := newRecords(n)
				taken := 0
				var contexts []context.Context
				yields := 0
				var end error
				for i, err := range workerpool.Map(parent, mapPool(p), numbers(n, &taken), func(ctx context.Context, i int) (int, error) {
					if i == 0 {
						contexts = append(contexts, ctx)
					}
					return i, l.function(i, func(ctx context.Context) error {
						if i == bad {
							return c.at(ctx, cancel, p)
						}
						return nil
					})(ctx)
				}) {
					if err != nil {
						require.Nil(t, end, "an error after an error")
						require.Zero(t, i)
						end = err
						continue
					}
					require.Nil(t, end, "a result after an error")
					require.Equal(t, yields, i)
					yields++
					if c.stop && i == bad {
						break
					}
				}
				l.sealed.Store(true)
				if c.want == nil {
					require.NoError(t, end)
					require.Equal(t, bad+1, yields)
				} else {
					require.Error(t, end)
					c.want(t, end)
					require.Less(t, yields, n)
				}
				require.Less(t, taken, n)
				require.Error(t, contexts[0].Err(), "the context of f goes on")
				cancel(nil)
				synctest.Wait()
				l.check(t, false)
			})
		})
	}
}

// All results before the error are yielded, even if f is still running for them
// when it fails for a later value. f does not begin for values after that one.
func TestMapYieldsWhatComesBeforeTheFirstError(t *testing.T) {
	inBubbles(t, func(t *testing.T, newPool makePool) {
		p := newPool(2)
		slow := newGate(t)
		l := newRecords(6)
		taken := 0
		var got []int
		var end error
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for i, err := range workerpool.Map(t.Context(), mapPool(p), numbers(6, &taken), func(ctx context.Context, i int) (int, error) {
				return i, l.function(i, func(ctx context.Context) error {
					switch i {
					case 0:
						slow.wait()
						return ctx.Err()
					case 1:
						return errBoom
					}
					return nil
				})(ctx)
			}) {
				if err != nil {
					end = err
				} else {
					got = append(got, i)
				}
			}
		}()
		synctest.Wait()
		slow.open()
		<-ended
		require.Equal(t, []int{0}, got)
		require.Equal(t, errBoom, end)
		require.Equal(t, 2, l.check(t, false), "values for which f was called")
	})
}

// After a break the loop waits for the calls of f that have begun, and for no
// others.
func TestMapWaitsForWhatHasBegun(t *testing.T) {
	inBubbles(t, func(t *testing.T, newPool makePool) {
		p := newPool(2)
		began, hold := newGate(t), newGate(t)
		var ended atomic.Bool
		taken := 0
		go func() {
			for range workerpool.Map(t.Context(), mapPool(p), numbers(6, &taken), func(_ context.Context, i int) (int, error) {
				switch i {
				case 0:
					began.wait()
				case 1:
					began.open()
					hold.wait()
				}
				return i, nil
			}) {
				break
			}
			ended.Store(true)
		}()
		synctest.Wait()
		require.False(t, ended.Load(), "a loop has ended while f runs")
		hold.open()
		synctest.Wait()
		require.True(t, ended.Load())
	})
}

// A break ends the context of the calls of f that have begun, before it waits for them.
func TestMapEndsTheContextOfWhatHasBegun(t *testing.T) {
	inBubbles(t, func(t *testing.T, newPool makePool) {
		p := newPool(2)
		began := newGate(t)
		taken := 0
		for range workerpool.Map(t.Context(), mapPool(p), numbers(2, &taken), func(ctx context.Context, i int) (int, error) {
			if i == 0 {
				began.wait()
			} else {
				began.open()
				<-ctx.Done()
			}
			return i, nil
		}) {
			break
		}
	})
}

// When f has failed for a value, Map takes one more value at most, and submits no call for
// it, even if the results of earlier values are not ready.
func TestMapTakesNoMoreValuesAfterAFailure(t *testing.T) {
	inBubbles(t, func(t *testing.T, newPool makePool) {
		for _, bad := range []int{0, 1} {
			p := newPool(2, workerpool.WithQueueCapacity(100))
			slow := newGate(t)
			taken := 0
			in := func(yield func(int) bool) {
				for i := range 10 {
					if i == bad+1 {
						synctest.Wait() // until f has failed
					}
					taken++
					if !yield(i) {
						break
					}
				}
				slow.open()
			}
			var end error
			for _, err := range workerpool.Map(t.Context(), mapPool(p), in, func(_ context.Context, i int) (int, error) {
				switch i {
				case bad:
					return 0, errBoom
				case 0:
					slow.wait()
				}
				return i, nil
			}) {
				end = err
			}
			require.Equal(t, errBoom, end)
			require.Equal(t, bad+2, taken, "values taken, if f fails for value %d", bad)
			require.EqualValues(t, bad+1, p.Stats().Submitted, "calls submitted, if f fails for value %d", bad)
		}
	})
}

func TestMapOfReturnedTasksWaitsForItsContext(t *testing.T) {
	inBubbles(t, func(t *testing.T, newPool makePool) {
		p := newPool(1)
		ctx, cancel := context.WithCancelCause(t.Context())
		hold := newGate(t)
		var end error
		var ended atomic.Bool
		go func() {
			for _, err := range workerpool.Map(ctx, mapPool(p), slices.Values([]int{0, 1}), func(context.Context, int) (int, error) {
				hold.wait()
				return 0, nil
			}) {
				end = err
			}
			ended.Store(true)
		}()
		synctest.Wait()
		go func() { _, _ = p.ShutdownNow(t.Context()) }()
		synctest.Wait()
		hold.open()
		synctest.Wait()
		require.False(t, ended.Load())
		cancel(errAgain)
		synctest.Wait()
		require.True(t, ended.Load())
		require.ErrorIs(t, end, errAgain)
	})
}

func TestMapPanicsAtNil(t *testing.T) {
	onPools(t, func(t *testing.T, newPool makePool) {
		p := mapPool(newPool(1))
		defer p.Shutdown()
		var none context.Context
		in := slices.Values([]int{1})
		f := func(context.Context, int) (int, error) { return 0, nil }
		require.PanicsWithValue(t, "workerpool: Map: ctx is nil", func() { workerpool.Map(none, p, in, f) })
		require.PanicsWithValue(t, "workerpool: Map: pool is nil", func() { workerpool.Map(t.Context(), nil, in, f) })
		require.PanicsWithValue(t, "workerpool: Map: in is nil", func() { workerpool.Map(t.Context(), p, nil, f) })
		require.PanicsWithValue(t, "workerpool: Map: f is nil", func() { workerpool.Map[int, int](t.Context(), p, in, nil) })
	})
}
