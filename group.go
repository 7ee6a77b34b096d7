package workerpool

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/origin"
	"github.com/seed62337844/workerpool/internal/step"
)

// ErrGroupDone is the error of a [Group] that is given a function when its Wait has
// returned.
var ErrGroupDone = errors.New("workerpool: group is done: its Wait has returned")

// A Group runs functions on a pool, and answers for all of them with one error:
// nil if each was called and returned nil, otherwise the first that went wrong.
// Functions that have not begun by then are not called. [NewGroup] makes a Group.
// Its methods are safe for concurrent use. It must not be copied. A zero Group has
// no pool: its methods panic.
//
// A Group is used like one of golang.org/x/sync/errgroup. There each group has a
// limit of its own; here the pool is the limit, and many groups share it.
//
// A Group is over when its context ends: when its first function goes wrong, when
// the parent context ends, or when Wait has returned.
type Group struct {
	pool   Submitter
	ctx    context.Context
	cancel context.CancelCauseFunc

	endedItself func() bool // ownEnd, made once

	state step.Uint64 // see group_state.go; written by all

	mu      step.Mutex   // guards what follows
	err     error        // the first
	own     bool         // the group has ended the context, and not its parent
	later   []*groupTask // postponed
	watched bool         // somebody waits for the latch, or did
	changed step.Latch   // to be opened when the group may be over
}

// NewGroup returns a group of functions for p, whose context is derived from
// ctx. It panics if ctx or p is nil. Wait must be called, or ctx be cancelled, to
// release what the group's context holds.
func NewGroup(ctx context.Context, p Submitter) *Group {
	check.Context("workerpool: NewGroup", ctx)
	check.Pool("workerpool: NewGroup", p)
	g := &Group{pool: p}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	g.endedItself = g.ownEnd
	return g
}

// Context returns the context that the group's functions are given. It ends when
// the group is over, with the error that Wait returns as the cause; after a Wait
// that returned nil the cause is [context.Canceled].
func (g *Group) Context() context.Context {
	g.check("Context")
	return g.ctx
}

// Go has the pool call f with the group's context. While the pool is full, Go
// waits for room, until the group is over. It returns nil if the pool has accepted
// f. Otherwise f will never run, and Go returns the error that [Group.Wait] will
// return, or [ErrGroupDone] if Wait has returned. A loop that gives functions can
// stop at the first error; a group that is over does not ask the pool any more.
//
// The first function that returns an error, panics or calls [runtime.Goexit], and
// the first that the pool refuses, ends the group. A function that was accepted and
// has not begun by then is not called. A panic is the error of the group, as a
// [*PanicError], and is counted by the pool and told to its panic handler too.
//
// A function of the group that calls Go on a full pool waits for a worker while it
// occupies one. If all workers do so, they wait until the group is over. Functions
// use [Group.GoOrRun].
//
// Go synchronizes before the call of f. Each call of Go allocates twice.
func (g *Group) Go(f func(ctx context.Context) error) error {
	g.check("Go")
	return g.give(f, nil)
}

// GoOrRun is like [Group.Go], but never waits: if the pool is full, GoOrRun calls
// f itself, and returns when f has ended. So functions can give their group more
// functions, however small the pool is. The pool must have the method SubmitOrRun,
// as all of a [Pool] do; otherwise GoOrRun panics.
//
// An f that its caller runs is under the locks that the caller holds. If it calls
// [runtime.Goexit], that ends the caller's goroutine. Functions that run inside one
// another may be 1,000 deep; those beyond that wait until a function of the group
// on the way has ended, so the stack does not overflow.
func (g *Group) GoOrRun(f func(ctx context.Context) error) error {
	g.check("GoOrRun")
	p, ok := g.pool.(runner)
	if !ok {
		panic(fmt.Sprintf("workerpool: Group.GoOrRun: the pool, a %T, has no method SubmitOrRun", g.pool))
	}
	return g.give(f, p)
}

// A runner is a Submitter that lets callers run tasks.
type runner interface{ SubmitOrRun(task func()) error }

// Wait returns when all functions that have begun have ended, and no other will
// begin. It returns nil if each function that Go was given was called and returned
// nil. Otherwise it returns the first error: that of a function, a [*PanicError],
// [ErrGoexit], the reason why the pool refused a function, or the cause of the
// context's end if a function was not called for it. When Wait has returned, the
// group is over, and all later calls return the same at once.
//
// A function must not call Wait of its group: it would wait for its own end.
// Another task of the pool may, but occupies a worker meanwhile; if all workers
// wait for functions that are queued, they do so until the context ends. A
// function whose task ShutdownNow has handed back counts as accepted: Wait waits
// until somebody has called the task, or the context ends.
//
// The end of every function synchronizes before the return of Wait. If a function
// panicked, the pool's panic handler is told after that.
func (g *Group) Wait() error {
	g.check("Wait")
	for {
		s, over := g.look()
		if !over {
			s = g.sleep()
		}
		if s.closed() {
			break
		}
		if s != 0 { // functions that will not be called
			g.fail(await.Cause(g.ctx))
		}
		if g.state.CompareAndSwap(uint64(s), uint64(s|closedBit)) { // W2
			break
		}
	}
	g.cancel(nil)
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// check panics if nobody has made the group, in the name of the method that its
// user has called.
func (g *Group) check(method string) {
	if g == nil || g.ctx == nil {
		panic("workerpool: Group." + method + ": the Group is zero or nil: make one with NewGroup")
	}
}

// give submits f, to callers if they are not nil, and otherwise to the pool.
func (g *Group) give(f func(ctx context.Context) error, callers runner) error {
	if groupState(g.state.Add(given)).closed() {
		g.state.Sub(given)
		return ErrGroupDone
	}
	err := g.submit(f, callers)
	if err != nil {
		err = g.refused(err)
	}
	return err
}

func (g *Group) submit(f func(ctx context.Context) error, callers runner) error {
	switch {
	case g.ctx.Err() != nil:
		return await.Cause(g.ctx)
	case f == nil:
		return ErrNilTask
	}
	t := &groupTask{group: g, f: f}
	if callers != nil {
		_, err := t.submitOrRun(callers)
		return err
	}
	t.submission.Context, t.submission.Own = g.ctx, g.endedItself
	return g.pool.SubmitContext(&t.submission, origin.Task(t))
}

// refused takes a function that the pool has refused off the count, when its error
// is booked and the context has ended: nobody waits for it from then on.
func (g *Group) refused(err error) (first error) {
	first = g.fail(err)
	g.state.Sub(given)
	return first
}

// fail books an error, ends the context, and returns the first error, which is the
// cause.
func (g *Group) fail(err error) (first error) {
	g.mu.Lock()
	if g.err == nil {
		g.err = err
	}
	first = g.err
	if g.ctx.Err() == nil {
		g.own = true
	}
	g.mu.Unlock()
	g.cancel(first)
	return first
}

// ownEnd reports whether the group has ended its context. A submit that gives
// up for that is not the pool's doing, and the pool does not count it.
func (g *Group) ownEnd() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.own
}
