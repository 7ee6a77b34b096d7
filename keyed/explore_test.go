//go:build modelcheck

package keyed

import (
	"context"
	"runtime"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// The schedules of a Queue on a simple pool. Each accepted task is a goroutine,
// which begins at once or much later. The pool has room for a number of tasks that
// have not ended.

// A scenario is a Queue in a run of package explore, and what happened to its
// tasks.
type scenario struct {
	*explore.Run
	pool  modelPool
	queue *Queue[int]
	tasks []*task
	keys  [2]struct {
		running bool
		last    int // the task that began last
	}
}

// A task is a task of the Queue.
type task struct{ accepted, began, ended bool }

// A modelPool is the pool of a scenario.
type modelPool struct {
	s        *scenario
	mu       step.Mutex
	room     int
	closed   bool
	returned []func() // what a ShutdownNow would return

	waiting []*admission
	holds   bool // accepted tasks wait until release
	held    []func()
}

// An admission is a call that waits for room.
type admission struct {
	run     func()
	decided step.Latch
	err     error
}

func (p *modelPool) Submit(run func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return workerpool.ErrPoolClosed
	case p.room == 0:
		return workerpool.ErrPoolFull
	}
	p.room--
	p.start(run)
	return nil
}

func (p *modelPool) SubmitContext(ctx context.Context, run func()) error {
	err := p.Submit(run)
	if err != workerpool.ErrPoolFull {
		return err
	}
	p.mu.Lock()
	switch {
	case p.closed:
		p.mu.Unlock()
		return workerpool.ErrPoolClosed
	case p.room > 0:
		p.room--
		p.start(run)
		p.mu.Unlock()
		return nil
	}
	a := &admission{run: run, decided: step.NewLatch()}
	p.waiting = append(p.waiting, a)
	p.mu.Unlock()
	if _, ok := ctx.(*step.Context); !ok {
		a.decided.Wait()
		return a.err
	}
	err = a.decided.WaitContext(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, other := range p.waiting {
		if other == a {
			p.waiting = append(p.waiting[:i:i], p.waiting[i+1:]...)
			return err
		}
	}
	return a.err
}

// start starts an accepted task, for which room was taken.
func (p *modelPool) start(run func()) {
	if p.holds {
		p.held = append(p.held, run)
		return
	}
	p.s.Go("visit", func() {
		defer p.end()
		defer func() {
			if v := recover(); v != nil && v != errBoom {
				panic(v)
			}
		}()
		run()
	})
}

// end makes room, or gives it to the call that has waited longest.
func (p *modelPool) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == 0 {
		p.room++
		return
	}
	a := p.waiting[0]
	p.waiting = p.waiting[1:]
	p.start(a.run)
	a.decided.Open()
}

// close closes the pool. It keeps the held tasks in returned.
func (p *modelPool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.returned, p.held = p.held, nil
	for _, a := range p.waiting {
		a.err = workerpool.ErrPoolClosed
		a.decided.Open()
	}
	p.waiting = nil
}

const errBoom = boom("boom")

type boom string

func (b boom) Error() string { return string(b) }

// task returns a new task of the key, which calls end last.
func (s *scenario) task(key int, end func()) (*task, func()) {
	t, number := new(task), len(s.tasks)+1
	s.tasks = append(s.tasks, t)
	return t, func() {
		k := &s.keys[key]
		switch {
		case t.began:
			s.Failf("task %d runs twice", number)
		case k.running:
			s.Failf("two tasks of key %d run at once", key)
		}
		t.began, k.running, k.last = true, true, number
		var word step.Uint32
		word.Inc() // a step, at which other goroutines can run
		t.ended, k.running = true, false
		end()
	}
}

func returns() {}

// submit submits a task to the Queue.
func (s *scenario) submit(key int, end func()) error {
	t, f := s.task(key, end)
	err := s.queue.Submit(key, f)
	if err != nil && err != workerpool.ErrPoolFull && (err != workerpool.ErrPoolClosed || !s.pool.closed) {
		s.Failf("Submit returned %v", err)
	}
	s.note(t, err)
	return err
}

func (s *scenario) submitContext(ctx *step.Context, key int, end func()) error {
	t, f := s.task(key, end)
	err := s.queue.SubmitContext(ctx, key, f)
	if err != nil && (err != workerpool.ErrPoolClosed || !s.pool.closed) && (err != context.Canceled || !ctx.Ended()) {
		s.Failf("SubmitContext returned %v", err)
	}
	s.note(t, err)
	return err
}

func (s *scenario) note(t *task, err error) {
	t.accepted = err == nil
	if err != nil && t.began {
		s.Failf("a task runs that was refused: %v", err)
	}
}

// must fails the run if a submit has failed.
func (s *scenario) must(err error) {
	if err != nil {
		s.Failf("refused: %v", err)
	}
}

// check ends the scenario: when no goroutine can make a step, each accepted task has
// ended, Wait returns, and nothing is left.
func (s *scenario) check() {
	s.Settle()
	for i, t := range s.tasks {
		if t.accepted != t.ended {
			s.Failf("task %d: accepted %v, ended %v", i+1, t.accepted, t.ended)
		}
	}
	if err := s.queue.Wait(new(step.Context)); err != nil {
		s.Failf("Wait: %v", err)
	}
	q := s.queue
	switch {
	case len(q.lines) > 0 || q.ready.Len() > 0 || q.callers.Len() > 0:
		s.Failf("lines %d, ready %d, callers %d are left", len(q.lines), q.ready.Len(), q.callers.Len())
	case q.pending != 0 || q.serving != 0 || q.queued != 0 || q.moving:
		s.Failf("pending %d, serving %d, queued %d, moving %v", q.pending, q.serving, q.queued, q.moving)
	}
}

// schedules runs program under all schedules with at most the given number of
// preemptions, with a pool with the given room and a Queue with the given slots.
func schedules(t *testing.T, preemptions, room, slots int, program func(s *scenario)) {
	explore.Check(t, explore.Effort{Preemptions: preemptions, Random: 2000}, func(r *explore.Run) {
		s := &scenario{Run: r}
		s.pool = modelPool{s: s, room: room}
		s.queue = New[int](&s.pool, slots)
		program(s)
		s.check()
		if s.queue.slots != slots {
			s.Failf("%d of %d slots are free when nothing waits", s.queue.slots, slots)
		}
	})
}

// Two goroutines submit to one key that has no task.
func TestSchedulesOfTwoSubmitsOfAKey(t *testing.T) {
	schedules(t, 3, 4, 4, func(s *scenario) {
		s.Go("other", func() { s.must(s.submit(0, returns)) })
		s.must(s.submit(0, returns))
	})
}

// The pool has room for one visit. A key without tasks may be refused, but every
// accepted task runs.
func TestSchedulesOfTwoSubmitsAndRoomForOne(t *testing.T) {
	schedules(t, 3, 1, 4, func(s *scenario) {
		var theirs error
		s.Go("other", func() { theirs = s.submit(0, returns) })
		mine := s.submit(0, returns)
		s.Settle()
		if mine != nil && theirs != nil {
			s.Failf("both were refused: %v, %v", mine, theirs)
		}
	})
}

// Tasks that were accepted one after the other run in this order.
func TestSchedulesOfTheOrderOfAKey(t *testing.T) {
	schedules(t, 3, 4, 4, func(s *scenario) {
		s.must(s.submit(0, returns))
		first := s.tasks[0]
		s.must(s.submit(0, func() {
			if !first.ended {
				s.Failf("the second task ran before the first")
			}
		}))
		s.must(s.submit(0, returns))
		s.Settle()
		if s.keys[0].last != 3 {
			s.Failf("the last task to run was %d of 3", s.keys[0].last)
		}
	})
}

// A worker ends its visit to a key with more tasks while another key gets its first
// task. The pool has room for only one visit.
func TestSchedulesOfAHotKeyAndAnother(t *testing.T) {
	schedules(t, 3, 1, 2*visitLimit, func(s *scenario) {
		s.Prepare(func() {
			s.pool.holds = true
			for range visitLimit + 1 {
				s.must(s.submit(0, returns))
			}
			s.pool.holds = false
		})
		s.pool.start(s.pool.held[0])
		s.Go("other", func() { _ = s.submit(1, returns) })
	})
}

// The same, and the pool is closed at the same time.
func TestSchedulesOfAHotKeyAndTheEndOfThePool(t *testing.T) {
	schedules(t, 3, 1, 2*visitLimit, func(s *scenario) {
		s.Prepare(func() {
			s.pool.holds = true
			for range visitLimit + 1 {
				s.must(s.submit(0, returns))
			}
			s.pool.holds = false
		})
		s.pool.start(s.pool.held[0])
		s.Go("waiter", func() { _ = s.pool.SubmitContext(context.Background(), returns) })
		s.pool.held = nil
		s.pool.close()
	})
}

// Tasks that do not return, on a pool with room for one visit.
func TestSchedulesOfTasksThatDoNotReturn(t *testing.T) {
	schedules(t, 3, 1, 4, func(s *scenario) {
		s.must(s.submit(0, func() { panic(errBoom) }))
		_ = s.submit(0, runtime.Goexit)
		_ = s.submit(0, returns)
	})
}

// The same, and the pool is closed at the same time.
func TestSchedulesOfTasksThatDoNotReturnAndTheEndOfThePool(t *testing.T) {
	schedules(t, 3, 1, 4, func(s *scenario) {
		s.must(s.submit(0, runtime.Goexit))
		_ = s.submit(0, runtime.Goexit)
		_ = s.submit(0, returns)
		s.pool.close()
	})
}

// Tasks of two keys do not return while the pool is closed. The visits, and those on
// substitutes, leave the lines to each other.
func TestSchedulesOfTwoKeysWhoseTasksDoNotReturnAndTheEndOfThePool(t *testing.T) {
	schedules(t, 3, 2, 4, func(s *scenario) {
		reports := 0
		s.queue.outside.Handle = func(any, []byte) { reports++ }
		s.must(s.submit(0, runtime.Goexit))
		_ = s.submit(0, func() { panic(errBoom) })
		_ = s.submit(1, runtime.Goexit)
		_ = s.submit(1, returns)
		s.pool.close()
		s.Settle()
		if reports > 1 {
			s.Failf("one panic was reported %d times", reports)
		}
	})
}

// One slot, and two calls that wait for it, one of which gives up.
func TestSchedulesOfACallThatGivesUp(t *testing.T) {
	schedules(t, 2, 2, 1, func(s *scenario) {
		ctx, goesOn := new(step.Context), new(step.Context)
		s.Go("gives up", func() { _ = s.submitContext(ctx, 0, returns) })
		s.Go("goes on", func() { s.must(s.submitContext(goesOn, 0, returns)) })
		s.Go("canceller", ctx.Cancel)
		_ = s.submit(0, returns)
	})
}

// A call waits for room in the pool, and gives up.
func TestSchedulesOfACallThatWaitsForThePool(t *testing.T) {
	schedules(t, 3, 1, 2, func(s *scenario) {
		ctx := new(step.Context)
		s.Go("gives up", func() { _ = s.submitContext(ctx, 1, returns) })
		s.Go("canceller", ctx.Cancel)
		_ = s.submit(0, returns)
		_ = s.submit(1, returns)
	})
}

// Calls that wait for a slot learn that the pool is closed, and none waits
// forever.
func TestSchedulesOfCallsThatWaitAndTheEndOfThePool(t *testing.T) {
	schedules(t, 3, 1, 1, func(s *scenario) {
		s.Go("caller", func() { _ = s.submitContext(new(step.Context), 0, returns) })
		s.Go("closer", s.pool.close)
		_ = s.submit(0, returns)
		_ = s.submit(1, returns)
	})
}

// Wait runs at the same time as the last task ends, and as a submit is refused.
func TestSchedulesOfWait(t *testing.T) {
	schedules(t, 3, 1, 4, func(s *scenario) {
		s.must(s.submit(0, returns))
		s.must(s.queue.Wait(new(step.Context)))
		if !s.tasks[0].ended {
			s.Failf("Wait returned, and the task has not ended")
		}
		s.Go("other", func() { _ = s.submit(1, returns) })
		s.must(s.queue.Wait(new(step.Context)))
	})
}

// The pool returns the visits that have not begun. Calling them runs the waiting
// tasks.
func TestSchedulesOfReturnedVisits(t *testing.T) {
	schedules(t, 3, 4, 4, func(s *scenario) {
		s.must(s.submit(0, returns))
		s.Prepare(func() {
			s.pool.holds = true
			s.must(s.submit(1, returns))
			_ = s.submit(0, returns)
		})
		s.pool.close()
		for _, visit := range s.pool.returned {
			s.Go("caller of a visit", visit)
		}
	})
}
