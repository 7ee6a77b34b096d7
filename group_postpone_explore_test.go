//go:build modelcheck

package workerpool

import (
	"context"
	"testing"

	"github.com/seed62337844/workerpool/internal/step"
)

// The schedules of functions that are postponed. The pool is full, so SubmitOrRun
// runs tasks in callers, and refuses those that are too deep.

// chain returns the first of n functions, of which each gives the group the next.
func (s *scenario) chain(n int) func(context.Context) error {
	return s.function(nil, func() {
		if n > 1 {
			s.giveOrRun(s.chain(n - 1))
		}
	})
}

func (s *scenario) giveOrRun(f func(context.Context) error) { s.given(s.group.GoOrRun(f)) }

// elsewhere starts a goroutine that calls f inside tasks of others, as deep as can be.
func (s *scenario) elsewhere(f func()) (ended step.Latch) {
	ended = step.NewLatch()
	s.Go("elsewhere", func() {
		s.inside(s.limit, f)
		ended.Open()
	})
	return ended
}

// inside calls f inside so many tasks of others.
func (s *scenario) inside(tasks int, f func()) {
	if tasks == 0 {
		f()
		return
	}
	s.runHere(func() { s.inside(tasks-1, f) })
}

// requireAll fails the run unless n functions were called.
func (s *scenario) requireAll(n int) {
	if s.err != nil || s.called != n {
		s.Failf("Wait returned %v, and %d of %d functions were called", s.err, s.called, n)
	}
}

// requireServedOrRefused fails the run unless each function was called whose Go returned nil,
// or the group says that the pool was full. No other function may have been called.
func (s *scenario) requireServedOrRefused() {
	s.check()
	if s.err != nil && s.err != ErrPoolFull {
		s.Failf("Wait returned %v", s.err)
	}
	if s.called > s.accepted {
		s.Failf("%d functions were called, and %d were accepted", s.called, s.accepted)
	}
}

// A function that is too deep is called when the functions around it have ended.
func TestSchedulesOfAGroupWithAFunctionThatIsTooDeep(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.limit = 1
		s.given(s.group.Go(s.chain(4)))
		s.wait()
		s.requireAll(4)
	})
}

// By then the pool may be closed.
func TestSchedulesOfAGroupWithAFunctionThatIsTooDeepAndRefused(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.limit = 1
		s.given(s.group.Go(s.function(nil, func() {
			s.giveOrRun(s.function(nil, func() {
				s.giveOrRun(s.function(nil, nil))
				s.refuses = ErrPoolClosed
			}))
		})))
		s.wait()
		if s.err != ErrPoolClosed || s.called != 2 {
			s.Failf("Wait returned %v, and %d functions were called", s.err, s.called)
		}
	})
}

// The only function around it is as deep as can be, and so is each that is called after
// that one has ended.
func TestSchedulesOfAGroupWithAFunctionThatIsTooDeepInOtherTasks(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.limit = 2
		s.inside(1, func() { s.giveOrRun(s.chain(3)) })
		s.wait()
		s.requireAll(3)
	})
}

func TestSchedulesOfAGroupWithFunctionsThatAreTooDeepInOtherTasksOfTwoGoroutines(t *testing.T) {
	schedules(t, 2, func(s *scenario) {
		s.limit = 1
		given := step.NewLatch()
		s.Go("other", func() {
			s.giveOrRun(s.chain(2))
			given.Open()
		})
		s.giveOrRun(s.chain(2))
		given.Wait()
		s.wait()
		s.requireAll(4)
	})
}

// A function that is too deep in tasks of others is called by a function that is running
// elsewhere, or refused.
func TestSchedulesOfAGroupWithAFunctionThatIsTooDeepElsewhere(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.limit = 1
		s.give(nil)
		s.inside(1, func() { s.giveOrRun(s.function(nil, nil)) })
		s.wait()
		s.requireServedOrRefused()
	})
}

// The function that is running is in its caller, too.
func TestSchedulesOfAGroupWithAFunctionThatIsTooDeepBesideACaller(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.limit = 1
		ended := s.elsewhere(func() { s.giveOrRun(s.function(nil, nil)) })
		s.giveOrRun(s.function(nil, nil))
		s.wait()
		ended.Wait()
		s.requireServedOrRefused()
	})
}

// No function is running.
func TestSchedulesOfAGroupWithTwoFunctionsThatAreTooDeepElsewhere(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.limit = 1
		one := s.elsewhere(func() { s.giveOrRun(s.function(nil, nil)) })
		two := s.elsewhere(func() { s.giveOrRun(s.function(nil, nil)) })
		one.Wait()
		two.Wait()
		s.wait()
		if s.err != ErrPoolFull || s.called != 0 {
			s.Failf("Wait returned %v, and %d functions were called", s.err, s.called)
		}
	})
}

// An observer calls Goexit after the only function around it.
func TestSchedulesOfAGroupWithAFunctionThatIsTooDeepAndAGoexit(t *testing.T) {
	schedules(t, 3, func(s *scenario) {
		s.limit, s.goexits = 1, 1
		ended := step.NewLatch()
		s.Go("caller", func() {
			defer ended.Open()
			s.giveOrRun(s.chain(3))
			s.Failf("GoOrRun has returned from a Goexit")
		})
		ended.Wait()
		s.wait()
		s.requireAll(3)
	})
}
