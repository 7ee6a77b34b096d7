package workerpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/origin"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/submission"
)

// How a Group knows that it is over.
//
// A function can be accepted and never begin, for two reasons. If the context ends
// before, its task runs and does not call it. If its task is returned by ShutdownNow
// and dropped, nothing in the group can see that. So once the context has ended,
// Wait does not wait for functions that have not begun. From then on none can begin,
// wherever their tasks are.
//
// One word counts the functions that were given and have not ended, and those of
// them that have begun. There is nothing to wait for when the first count is 0, or when
// the second is 0 and the context has ended. Here a group is called over then. (It may
// still be given functions, until Wait closes the word.)
//
//	task                                   Wait
//	B1  one more has begun                 W1  has the context ended?
//	B2  if the context has ended,          W2  close the word, if it still says
//	    undo B1, and call nothing              that the group is over
//
// Wait must not return while a function is called, nor before one that is called later:
//
//   - W1 has found the context ended, and W2 has found that no function has begun. A task
//     that does its B1 later finds the context ended in B2, and calls nothing. (With B1
//     and B2 in the other order, Wait could return between the two.)
//   - W2 has found that no function is given. A later Go counts its function first of all,
//     finds the word closed, and refuses.
//
// Wait must not sleep when the group is over. The group becomes over in one of three ways:
//
//   - A function ends. It looks whether the group is over, and wakes the calls of Wait.
//   - The context ends. That wakes them, too.
//   - A function is refused, and taken off the count. Before that, it has ended the context.

// A groupState is the word.
type groupState uint64

const (
	given        = 1       // bits 0 to 31: given, and not ended
	running      = 1 << 32 // bits 32 to 61: begun, and not ended
	postponedBit = 1 << 62 // there are postponed tasks
	closedBit    = 1 << 63 // the group is over for good
)

func (s groupState) begun() uint64   { return uint64(s&(postponedBit-running)) / running }
func (s groupState) postponed() bool { return s&postponedBit != 0 }
func (s groupState) closed() bool    { return s&closedBit != 0 }

// look returns the state, and whether the group is over.
func (g *Group) look() (s groupState, over bool) {
	ended := g.ctx.Err() != nil // W1
	s = groupState(g.state.Load())
	return s, s == 0 || s.closed() || ended && s.begun() == 0
}

// A groupTask is a function of a group, and the [origin.Runner] of its task.
type groupTask struct {
	submission submission.Context
	group      *Group
	f          func(ctx context.Context) error
	once       step.Uint32 // 1 once the task has run; tasks may be called many times
}

func (t *groupTask) Origin() uintptr { return origin.Code(t.f) }

func (t *groupTask) Run() {
	g := t.group
	if !t.once.CompareAndSwap(0, 1) {
		return
	}
	g.state.Add(running)    // B1
	if g.ctx.Err() != nil { // B2
		g.end(await.Cause(g.ctx))
		return
	}
	defer g.resume(true)
	observe(func() error { return t.f(g.ctx) }, g.end)
}

// end records the end of a function that has been counted as begun.
func (g *Group) end(err error) {
	if err != nil {
		g.fail(err)
	}
	g.state.Sub(running + given)
	if _, over := g.look(); over {
		g.wake()
	}
}

// sleep waits until the group is over, and returns the state. (A Cond and a
// context.AfterFunc would also work, and take longer.)
func (g *Group) sleep() (s groupState) {
	for ended := false; ; {
		changed := g.watch() // before look, or a wake between the two would be missed
		s, over := g.look()
		switch {
		case over:
			return s
		case ended:
			changed.Wait() // for the functions that have begun
		default:
			ended = changed.WaitContext(g.ctx) != nil
		}
	}
}

// watch returns a latch that the next wake will open.
func (g *Group) watch() step.Latch {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.watched {
		g.watched, g.changed = true, step.NewLatch()
	}
	return g.changed
}

// wake wakes all calls of Wait.
func (g *Group) wake() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.watched {
		g.watched = false
		g.changed.Open()
	}
}
