package pooltest

import (
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/atomic"
)

// A meeting is a number of tasks none of which ends before all have begun.
type meeting struct {
	missing atomic.Int64
	all     chan struct{} // closed by the last to arrive
}

func newMeeting(size int) *meeting {
	m := &meeting{all: make(chan struct{})}
	m.missing.Store(int64(size))
	return m
}

func (m *meeting) attend() {
	if m.missing.Dec() == 0 {
		close(m.all)
	}
	<-m.all
}

// mutualWait submits to a pool of n, back to back, n tasks that wait for one
// another. A single task that stays in the queue beside a sleeping worker makes
// them all wait forever. Figures of throughput never show such a thing: there
// the next submit wakes the sleeper.
func mutualWait(t *testing.T, impl Impl) {
	forSizes(t, []int{2, 8, 50, 500}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := start(t, impl, size)
			for round := range rounds(max(15_000/size, 50)) {
				m := newMeeting(size)
				var ended sync.WaitGroup
				ended.Add(size)
				task := func() {
					defer ended.Done()
					m.attend()
				}
				// Two submitters in every fourth round: then the wake-ups of one
				// may rely on those of the other.
				submitters := 1 + round%4/3
				concurrently(submitters, func(id int) {
					for i := id; i < size; i += submitters {
						if err := p.Submit(task); err != nil {
							t.Errorf("Submit %d of %d: %v", i+1, size, err)
						}
					}
				})
				ended.Wait()
			}
		})
	})
}

// mutualWaitStream submits group after group, without a pause, so that the
// submitter waits for room most of the time. The tasks start in order, so all
// of one group begin before any of the next, and end together.
func mutualWaitStream(t *testing.T, impl Impl) {
	forSizes(t, []int{2, 3, 8, 50}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := start(t, impl, size)
			groups := rounds(10_000 / size)
			l := newRecords(groups * size)
			for group := range groups {
				m := newMeeting(size)
				for i := range size {
					_ = l.submit(p.SubmitWait, group*size+i, m.attend)
				}
			}
			l.shutdown(p)
			l.check(t)
		})
	})
}

// oneAtATime is the rhythm of a quiet service: each submit finds a pool whose
// workers sleep, or in the second case are just about to.
func oneAtATime(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 50}, func(t *testing.T, size int) {
		asleep := t.Run("asleep", func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := start(t, impl, size)
				for i := range rounds(4000) {
					synctest.Wait()
					ran := false
					if err := p.Submit(func() { ran = true }); err != nil {
						t.Fatalf("Submit %d to an idle pool: %v", i, err)
					}
					synctest.Wait()
					if !ran {
						t.Fatalf("task %d did not run, and all goroutines sleep", i)
					}
				}
			})
		})
		if !asleep {
			return
		}
		t.Run("dozing", func(t *testing.T) {
			p := start(t, impl, size)
			ran := make(chan struct{})
			for i := range rounds(4000) {
				if err := p.Submit(func() { ran <- struct{}{} }); err != nil {
					t.Fatalf("Submit %d with no other task in flight: %v", i, err)
				}
				<-ran
			}
		})
	})
}

// chainOfSubmits keeps as many chains going as the pool has workers, each a
// task that submits the next. Nobody outside submits, so nobody outside wakes.
func chainOfSubmits(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 8}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := start(t, impl, size)
			length := rounds(4000)
			var ended sync.WaitGroup
			ended.Add(size)
			var link func(left int) func()
			link = func(left int) func() {
				return func() {
					if left == 0 {
						ended.Done()
						return
					}
					if err := p.Submit(link(left - 1)); err != nil {
						t.Errorf("Submit from a task: %v", err)
						ended.Done()
					}
				}
			}
			for range size {
				if err := p.SubmitWait(link(length)); err != nil {
					t.Errorf("SubmitWait: %v", err)
					ended.Done()
				}
			}
			ended.Wait()
		})
	})
}
