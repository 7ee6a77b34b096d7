//go:build modelcheck

package mpmc

import (
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// Two pushers look for a sleeper by the rules of the package comment, while a third goroutine
// pops a value and does not look. In the end no value may be queued beside the sleeper.
func TestSchedulesOfPushersThatLookForASleeper(t *testing.T) {
	effort := explore.Effort{Preemptions: 3, Misses: 4, Random: 400}
	explore.Check(t, effort, func(r *explore.Run) {
		ring := New[int](2)
		s := sleeper{ring: ring}
		s.asleep.Store(1)
		for i := range 2 {
			r.Go("pusher", func() {
				ring.TryPush(i)
				if !s.wake() {
					step.Fence()
					s.wake()
				}
			})
		}
		r.Go("popper", func() { ring.TryPop() })
		r.Settle()
		r.Look(func() {
			if o := ring.Peek(); s.asleep.Load() == 1 && o != Empty {
				r.Failf("%v, and the sleeper sleeps", o)
			}
		})
	})
}

// A sleeper pops values when it is woken, on the goroutine that wakes it.
type sleeper struct {
	ring   *Ring[int]
	asleep step.Uint32
}

// wake wakes the sleeper if it is asleep and there is a value for it. It returns false if
// there is a value that is not yet published.
func (s *sleeper) wake() bool {
	if s.asleep.Load() == 0 {
		return true
	}
	switch s.ring.Peek() {
	case Pending:
		return false
	case OK:
		if s.asleep.CompareAndSwap(1, 0) {
			s.work()
		}
	}
	return true
}

// work pops what there is, announces that it will sleep, and then waits for a value that is
// not yet published.
func (s *sleeper) work() {
	for _, o := s.ring.TryPop(); o == OK; _, o = s.ring.TryPop() {
	}
	s.asleep.Store(1)
	for attempt := 0; !s.wake(); attempt++ {
		step.Relax(attempt)
	}
}
