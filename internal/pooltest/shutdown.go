package pooltest

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// requireRefused fails t unless p refuses every kind of submit, many times, to
// find faults that depend on chance.
func requireRefused(t *testing.T, p Pool) {
	t.Helper()
	task := func() { t.Error("a refused task ran") }
	for range 50 {
		require.Equal(t, workerpool.ErrPoolClosed, call(p.Submit, task), "Submit")
		require.Equal(t, workerpool.ErrPoolClosed, call(p.SubmitWait, task), "SubmitWait")
	}
	for range 5 {
		require.Equal(t, workerpool.ErrPoolClosed, call(func(task func()) error { return p.SubmitContext(t.Context(), task) }, task), "SubmitContext")
		_, err := p.SubmitBatch(times(3, task))
		require.Equal(t, workerpool.ErrPoolClosed, err, "SubmitBatch")
		_, err = p.SubmitBatchWait(t.Context(), times(3, task))
		require.Equal(t, workerpool.ErrPoolClosed, err, "SubmitBatchWait")
		require.Equal(t, workerpool.ErrPoolClosed, call(p.SubmitOrRun, task), "SubmitOrRun")
	}
}

func shutdownRefuses(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		shutdownRefusesFrom(t, 3*size, func(t *testing.T) Pool { return start(t, impl, size) })
		forCapacities(t, size, func(t *testing.T, n int) {
			shutdownRefusesFrom(t, size+n, func(t *testing.T) Pool { return startWithCapacity(t, impl, size, n) })
		})
	})
}

// shutdownRefusesFrom shuts down pools that run one task, and pools that are full.
func shutdownRefusesFrom(t *testing.T, full int, start func(t *testing.T) Pool) {
	bubble(t, func(t *testing.T) {
		for range rounds(20) {
			for _, tasks := range []int{1, full} {
				p := start(t)
				synctest.Wait()
				g := newGate(t)
				for range tasks {
					require.NoError(t, p.Submit(g.pass))
				}
				go p.Shutdown()
				synctest.Wait()
				requireRefused(t, p)
				g.open()
				synctest.Wait()
				requireRefused(t, p)
				s := p.Stats()
				require.Zero(t, s.Rejected, "Stats.Rejected")
				require.Zero(t, s.CallerRuns, "Stats.CallerRuns")
			}
		}
	})
}

// shutdownWaits has several goroutines shut down a full pool, and ends its tasks
// one by one. No call may return before the last task has ended.
func shutdownWaits(t *testing.T, impl Impl) {
	const callers = 4
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			for range rounds(50) {
				p := start(t, impl, size)
				synctest.Wait()
				g := newGate(t)
				l := newRecords(3 * size)
				for i := range l.lines {
					require.NoError(t, l.submit(p.Submit, i, g.pass))
				}
				var returned atomic.Int64
				for range callers {
					go func() {
						l.shutdown(p)
						returned.Inc()
					}()
				}
				for range l.lines {
					synctest.Wait()
					require.Zero(t, returned.Load(), "calls of Shutdown returned before the drain was complete")
					g.letOne()
				}
				synctest.Wait()
				require.EqualValues(t, callers, returned.Load(), "calls of Shutdown that have returned")
				l.check(t)
				p.Shutdown()
			}
		})
	})
}

func shutdownIdle(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 50}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			for i := range rounds(200) {
				p := impl.New(size)
				if i%2 == 0 { // every second pool has run a task
					require.NoError(t, p.Submit(func() {}))
				}
				concurrently(2, func(int) { p.Shutdown() })
				p.Shutdown()
			}
		})
	})
}
