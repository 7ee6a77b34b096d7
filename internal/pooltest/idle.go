package pooltest

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// startsLazily checks that a pool starts a worker for each task that needs one,
// and none before. An eager pool starts all workers at once.
func startsLazily(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			synctest.Wait()
			if impl.Eager {
				require.Equal(t, size, p.Stats().Started, "workers of a new pool")
				return
			}
			require.Zero(t, p.Stats().Started, "workers of a new pool")
			for range rounds(100) {
				require.NoError(t, p.Submit(func() {}))
				synctest.Wait()
				require.Equal(t, 1, p.Stats().Started, "workers after one task at a time")
			}
			g := newGate(t)
			for i := range size {
				require.NoError(t, p.Submit(g.pass))
				synctest.Wait()
				require.Equal(t, i+1, p.Stats().Started, "workers with %d tasks running", i+1)
			}
		})
	})
	if impl.Eager || t.Failed() {
		return
	}
	t.Run("size=100000", func(t *testing.T) {
		var before, after runtime.MemStats
		goroutines := runtime.NumGoroutine()
		runtime.ReadMemStats(&before)
		p := start(t, impl, 100_000)
		runtime.ReadMemStats(&after)
		require.Less(t, runtime.NumGoroutine()-goroutines, 10, "new goroutines")
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(20<<20), "bytes allocated")
		require.Zero(t, p.Stats().Started, "workers of a new pool")
	})
}

// awakenings returns how many times a goroutine of this process became ready to
// run; the runtime counts a sample. That includes the goroutines of the garbage
// collector, and its sweeper yields hundreds of times in a row. So a case that
// counts awakenings must keep the collector from running.
func awakenings() (n uint64) {
	sample := []metrics.Sample{{Name: "/sched/latencies:seconds"}}
	metrics.Read(sample)
	for _, count := range sample[0].Value.Float64Histogram().Counts {
		n += count
	}
	return n
}

// idleNeverWakes lets a week pass for an idle pool in a bubble. That takes no
// time, unless something wakes up, such as a ticker.
func idleNeverWakes(t *testing.T, impl Impl) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC() // returns when everything is swept
	forSizes(t, []int{1, 2, 50}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			for range 3 { // no worker has started, then some, then all
				synctest.Wait()
				before := awakenings()
				time.Sleep(7 * 24 * time.Hour)
				require.Less(t, awakenings()-before, uint64(500), "goroutines woken while the pool was idle")
				for range 2 * size {
					require.NoError(t, p.Submit(runtime.Gosched))
				}
			}
		})
	})
}

// leavesNoGoroutine shuts a pool down in a bubble, which ends only when all its
// goroutines have ended. The bubble panics if one sleeps forever, and the
// watchdog ends the test if one runs forever.
func leavesNoGoroutine(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 50}, func(t *testing.T, size int) {
		for range rounds(30) {
			bubble(t, func(t *testing.T) {
				p := impl.New(size, quiet())
				for i := range 10 * size {
					require.NoError(t, p.SubmitWait(mixedBody(i)))
				}
				p.Shutdown()
			})
		}
	})
}
