package workerpool_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"weak"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// A call is one of the ways to get a result.
type call func(p workerpool.Submitter, f func() (int, error)) (*workerpool.Result[int], error)

var ways = []struct {
	name string
	call call
}{
	{"Go", workerpool.Go[int]},
	{"GoContext", func(p workerpool.Submitter, f func() (int, error)) (*workerpool.Result[int], error) {
		if f == nil {
			return workerpool.GoContext[int](context.Background(), p, nil)
		}
		return workerpool.GoContext(context.Background(), p, func(context.Context) (int, error) { return f() })
	}},
}

// eachWay runs f in a bubble with each kind of pool and each way.
func eachWay(t *testing.T, f func(t *testing.T, make makePool, call call)) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, make makePool) { f(t, make, way.call) })
		})
	}
}

// isDone reports whether a channel is closed.
func isDone(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// However a function ends, all calls of Wait return it, before and after. No
// way to end costs a worker.
func TestResultTellsHowItsFunctionEnded(t *testing.T) {
	for _, end := range endings {
		t.Run(end.name, func(t *testing.T) {
			eachWay(t, func(t *testing.T, make makePool, call call) {
				var seen told
				p := make(1, seen.option())
				start := newGate(t)
				r, err := call(p, func() (int, error) {
					start.wait()
					return 7, end.f()
				})
				require.NoError(t, err)
				check := func() {
					value, err := r.Wait(t.Context())
					end.check(t, err)
					if err == nil || err == errBoom { // it has returned
						require.Equal(t, 7, value)
					} else {
						require.Zero(t, value)
					}
				}
				var early sync.WaitGroup
				for range 3 {
					early.Go(check)
				}
				synctest.Wait()
				done := r.Done()
				require.False(t, isDone(done), "Done before the function has ended")
				start.open()
				early.Wait()
				require.True(t, isDone(done), "Done when the function has ended")
				check()
				_, err = r.Wait(t.Context())
				seen.require(t, p, err)
				requireAllWorkers(t, p)
			})
		})
	}
}

func TestResultWaitGivesUpWithItsContext(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		start := newGate(t)
		r, err := workerpool.Go(make(1), func() (int, error) { start.wait(); return 7, nil })
		require.NoError(t, err)
		ctx, cancel := context.WithCancelCause(t.Context())
		var w resultWait
		go w.run(ctx, r)
		synctest.Wait()
		require.False(t, w.returned.Load(), "Wait has returned: %v", w.err)
		cancel(errAgain)
		synctest.Wait()
		require.True(t, w.returned.Load(), "Wait has not returned")
		require.ErrorIs(t, w.err, errAgain)
		require.Zero(t, w.value)

		start.open()
		value, err := r.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 7, value)
		for range 100 { // a select would sometimes choose the other case
			value, err = r.Wait(ctx)
			require.NoError(t, err, "the result is there, and the context done")
			require.Equal(t, 7, value)
		}
	})
}

// A resultWait is a call of Wait in a goroutine of its own.
type resultWait struct {
	returned atomic.Bool
	value    int
	err      error
}

func (w *resultWait) run(ctx context.Context, r *workerpool.Result[int]) {
	w.value, w.err = r.Wait(ctx)
	w.returned.Store(true)
}

func TestResultWaitPanicsAtANilContext(t *testing.T) {
	var none context.Context
	var h hoard
	r, err := workerpool.Go(&h, func() (int, error) { return 0, nil })
	require.NoError(t, err)
	require.PanicsWithValue(t, "workerpool: Result.Wait: ctx is nil", func() { _, _ = r.Wait(none) })
}

// A refused function is never called, and has no result. The next one that is
// accepted has its own.
func TestResultIsRefusedAsTheSubmitIs(t *testing.T) {
	ended, cancel := context.WithCancelCause(context.Background())
	cancel(errAgain)
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1)
		refused := func(want error, call call, f func() (int, error)) {
			t.Helper()
			r, err := call(p, f)
			require.Nil(t, r)
			require.ErrorIs(t, err, want)
		}
		bad := func() (int, error) { t.Error("a refused function was called"); return 0, nil }
		for _, way := range ways {
			refused(workerpool.ErrNilTask, way.call, nil)
		}
		refused(errAgain, func(p workerpool.Submitter, f func() (int, error)) (*workerpool.Result[int], error) {
			return workerpool.GoContext(ended, p, func(context.Context) (int, error) { return f() })
		}, bad)
		hold := newGate(t)
		for range 3 * p.Size() {
			require.NoError(t, p.SubmitContext(t.Context(), hold.wait))
			synctest.Wait()
		}
		refused(workerpool.ErrPoolFull, workerpool.Go[int], bad)
		hold.open()
		synctest.Wait()
		r, err := workerpool.Go(p, func() (int, error) { return 7, nil })
		require.NoError(t, err)
		value, err := r.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 7, value)
		p.Shutdown()
		for _, way := range ways {
			refused(workerpool.ErrPoolClosed, way.call, bad)
		}
	})
}

// Many results at once, each with a value of its own.
func TestResultsAreNotMixedUp(t *testing.T) {
	onPools(t, func(t *testing.T, make makePool) {
		p := make(4, untold(t))
		defer p.Shutdown()
		const callers, each, window = 4, 5000, 8
		var all sync.WaitGroup
		for id := range callers {
			all.Go(func() {
				var results [window]*workerpool.Result[int]
				for i := range each + window {
					if i >= window {
						value, err := results[i%window].Wait(context.Background())
						if want := id*each + i - window; err != nil || value != want {
							t.Errorf("the result is %d, %v, want %d", value, err, want)
						}
					}
					var err error
					results[i%window], err = workerpool.GoContext(context.Background(), p, func(context.Context) (int, error) {
						return id*each + i, nil
					})
					if err != nil {
						t.Errorf("GoContext: %v", err)
					}
				}
			})
		}
		all.Wait()
	})
}

// Tasks that ShutdownNow has returned may be called twice, at any time. Each
// function is still called once.
func TestResultFunctionIsCalledOnceHoweverOftenItsTaskIs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var h hoard
	const n = 5000
	l := newRecords(n)
	var results []*workerpool.Result[int]
	var old []func()
	runOne := func() {
		task := h.tasks[0]
		h.tasks = h.tasks[1:]
		task()
		old = append(old, task)
	}
	refused := 0
	for i := range n {
		h.refuses = rng.IntN(8) == 0
		f := l.function(i, succeed)
		r, err := workerpool.Go(&h, func() (int, error) { return i, f(t.Context()) })
		if err == nil {
			results = append(results, r)
		} else {
			refused++
		}
		for len(h.tasks) > 0 && rng.IntN(2) == 0 {
			runOne()
		}
		if len(old) > 0 && rng.IntN(4) == 0 {
			old[rng.IntN(len(old))]()
		}
	}
	for len(h.tasks) > 0 {
		runOne()
	}
	require.Equal(t, n-refused, l.check(t, false), "functions called")
	for _, r := range results {
		require.True(t, isDone(r.Done()))
	}
}

// When a function has ended, what it refers to can be collected, even if its
// result and its task are still referred to. A result that is not referred to can
// be collected, too.
func TestResultKeepsNothingAlive(t *testing.T) {
	type ballast struct{ _ [1 << 10]byte }
	for _, way := range ways {
		var h hoard
		call := func() (*workerpool.Result[int], weak.Pointer[ballast]) {
			load := new(ballast)
			r, err := way.call(&h, func() (int, error) { runtime.KeepAlive(load); return 0, nil })
			require.NoError(t, err)
			return r, weak.Make(load)
		}
		kept, load := call()
		keptTask := h.tasks[0]
		forgotten := func() weak.Pointer[workerpool.Result[int]] { r, _ := call(); return weak.Make(r) }()
		runtime.GC()
		require.NotNil(t, load.Value(), "before the call")
		require.NotNil(t, forgotten.Value(), "before the call")
		for _, task := range h.tasks {
			task()
		}
		h.tasks = nil
		runtime.GC()
		require.Nil(t, load.Value(), "what the function refers to")
		require.Nil(t, forgotten.Value(), "a result that is not referred to")
		runtime.KeepAlive(kept)
		runtime.KeepAlive(keptTask)
	}
}

// They are the Result and its task. The channel of Done is allocated only if the
// function has not ended.
func TestResultIsTwoAllocations(t *testing.T) {
	onPools(t, func(t *testing.T, make makePool) {
		p := make(1)
		defer p.Shutdown()
		ran := atomic.NewUint32(0)
		f := func() (int, error) { ran.Inc(); return 7, nil }
		withContext := func(context.Context) (int, error) { return f() }
		for _, way := range []struct {
			name string
			call call
		}{
			{"Go", workerpool.Go[int]},
			{"GoContext", func(p workerpool.Submitter, _ func() (int, error)) (*workerpool.Result[int], error) {
				return workerpool.GoContext(context.Background(), p, withContext)
			}},
		} {
			require.EqualValues(t, 2, testing.AllocsPerRun(500, func() {
				before := ran.Load()
				r, err := way.call(p, f)
				if err != nil {
					t.Error(err)
				}
				for ran.Load() == before {
					runtime.Gosched()
				}
				for s := p.Stats(); s.Completed < s.Submitted; s = p.Stats() {
					runtime.Gosched()
				}
				if value, err := r.Wait(context.Background()); value != 7 || err != nil {
					t.Error(value, err)
				}
			}), "allocations of one %s", way.name)
		}
	})
}
