package pooltest

import (
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/atomic"
)

// A meeting is a number of tasks that wait for one another: none ends before
// all have begun.
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

// mutualWait submits n tasks that wait for one another to a pool of n, without
// a pause. If a single task stays in the queue beside a sleeping worker, they
// all wait forever. A benchmark would not show that, because there the next
// submit wakes the worker.
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
				// Every fourth round has two submitters, so that the wake-ups of
				// one may depend on those of the other.
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

// mutualWaitStream submits group after group without a pause, so that the
// submitter waits for room most of the time. The tasks start in order, so all
// tasks of a group begin before those of the next, and end together.
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

// oneAtATime submits as in a service with little load: the workers sleep at
// each submit, or in the second part are about to.
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

// chainOfSubmits has as many chains of tasks as the pool has workers. Each task
// submits the next. No goroutine outside the pool submits, so none outside
// wakes a worker.
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
