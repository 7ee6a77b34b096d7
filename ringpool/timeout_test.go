package ringpool_test

import (
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// wakeAll makes all workers of p run a task at the same time. They are idle again then.
func wakeAll(t *testing.T, p *ringpool.Pool) {
	gate := make(chan struct{})
	for range p.Size() {
		require.NoError(t, p.Submit(func() { <-gate }))
	}
	synctest.Wait()
	require.Equal(t, p.Size(), p.Stats().Busy)
	close(gate)
	synctest.Wait()
	require.Zero(t, p.Stats().Busy)
}

// goroutines counts those of workers and of rounds of eviction in the caller's bubble; other
// tests may have left some that are about to end. By runtime.NumGoroutine one that has
// ended would be counted until the runtime has put it away, which may be a moment after
// synctest.Wait has returned.
func goroutines() (n int) {
	stacks := make([]byte, 1<<20)
	all := strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n")
	bubble := regexp.MustCompile(`synctest bubble \d+\]`).FindString(all[0]) // the caller's stack is the first
	if bubble == "" {
		panic("not called in a bubble")
	}
	for _, stack := range all {
		if strings.Contains(stack, bubble) && regexp.MustCompile(`supervise\.\(\*Supervisor\)\.Run\(|ringpool\.\(\*evictor\)\.round\(`).MatchString(stack) {
			n++
		}
	}
	return n
}

// Not before the timeout, and not later than after two.
func TestAWorkerThatIsIdleForLongLosesItsGoroutine(t *testing.T) {
	const timeout = time.Minute
	synctest.Test(t, func(t *testing.T) {
		p := ringpool.New(4, workerpool.WithIdleTimeout(timeout))
		without := goroutines()
		wakeAll(t, p)
		require.Equal(t, without+4, goroutines())

		time.Sleep(timeout - 1)
		require.Equal(t, 4, p.Stats().Started, "before the timeout")
		time.Sleep(timeout + 1)
		synctest.Wait()
		require.Equal(t, 0, p.Stats().Started, "after two timeouts")
		require.Equal(t, without, goroutines())
		require.Zero(t, p.Stats().Busy)
		p.Shutdown()
	})
}

func TestAWorkerWithoutItsGoroutineIsIdleAsBefore(t *testing.T) {
	const size, timeout = 3, time.Minute
	synctest.Test(t, func(t *testing.T) {
		p := ringpool.New(size, workerpool.WithIdleTimeout(timeout))
		var ran atomic.Int32
		for range 3 {
			wakeAll(t, p)
			time.Sleep(2 * timeout)
			synctest.Wait()
			require.Zero(t, p.Stats().Started)

			gate := make(chan struct{})
			for range 3 * size {
				require.NoError(t, p.Submit(func() { <-gate; ran.Inc() }))
			}
			require.ErrorIs(t, p.Submit(func() {}), ringpool.ErrPoolFull)
			synctest.Wait() // the submitter counts the goroutine that it starts a moment later
			require.Equal(t, size, p.Stats().Started)
			close(gate)
			require.NoError(t, p.Wait(t.Context()))
		}
		require.EqualValues(t, 3*3*size, ran.Load())
		p.Shutdown()
	})
}

// The worker that became idle last is woken first. So tasks that come one at a time need
// one goroutine, which stays, and the others are evicted.
func TestAWorkerThatHasWorkKeepsItsGoroutine(t *testing.T) {
	const timeout = time.Minute
	synctest.Test(t, func(t *testing.T) {
		p := ringpool.New(4, workerpool.WithIdleTimeout(timeout))
		wakeAll(t, p)
		for range 20 {
			time.Sleep(timeout / 2)
			require.NoError(t, p.Submit(func() {}))
			synctest.Wait()
			require.GreaterOrEqual(t, p.Stats().Started, 1)
		}
		require.Equal(t, 1, p.Stats().Started)

		require.NoError(t, p.Submit(func() { time.Sleep(10 * timeout) }))
		time.Sleep(5 * timeout)
		require.Equal(t, 1, p.Stats().Started, "a busy worker has lost its goroutine")
		require.Equal(t, 1, p.Stats().Busy)
		p.Shutdown()
	})
}

// After Shutdown no timer is running, and no round.
func TestShutdownDoesNotWaitForTheTimeout(t *testing.T) {
	const timeout = time.Minute
	for _, idle := range []time.Duration{0, timeout - 1, timeout, timeout + 1, 2 * timeout, 3 * timeout} {
		t.Run(idle.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := ringpool.New(2, workerpool.WithIdleTimeout(timeout))
				without := goroutines()
				wakeAll(t, p)
				time.Sleep(idle) // the round may have just begun
				before := time.Now()
				p.Shutdown()
				require.Zero(t, time.Since(before))
				synctest.Wait()
				require.Equal(t, without, goroutines())
			})
		})
	}
}

// Nothing refers to a pool whose goroutines are gone, no timer either.
func TestAForgottenPoolWithATimeoutIsCollected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		forgotten := func() weak.Pointer[ringpool.Pool] {
			p := ringpool.New(3, workerpool.WithIdleTimeout(time.Minute))
			wakeAll(t, p)
			return weak.Make(p)
		}()
		require.NotNil(t, alive(forgotten))
		time.Sleep(2 * time.Minute)
		require.Nil(t, alive(forgotten))
	})
}

// With a timeout so short that goroutines come and go all the time, each accepted
// task runs once, and no capacity is lost.
func TestNoTaskIsLostWhileGoroutinesComeAndGo(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	withProcs(t, func(t *testing.T) {
		for _, size := range []int{1, 3} {
			p := ringpool.New(size, workerpool.WithIdleTimeout(20*time.Microsecond))
			var wg sync.WaitGroup
			const submitters = 3
			ran := make([]atomic.Int32, submitters*rounds)
			for s := range submitters {
				wg.Go(func() {
					for i := range rounds {
						done := make(chan struct{})
						if err := p.SubmitWait(func() { ran[s*rounds+i].Inc(); close(done) }); err != nil {
							t.Error(err)
							return
						}
						<-done
						for range i % 50 {
							runtime.Gosched() // other workers may become idle meanwhile
						}
					}
				})
			}
			wg.Wait()
			p.Shutdown()
			for i := range ran {
				require.EqualValues(t, 1, ran[i].Load(), "runs of task %d", i)
			}
			s := p.Stats()
			require.Equal(t, s.Wakes, s.Parks)
			require.EqualValues(t, submitters*rounds, s.Completed)
		}
	})
}
