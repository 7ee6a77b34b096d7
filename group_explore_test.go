//go:build modelcheck

package workerpool

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// The schedules of a group on a pool of any size. Each accepted task is a
// goroutine, which may run at once, or much later, or never.

// A scenario is a group in a run of package explore, and what happened to its
// functions.
type scenario struct {
	*explore.Run
	group    *Group
	ctx      *step.Context
	accepted int // functions
	called   int
	running  int
	returned bool  // a Wait has
	err      error // of the Wait

	// What the pool is still to do.
	drops   int // tasks to lose
	doubles int // tasks to run twice
	refuses error
	limit   int         // how deep tasks can be in callers; 0 if there is always room
	depths  map[int]int // of callers: how many tasks are on the stack of each
	goexits int         // tasks in callers after which an observer calls Goexit
}

var errBad = errors.New("bad")

func newScenario(r *explore.Run) *scenario {
	s := &scenario{Run: r, ctx: new(step.Context), depths: make(map[int]int)}
	s.group = &Group{pool: s, ctx: s.ctx, cancel: func(error) { s.ctx.Cancel() }}
	s.group.isOwnEndFunc = s.group.isOwnEnd
	return s
}

func (s *scenario) Submit(task func()) error { return s.SubmitContext(s.ctx, task) }

func (s *scenario) SubmitContext(ctx context.Context, task func()) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case s.refuses != nil:
		return s.refuses
	case s.drops > 0:
		s.drops--
		return nil
	case s.doubles > 0:
		s.doubles--
		s.Go("again", task)
	}
	s.Go("task", task)
	return nil
}

// SubmitOrRun refuses a task that is too deep, as a real pool does.
func (s *scenario) SubmitOrRun(task func()) error {
	switch {
	case s.refuses != nil:
		return s.refuses
	case s.limit == 0:
		s.Go("task", task)
	case s.depths[s.Self()] == s.limit:
		return ErrPoolFull
	default:
		s.runHere(task)
	}
	return nil
}

// runHere runs a task in its caller.
func (s *scenario) runHere(task func()) {
	caller := s.Self()
	s.depths[caller]++
	task()
	if s.goexits > 0 {
		s.goexits--
		runtime.Goexit() // the stack remains as it is
	}
	s.depths[caller]--
}

// function returns a function that calls inside, if it is not nil, and returns err.
func (s *scenario) function(err error, inside func()) func(context.Context) error {
	return func(context.Context) error {
		s.called++
		s.running++
		if s.returned {
			s.Failf("a function is called when Wait has returned")
		}
		var word step.Uint32
		word.Inc() // a step, at which other goroutines can run
		if inside != nil {
			inside()
		}
		s.running--
		return err
	}
}

// given records what a Go has returned.
func (s *scenario) given(err error) {
	switch {
	case err == nil:
		s.accepted++
	case s.returned && s.err == nil && err != ErrGroupDone:
		s.Failf("Go returned %v when Wait had returned", err)
	}
}

// give gives the group a function that returns err.
func (s *scenario) give(err error) { s.given(s.group.Go(s.function(err, nil))) }

func (s *scenario) wait() {
	err := s.group.Wait()
	s.returned, s.err = true, err
	s.check()
	switch {
	case s.running > 0:
		s.Failf("Wait has returned, and %d functions run", s.running)
	case s.ctx.Err() == nil:
		s.Failf("Wait has returned, and the context goes on")
	}
}

// check fails the run if Wait has returned nil for a function that was not called.
func (s *scenario) check() {
	if s.returned && s.err == nil && s.called < s.accepted {
		s.Failf("Wait returned nil, and %d of %d functions were called", s.called, s.accepted)
	}
}

// schedules runs program under all schedules with at most the given number of
// preemptions.
func schedules(t *testing.T, preemptions int, program func(s *scenario)) {
	explore.Check(t, explore.Effort{Preemptions: preemptions, Random: 400}, func(r *explore.Run) { program(newScenario(r)) })
}

func TestSchedulesOfAGroup(t *testing.T) {
	schedules(t, explore.Any, func(s *scenario) {
		s.give(nil)
		s.wait()
		if s.err != nil || s.called != 1 {
			s.Failf("nothing was wrong, the function was called %d times, and Wait returned %v", s.called, s.err)
		}
	})
}

func TestSchedulesOfAGroupAndTwoWaits(t *testing.T) {
	schedules(t, explore.Any, func(s *scenario) {
		s.give(nil)
		s.Go("waiter", s.wait)
		s.wait()
	})
}

func TestSchedulesOfAGroupWhoseContextEnds(t *testing.T) {
	schedules(t, explore.Any, func(s *scenario) {
		s.give(nil)
		s.Go("canceller", s.ctx.Cancel)
		s.wait()
		if s.err != nil && s.called > 0 {
			s.Failf("the function was called, and Wait returned %v", s.err)
		}
	})
}

func TestSchedulesOfAGroupWhoseFirstFunctionFails(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.give(errBad)
		s.give(nil)
		s.wait()
		if err := s.group.Wait(); err != errBad {
			s.Failf("Wait returned %v", err)
		}
	})
}

func TestSchedulesOfAGroupWithAFunctionThatIsLost(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.drops = 1
		s.give(nil)
		s.give(nil)
		s.Go("canceller", s.ctx.Cancel)
		s.wait()
	})
}

func TestSchedulesOfAGroupWhoseTaskIsRunTwice(t *testing.T) {
	schedules(t, explore.Any, func(s *scenario) {
		s.doubles = 1
		s.give(nil)
		s.wait()
		if s.called != 1 {
			s.Failf("the function was called %d times", s.called)
		}
	})
}

// Either Go refuses, or Wait waits for the function.
func TestSchedulesOfAGroupThatIsGivenAFunctionBesideWait(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.give(nil)
		given := step.NewLatch()
		s.Go("late", func() { s.give(nil); given.Open() })
		s.wait()
		given.Wait()
		s.check()
		if err := s.group.Go(nil); err != ErrGroupDone {
			s.Failf("Go returned %v after Wait", err)
		}
		if err := s.group.Wait(); err != s.err {
			s.Failf("Wait returned %v and then %v", s.err, err)
		}
	})
}

// The pool refuses a function: what Go says, Wait says too.
func TestSchedulesOfAGroupWhosePoolRefusesBesideWait(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.refuses = ErrPoolClosed
		var err error
		given := step.NewLatch()
		s.Go("late", func() { err = s.group.Go(s.function(nil, nil)); given.Open() })
		s.wait()
		given.Wait()
		if err != s.err && err != ErrGroupDone {
			s.Failf("Go returned %v, and Wait %v", err, s.err)
		}
	})
}

func TestSchedulesOfAResultWhoseTaskIsRunTwice(t *testing.T) {
	schedules(t, explore.Any, func(s *scenario) {
		s.doubles = 1
		f := func() (int, error) {
			s.called++
			if s.called > 1 {
				s.Failf("the function was called %d times", s.called)
			}
			return 0, nil
		}
		if _, err := Go(s, f); err != nil {
			s.Failf("Go returned %v", err)
		}
	})
}
