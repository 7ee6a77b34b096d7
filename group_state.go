package workerpool

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/origin"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/submission"
)

// This file tells how a Group knows that it is over.
//
// A function can be accepted and never begin: the context has ended before, or
// somebody took its task out of the pool and dropped it. The first is seen when the
// task runs, and calls nothing. The second nobody can see. So Wait does not wait for
// a function that has not begun once the context has ended: from then on none can
// begin, wherever its task may be.
//
// One word says how many functions have been given and not ended, and how many of
// those have begun. A group is over when none is given, or when none has begun and
// the context has ended. Then Wait closes the word:
//
//	task                                   Wait
//	B1  one more has begun                 W1  has the context ended?
//	B2  if the context has ended,          W2  close the word, if it still says
//	    undo B1, and call nothing              that the group is over
//
// If W1 says yes and W2 finds that none has begun, then a B1 after W2 is followed by
// a B2 after W1, which calls nothing, because a context that has ended remains so.
// With B1 and B2 the other way round, Wait could return between the two.
//
// If W2 finds that none is given, then none will be: a Go counts its function before
// it does anything else. So either the word is closed by then, and Go refuses, or W2
// sees the function.
//
// A goroutine that takes something off the count looks whether the group is over,
// and then wakes the calls of Wait. The end of the context wakes them too.

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
	defer g.resume()
	observe(func() error { return t.f(g.ctx) }, g.end)
}

// end books the end of a function that counts as begun.
func (g *Group) end(err error) {
	if err != nil {
		g.fail(err)
	}
	g.state.Sub(running + given)
	if _, over := g.look(); over {
		g.wake()
	}
}

// A pool refuses to run a task in its caller if too many run there inside one
// another already. GoOrRun postpones such a task, and a function of the group that
// ends on the way back submits it again, from a place that is less deep.
//
// One of them does: a postponed task is in the list before postpone looks whether a
// function has begun and not ended, and a function looks into the list after it has
// ended. A place that is too deep though none of the group's functions runs is in
// tasks of others, for which this one cannot wait.

// submitOrRun submits the task, or has it run here, or postpones it.
func (t *groupTask) submitOrRun(p runner) (postponed bool, err error) {
	err = p.SubmitOrRun(origin.Task(t))
	if err == ErrPoolFull && t.group.postpone(t) {
		return true, nil
	}
	return false, err
}

// postpone puts t into the list, and reports whether it could.
func (g *Group) postpone(t *groupTask) bool {
	g.mu.Lock()
	if len(g.later) == 0 {
		g.state.Add(postponedBit)
	}
	g.later = append(g.later, t)
	g.mu.Unlock()
	if groupState(g.state.Load()).begun() != 0 {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	at := slices.Index(g.later, t)
	if at >= 0 {
		g.take(at)
	}
	return at < 0 // somebody has begun meanwhile, and taken it
}

// take takes the task at this index out of the list. The caller holds the lock.
func (g *Group) take(at int) *groupTask {
	t := g.later[at]
	g.later = slices.Delete(g.later, at, at+1)
	if len(g.later) == 0 {
		g.state.Sub(postponedBit)
	}
	return t
}

// takeLast takes the last task out of the list, or returns nil.
func (g *Group) takeLast() *groupTask {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.later) == 0 {
		return nil
	}
	return g.take(len(g.later) - 1)
}

// resume submits the tasks in the list, until the pool is full and this place too
// is too deep.
//
// It takes long to find out how deep a place is, and if this one is not too deep, it
// may well be the last that is not. So while many functions run, perhaps inside one
// another, one in so many looks into the list.
func (g *Group) resume() {
	const many = 64
	for {
		s := groupState(g.state.Load())
		if !s.postponed() || s.begun() >= many && rand.IntN(many) != 0 {
			return
		}
		t := g.takeLast()
		if t == nil {
			return
		}
		postponed, err := t.submitOrRun(g.pool.(runner))
		if err != nil {
			g.refused(err)
		}
		if postponed {
			return
		}
	}
}

// sleep returns when the group is over, with the state. (A Cond and a
// context.AfterFunc would do as well, and take longer.)
func (g *Group) sleep() (s groupState) {
	for ended := false; ; {
		changed := g.watch() // before the look, or a wake between would be missed
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
