//go:build modelcheck

package workerpool

import (
	"context"
	"errors"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// The schedules of a group on a pool of any size: each task accepted is a
// goroutine, which may run at once, or much later, or never.

// A world is a group in a run, and what became of its functions.
type world struct {
	*explore.Run
	group     *Group
	ctx       *step.Context
	functions int
	called    int
	running   int
	returned  bool // a Wait has
	drops     int  // tasks that the pool is still to lose
}

var errBad = errors.New("bad")

func newGroupWorld(r *explore.Run) *world {
	w := &world{Run: r, ctx: new(step.Context)}
	w.group = &Group{pool: w, ctx: w.ctx, cancel: func(error) { w.ctx.Cancel() }}
	return w
}

func (w *world) Submit(task func()) error { return w.SubmitContext(w.ctx, task) }

func (w *world) SubmitContext(ctx context.Context, task func()) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if w.drops > 0 {
		w.drops--
		return nil
	}
	w.Go("task", task)
	return nil
}

// give gives the group a function that returns err.
func (w *world) give(err error) {
	w.functions++
	w.group.Go(func(context.Context) error {
		w.called++
		w.running++
		if w.returned {
			w.Failf("a function is called when Wait has returned")
		}
		var word step.Uint32
		word.Inc() // here others may have a turn
		w.running--
		return err
	})
}

func (w *world) wait() {
	err := w.group.Wait()
	w.returned = true
	switch {
	case w.running > 0:
		w.Failf("Wait has returned, and %d functions run", w.running)
	case err == nil && w.called != w.functions:
		w.Failf("Wait returned nil, and %d of %d functions were called", w.called, w.functions)
	case w.ctx.Err() == nil:
		w.Failf("Wait has returned, and the context goes on")
	}
}

// schedules runs program under all schedules with at most so many preemptions.
func schedules(t *testing.T, preemptions int, program func(w *world)) {
	explore.Check(t, explore.Effort{Preemptions: preemptions, Random: 400}, func(r *explore.Run) { program(newGroupWorld(r)) })
}

func TestSchedulesOfAGroup(t *testing.T) {
	schedules(t, explore.Any, func(w *world) {
		w.give(nil)
		w.wait()
		if w.called != 1 {
			w.Failf("nothing was wrong, and the function was called %d times", w.called)
		}
	})
}

func TestSchedulesOfAGroupThatTwoWaitFor(t *testing.T) {
	schedules(t, explore.Any, func(w *world) {
		w.give(nil)
		w.Go("waiter", w.wait)
		w.wait()
	})
}

func TestSchedulesOfAGroupWhoseContextEnds(t *testing.T) {
	schedules(t, explore.Any, func(w *world) {
		w.give(nil)
		w.Go("canceller", w.ctx.Cancel)
		w.wait()
	})
}

func TestSchedulesOfAGroupWhoseFirstFunctionFails(t *testing.T) {
	schedules(t, 3, func(w *world) {
		w.give(errBad)
		w.give(nil)
		w.wait()
		if err := w.group.Wait(); err != errBad {
			w.Failf("Wait returned %v", err)
		}
	})
}

func TestSchedulesOfAGroupWithAFunctionThatIsLost(t *testing.T) {
	schedules(t, 3, func(w *world) {
		w.drops = 1
		w.give(nil)
		w.give(nil)
		w.Go("canceller", w.ctx.Cancel)
		w.wait()
	})
}
