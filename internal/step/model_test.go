//go:build modelcheck

package step_test

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// A number is what the atomic numbers of both builds have in common.
type number[T any] interface {
	Load() T
	Store(T)
	Add(T) T
	Sub(T) T
	Inc() T
	Dec() T
	CompareAndSwap(old, new T) bool
}

// The numbers compute what those of the normal build do.
func TestNumbersComputeAsInTheNormalBuild(t *testing.T) {
	sameNumbers(t, new(atomic.Uint64), new(step.Uint64), 0, 1, 2, math.MaxUint64, 1<<63)
	sameNumbers(t, new(atomic.Uint32), new(step.Uint32), 0, 1, 2, math.MaxUint32, 1<<31)
	sameNumbers(t, new(atomic.Int32), new(step.Int32), 0, 1, -1, math.MaxInt32, math.MinInt32)
}

func sameNumbers[T any](t *testing.T, want, got number[T], values ...T) {
	for range 1000 {
		a, b := values[rand.IntN(len(values))], values[rand.IntN(len(values))]
		operation := rand.IntN(6)
		apply := func(n number[T]) any {
			switch operation {
			case 0:
				n.Store(a)
				return nil
			case 1:
				return n.Add(a)
			case 2:
				return n.Sub(a)
			case 3:
				return n.Inc()
			case 4:
				return n.Dec()
			}
			return n.CompareAndSwap(a, b)
		}
		require.Equal(t, apply(want), apply(got), "operation %d with %v and %v", operation, a, b)
		require.Equal(t, want.Load(), got.Load())
	}
}

func TestEverythingWorksOutsideARunToo(t *testing.T) {
	var mu step.Mutex
	var cond step.Cond
	cond.L = &mu
	var n step.Uint64
	var b step.Bool
	var p step.Pointer[int]
	pool := step.Pool{New: func() any { return 7 }}
	latch := step.NewLatch()
	turn := 0
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 100 {
				mu.Lock()
				for turn%8 != i {
					cond.Wait()
				}
				turn++
				mu.Unlock()
				cond.Broadcast()
				n.Inc()
				pool.Put(pool.Get())
			}
		})
	}
	step.Go(func() {
		wg.Wait()
		b.Store(true)
		p.Store(&turn)
		latch.Open()
	})
	latch.Wait()
	step.Relax(100)
	require.True(t, b.Load())
	require.Equal(t, 800, *p.Load())
	require.EqualValues(t, 800, n.Load())
}

// all checks program under all its schedules.
func all(t *testing.T, program func(r *explore.Run)) {
	explore.Check(t, explore.Effort{Preemptions: explore.Any}, program)
}

// The usual way to wait: no wake-up is lost, for the look and the sleep are under
// the mutex.
func TestSchedulesOfACondWithItsMutex(t *testing.T) {
	all(t, func(r *explore.Run) {
		var mu step.Mutex
		cond := step.Cond{Cond: sync.Cond{L: &mu}}
		ready := false
		for range 2 {
			r.Go("waiter", func() {
				mu.Lock()
				for !ready {
					cond.Wait()
				}
				mu.Unlock()
			})
		}
		r.Go("waker", func() {
			mu.Lock()
			ready = true
			mu.Unlock()
			cond.Broadcast()
		})
	})
}

// A Signal goes to the one who has waited longest, and is not kept for later.
func TestSchedulesOfSignals(t *testing.T) {
	all(t, func(r *explore.Run) {
		var mu step.Mutex
		cond := step.Cond{Cond: sync.Cond{L: &mu}}
		var woken []int
		cond.Signal() // to nobody
		r.Prepare(func() {
			for i := range 3 {
				r.Go("waiter", func() {
					mu.Lock()
					cond.Wait()
					woken = append(woken, i)
					mu.Unlock()
				})
				r.Settle()
			}
		})
		for want := 1; want <= 3; want++ {
			cond.Signal()
			r.Settle()
			if len(woken) != want || woken[want-1] != want-1 {
				r.Failf("after %d signals woken: %v", want, woken)
			}
		}
	})
}

// A Signal that comes while the Locker of a Wait unlocks ends that Wait: the
// ticket was drawn before.
func TestSchedulesOfASignalInUnlock(t *testing.T) {
	all(t, func(r *explore.Run) {
		l := new(signaller)
		l.cond.L = l
		l.cond.Wait()
	})
}

type signaller struct{ cond step.Cond }

func (s *signaller) Lock()   {}
func (s *signaller) Unlock() { s.cond.Signal() }

func TestSchedulesOfALatch(t *testing.T) {
	all(t, func(r *explore.Run) {
		latch := step.NewLatch()
		opened := false
		for range 2 {
			r.Go("waiter", func() {
				latch.Wait()
				if !opened {
					r.Failf("passed a closed latch")
				}
			})
		}
		opened = true
		latch.Open()
	})
}

func TestSchedulesOfAPool(t *testing.T) {
	all(t, func(r *explore.Run) {
		var pool step.Pool
		a := new(int)
		pool.Put(a)
		got := 0
		for range 2 {
			r.Go("", func() {
				if pool.Get() != nil {
					got++
				}
			})
		}
		r.Settle()
		if got != 1 {
			r.Failf("one item was put, %d were got", got)
		}
	})
}

func TestSchedulesOfGoAndRelax(t *testing.T) {
	all(t, func(r *explore.Run) {
		var ready step.Bool
		step.Go(func() { ready.Store(true) })
		for attempt := 0; !ready.Load(); attempt++ {
			step.Relax(attempt)
		}
	})
}

// In a run a timer goes off at any step after it was made, or was stopped before:
// never both, never neither.
func TestATimerGoesOffOrWasStopped(t *testing.T) {
	fired, stopped := false, false
	all(t, func(r *explore.Run) {
		off := false
		timer := step.AfterTime(1, func() { off = true })
		stop := timer.Stop()
		r.Settle()
		if off == stop || timer.Stop() {
			r.Failf("gone off: %v, stopped: %v", off, stop)
		}
		fired, stopped = fired || off, stopped || stop
	})
	require.True(t, fired)
	require.True(t, stopped)
}

// Outside a run it keeps the time.
func TestATimerKeepsTheTimeOutsideARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var after time.Duration
		step.AfterTime(time.Hour, func() { after = time.Since(start) })
		stopped := step.AfterTime(time.Hour, func() { t.Error("a timer goes off that was stopped") })
		require.True(t, stopped.Stop())
		time.Sleep(2 * time.Hour)
		require.Equal(t, time.Hour, after)
	})
}
