package pooltest

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"
)

// endlessTask has one task that does not return. It occupies its worker, and no
// Shutdown returns. Everything else goes on.
func endlessTask(t *testing.T, impl Impl) {
	forSizes(t, []int{2, 3, 8}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size, quiet())
			synctest.Wait()
			never := newGate(t)
			require.NoError(t, p.Submit(never.pass))
			l := newRecords(rounds(2000))
			for i := range l.lines {
				require.NoError(t, l.submit(p.SubmitWait, i, mixedBody(i)))
			}
			synctest.Wait()
			l.check(t)
			var returned atomic.Bool
			go func() {
				p.Shutdown()
				returned.Store(true)
			}()
			synctest.Wait()
			require.False(t, returned.Load(), "Shutdown returned, and a task runs")
			requireRefused(t, p)
			never.open()
			synctest.Wait()
			require.True(t, returned.Load(), "Shutdown has not returned")
		})
	})
}

// forkBomb starts with one task, and each task submits two more. In the first
// part they stop when one is refused, and the pool must drain. In the second
// part they go on, and Shutdown must still end them.
func forkBomb(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7, 50}, func(t *testing.T, size int) {
		t.Run("until refused", func(t *testing.T) {
			everywhere(t, func(t *testing.T) {
				for range rounds(50) {
					bombUntilRefused(t, impl.New(size))
				}
			})
		})
		t.Run("until Shutdown", func(t *testing.T) {
			everywhere(t, func(t *testing.T) { bombUntilShutdown(t, impl.New(size)) })
		})
	})
}

func bombUntilRefused(t *testing.T, p Pool) {
	// With each task that ends there is one more, until the pool holds three
	// times its size. By then at most twice as many have been submitted, and two
	// for each worker are on their way.
	l := newRecords(12 * p.Size())
	var submitted atomic.Int32
	var refused atomic.Bool
	var accepted sync.WaitGroup
	var bomb func()
	drop := func() {
		accepted.Add(1)
		if l.submit(p.Submit, int(submitted.Inc()-1), func() { defer accepted.Done(); bomb() }) != nil {
			refused.Store(true)
			accepted.Done()
		}
	}
	bomb = func() {
		for range 2 {
			if !refused.Load() {
				drop()
			}
		}
	}
	drop()
	accepted.Wait()
	require.True(t, refused.Load())
	l.shutdown(p)
	l.check(t)
}

func bombUntilShutdown(t *testing.T, p Pool) {
	n := rounds(5000)
	l := newRecords(8 * n)
	var submitted, ran atomic.Int64
	enough := make(chan struct{})
	var bomb func()
	bomb = func() {
		if ran.Inc() == int64(n) {
			close(enough)
		}
		for range 2 {
			if i := submitted.Inc() - 1; i < int64(len(l.lines)) {
				_ = l.submit(p.Submit, int(i), bomb)
			}
		}
	}
	bomb()
	<-enough
	l.shutdown(p)
	l.check(t)
}

// changingProcs keeps changing GOMAXPROCS. Each change stops all goroutines,
// wherever they are, and starts them again.
func changingProcs(t *testing.T, impl Impl) {
	const producers = 3
	before := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	forSizes(t, []int{1, 2, 8}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := impl.New(size, quiet())
			each := rounds(2000)
			l := newRecords(producers * each)
			var left atomic.Int32
			left.Store(producers)
			concurrently(producers+1, func(id int) {
				if id == producers {
					for n := 0; left.Load() > 0; n++ {
						runtime.GOMAXPROCS(1 + n%4)
						runtime.Gosched()
					}
					return
				}
				defer left.Dec()
				for i := id * each; i < (id+1)*each; i++ {
					_ = l.submit(p.SubmitWait, i, mixedBody(i))
				}
			})
			l.shutdown(p)
			l.check(t)
		})
	})
}
