package ringpool_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/ringpool"
)

// The contract is in package pooltest; see conformance_test.go. These tests are
// for what only this pool promises.

// withProcs runs test with each of some settings of GOMAXPROCS.
func withProcs(t *testing.T, test func(t *testing.T)) {
	for _, n := range []int{1, 2, 4} {
		t.Run(fmt.Sprintf("GOMAXPROCS=%d", n), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
			test(t)
		})
	}
}

// Several submitters fill an idle pool with tasks that block. Exactly three times the
// size must be accepted, and when a refusal is returned, that many tasks must have
// been accepted.
func TestErrPoolFullIsExactWithSeveralSubmitters(t *testing.T) {
	withProcs(t, func(t *testing.T) {
		for _, size := range []int{1, 2, 3, 10} {
			for range 50 {
				p := ringpool.New(size)
				gate := make(chan struct{})
				var wg sync.WaitGroup
				var accepted atomic.Int32
				for range 4 {
					wg.Go(func() {
						for p.Submit(func() { <-gate }) == nil {
							accepted.Inc()
						}
					})
				}
				wg.Wait()
				require.EqualValues(t, 3*size, accepted.Load(), "size %d", size)
				close(gate)
				p.Shutdown()
			}
		}
	})
}

// Each of 3×size goroutines submits one blocking task, all at once. None of
// them may be refused, because there is room for all of them.
func TestAsManySubmittersAsThereIsRoomForAllSucceed(t *testing.T) {
	withProcs(t, func(t *testing.T) {
		for _, size := range []int{1, 2, 5} {
			for range 50 {
				p := ringpool.New(size)
				gate, start := make(chan struct{}), make(chan struct{})
				var wg sync.WaitGroup
				errs := make([]error, 3*size)
				for i := range errs {
					wg.Go(func() {
						<-start
						errs[i] = p.Submit(func() { <-gate })
					})
				}
				close(start)
				wg.Wait()
				for i, err := range errs {
					require.NoError(t, err, "size %d, submitter %d", size, i)
				}
				require.ErrorIs(t, p.Submit(func() {}), ringpool.ErrPoolFull)
				close(gate)
				p.Shutdown()
			}
		}
	})
}

func TestALargePoolCostsNothingBeforeItIsUsed(t *testing.T) {
	const size = 100_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	goroutines := runtime.NumGoroutine()
	p := ringpool.New(size)
	runtime.ReadMemStats(&after)
	require.Equal(t, goroutines, runtime.NumGoroutine())
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(20<<20))
	p.Shutdown()
}

// Tasks that come one at a time all run on the same worker, because the worker
// that became idle last is woken first.
func TestTasksOneAtATimeUseOneWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := ringpool.New(8)
		for range 100 {
			require.NoError(t, p.Submit(func() {}))
			synctest.Wait()
		}
		s := p.Stats()
		require.Equal(t, 1, s.Started)
		require.EqualValues(t, 100, s.Wakes)
		require.EqualValues(t, 100, s.Parks)
		p.Shutdown()
	})
}

// A submit that waits does not allocate either, once there have been waiters.
func TestSubmitWaitDoesNotAllocate(t *testing.T) {
	p := ringpool.New(1)
	defer p.Shutdown()
	task := func() { runtime.Gosched() }
	for range 1000 {
		_ = p.SubmitWait(task)
	}
	var waited bool
	perCall := testing.AllocsPerRun(10_000, func() {
		waited = waited || p.Stats().Queued == 2
		_ = p.SubmitWait(task)
	})
	require.True(t, waited, "the pool was never full")
	// A collection may empty the store of waiters, so the average may be above
	// zero by a few in ten thousand; AllocsPerRun rounds that down.
	require.Zero(t, perCall)
}
