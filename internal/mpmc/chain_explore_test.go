//go:build modelcheck

package mpmc

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A chainScenario is a chain in a run of package explore, and what its calls
// have returned.
type chainScenario struct {
	*explore.Run
	chain    Chain[int]
	accepted uint64 // pushes that have returned OK
	pushed   [2][]int
	popped   []int
}

func newChainScenario(r *explore.Run, capacity int) *chainScenario {
	s := &chainScenario{Run: r}
	s.chain.Init(capacity)
	return s
}

// push pushes a value; the second producer does so by batches of one.
func (s *chainScenario) push(producer, n int) (o Outcome) {
	v := 10*producer + n
	if producer == 0 {
		o = s.chain.TryPush(v)
	} else {
		_, o = s.chain.TryPushBatch([]int{v})
	}
	if o == OK {
		s.accepted++
		s.pushed[producer] = append(s.pushed[producer], v)
	}
	return o
}

// pop pops, or peeks. If there are values that were accepted before the call, and
// that no other goroutine can have popped, the chain must not be empty.
func (s *chainScenario) pop() {
	before := int(s.accepted) - len(s.popped) // less than 0 if a push has not returned yet
	if o := s.chain.Peek(); before > 0 && (o == Empty || o == Drained) {
		s.Failf("%d values are queued, and Peek says %d", before, o)
	}
	popped := s.chain.Popped()
	if pushed := s.chain.Pushed(); pushed < popped {
		s.Failf("%d pops of %d pushes", popped, pushed)
	}
	v, o := s.chain.TryPop()
	switch {
	case o == OK:
		s.popped = append(s.popped, v)
	case before > 0 && o != Pending:
		s.Failf("%d values are queued, and TryPop says %d", before, o)
	}
}

// finish pops what is left, and checks that each value has arrived once, and those
// of each producer in order.
func (s *chainScenario) finish(drained bool) {
	s.Settle()
	for {
		v, o := s.chain.TryPop()
		if o != OK {
			if (o == Drained) != drained {
				s.Failf("at the end the outcome is %d", o)
			}
			break
		}
		s.popped = append(s.popped, v)
	}
	for p, want := range s.pushed {
		var got []int
		for _, v := range s.popped {
			if v/10 == p {
				got = append(got, v)
			}
		}
		if !slices.Equal(got, want) {
			s.Failf("producer %d has pushed %v, and %v arrived", p+1, want, got)
		}
	}
	if n := uint64(len(s.popped)); s.chain.Popped() != n || s.chain.Pushed() != n {
		s.Failf("%d values went through, and the chain says %d and %d", n, s.chain.Pushed(), s.chain.Popped())
	}
}

// The capacity changes twice while producers push and a consumer pops.
func TestSchedulesOfAppend(t *testing.T) {
	for room := 1; room <= 3; room++ {
		t.Run(fmt.Sprintf("room=%d", room), func(t *testing.T) {
			explore.Check(t, explore.Effort{Preemptions: 2, Random: 2000}, func(r *explore.Run) {
				s := newChainScenario(r, 2)
				for p := range 2 {
					r.Go(fmt.Sprint("producer ", p+1), func() {
						for n := range 2 {
							if o := s.push(p, n); o != OK && o != Full {
								r.Failf("a push has the outcome %d", o)
							}
						}
					})
				}
				r.Go("consumer", func() {
					for range 3 {
						s.pop()
					}
				})
				s.chain.Append(room)
				s.chain.Append(2)
				s.finish(false)
			})
		})
	}
}

// Two consumers leave a drained ring at the same time, and the chain ends.
func TestSchedulesOfAppendAndEnd(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: 2, Random: 2000}, func(r *explore.Run) {
		s := newChainScenario(r, 1)
		s.push(0, 0)
		r.Go("producer", func() {
			for n := range 2 {
				s.push(1, n)
			}
		})
		for c := range 2 {
			r.Go(fmt.Sprint("consumer ", c+1), func() {
				for range 2 {
					if v, o := s.chain.TryPop(); o == OK {
						s.popped = append(s.popped, v)
					}
				}
			})
		}
		s.chain.Append(2)
		s.chain.End()
		if o := s.push(0, 1); o != Closed {
			r.Failf("after End a push has the outcome %d", o)
		}
		s.Settle()
		slices.Sort(s.popped) // the order of the two consumers is not known
		s.finish(true)
	})
}

// Two consumers find one ring after the other drained. If one has left a ring, the
// other must not make it the oldest again, or the number of pops would decrease.
func TestSchedulesOfAppendAndTwoConsumers(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: 2, Random: 2000, Whole: true}, func(r *explore.Run) {
		s := newChainScenario(r, 1)
		for n := range 3 {
			s.push(0, n)
			s.chain.Append(1)
		}
		for c := range 2 {
			r.Go(fmt.Sprint("consumer ", c+1), func() {
				before := uint64(0)
				for range 4 {
					if v, o := s.chain.TryPop(); o == OK {
						s.popped = append(s.popped, v)
					}
					after := s.chain.Popped()
					if after < before {
						r.Failf("%d values are popped, and before it were %d", after, before)
					}
					before = after
				}
			})
		}
		r.Settle()
		if n := len(s.popped); n != 3 {
			r.Failf("%d values were popped, want 3", n)
		}
	})
}

// One consumer leaves a drained ring for the next one, which is never used, and goes away.
// Another leaves it for the ring behind that one, and pops. Its pop must be counted at once,
// and not only when somebody calls again.
func TestSchedulesOfAConsumerThatGoesAwayBesideAppend(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: 2, Random: 2000, Whole: true}, func(r *explore.Run) {
		s := newChainScenario(r, 1)
		r.Go("goes away", func() {
			oldest := s.chain.Oldest()
			if v, o := oldest.TryPop(); o == OK {
				s.popped = append(s.popped, v)
			} else if o == Drained {
				s.chain.Advance(oldest)
			}
		})
		r.Go("consumer", func() {
			if v, o := s.chain.TryPop(); o == OK {
				s.popped = append(s.popped, v)
			}
		})
		s.chain.Append(1)
		s.chain.Append(1)
		s.push(0, 0)
		s.Settle()
		if n := uint64(len(s.popped)); s.chain.Popped() != n {
			r.Failf("%d values were popped, and the chain says %d", n, s.chain.Popped())
		}
		s.finish(false)
	})
}

// Len never returns more than the rings can hold.
func TestSchedulesOfLen(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: 2, Random: 400}, func(r *explore.Run) {
		s := newChainScenario(r, 1)
		r.Go("user", func() {
			for n := range 2 {
				s.push(0, n)
				s.pop()
			}
		})
		if n := s.chain.Len(); n < 0 || n > 1 {
			r.Failf("%d values are queued in a ring for one", n)
		}
		s.finish(false)
	})
}
