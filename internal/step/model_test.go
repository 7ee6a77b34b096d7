//go:build modelcheck

package step_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// A number has the methods that the atomic numbers of both builds share.
type number[T any] interface {
	Load() T
	Store(T)
	Add(T) T
	Sub(T) T
	Inc() T
	Dec() T
	CompareAndSwap(old, new T) bool
	Swap(T) T
}

// The numbers compute what the numbers of the normal build compute.
func TestNumbersComputeAsInTheNormalBuild(t *testing.T) {
	sameNumbers(t, new(atomic.Uint64), new(step.Uint64), 0, 1, 2, math.MaxUint64, 1<<63)
	sameNumbers(t, new(atomic.Uint32), new(step.Uint32), 0, 1, 2, math.MaxUint32, 1<<31)
	sameNumbers(t, new(atomic.Int32), new(step.Int32), 0, 1, -1, math.MaxInt32, math.MinInt32)
}

func sameNumbers[T any](t *testing.T, want, got number[T], values ...T) {
	for range 1000 {
		a, b := values[rand.IntN(len(values))], values[rand.IntN(len(values))]
		operation := rand.IntN(7)
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
			case 5:
				return n.Swap(a)
			}
			return n.CompareAndSwap(a, b)
		}
		require.Equal(t, apply(want), apply(got), "operation %d with %v and %v", operation, a, b)
		require.Equal(t, want.Load(), got.Load())
	}
}

// all checks program under all its schedules.
func all(t *testing.T, program func(r *explore.Run)) {
	explore.Check(t, explore.Effort{Preemptions: explore.Any, Whole: true}, program)
}

// The usual way to wait. No wake-up is lost, because the mutex is held from the
// look to the sleep.
func TestSchedulesOfACondWithItsMutex(t *testing.T) {
	all(t, func(r *explore.Run) {
		var mu step.Mutex
		cond := step.Cond{L: &mu}
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

// A Signal ends the Wait that began first, and is not kept for later.
func TestSchedulesOfSignals(t *testing.T) {
	all(t, func(r *explore.Run) {
		var mu step.Mutex
		cond := step.Cond{L: &mu}
		var woken []int
		cond.Signal() // no call waits
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

// A Signal that comes while Wait unlocks its Locker ends that Wait, because the
// ticket is drawn before.
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

func TestSchedulesOfGoAndRelax(t *testing.T) {
	all(t, func(r *explore.Run) {
		var ready step.Bool
		step.Go(func() { ready.Store(true) })
		for attempt := 0; !ready.Load(); attempt++ {
			step.Relax(attempt)
		}
	})
}
