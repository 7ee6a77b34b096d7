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

// ErrGroupDone is the error of [Group.Go] after [Group.Wait] has returned.
var ErrGroupDone = errors.New("workerpool: group is done: its Wait has returned")

// A Group runs functions on a pool, and has one error for all of them: nil if each
// was called and returned nil, otherwise the first error. After the first error it
// begins no other function. [NewGroup] makes a Group. Its methods are safe for
// concurrent use. It must not be copied. A zero Group has no pool: its methods
// panic.
//
// A Group is used like a Group of golang.org/x/sync/errgroup. There each group
// has its own limit. Here the pool is the limit, and many groups share it.
//
// The context of a Group ends at the first error, when the parent context ends, and when
// Wait returns. From then on the Group calls no other function.
type Group struct {
	pool   Submitter
	ctx    context.Context
	cancel context.CancelCauseFunc

	isOwnEndFunc func() bool // isOwnEnd, made once

	state step.Uint64 // see group_state.go; written by all

	mu      step.Mutex   // guards what follows
	err     error        // the first
	ownEnd  bool         // the group has ended its context itself
	later   []*groupTask // postponed
	watched bool         // a call waits for the latch, or did
	changed step.Latch   // opened when the group may be over
}

// NewGroup returns a group for functions on p. Its context is derived from ctx.
// To release what the context holds, call Wait or cancel ctx. NewGroup panics if
// ctx or p is nil.
func NewGroup(ctx context.Context, p Submitter) *Group {
	check.Context("workerpool: NewGroup", ctx)
	check.Pool("workerpool: NewGroup", p)
	g := &Group{pool: p}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	g.isOwnEndFunc = g.isOwnEnd
	return g
}

// Context returns the context that the group passes to its functions. It ends at the
// first error, when the parent context ends, and when Wait returns, whichever comes
// first. Its cause is that error, the cause of the parent, or [context.Canceled].
func (g *Group) Context() context.Context {
	g.check("Context")
	return g.ctx
}

// Go has the pool call f with the group's context. While the pool is full, Go
// waits for room, until the group's context ends. It returns nil if the pool has accepted
// f. Otherwise f will never run, and Go returns the error that [Group.Wait] will
// return, or [ErrGroupDone] if Wait has returned. So a loop that calls Go can stop
// at the first error.
//
// The group's context ends when a function returns an error, panics or calls
// [runtime.Goexit], when the pool refuses one, and when f is nil, with [ErrNilTask]. Then
// functions whose task the pool has accepted, but which have not begun, are skipped. A panic
// becomes the error of the group, as a [*PanicError]. The pool also counts it and reports it
// to its panic handler.
//
// A function of the group that calls Go on a full pool occupies a worker while it
// waits. If all workers do so, they wait until the context ends. In a function
// use [Group.GoOrRun].
//
// Go synchronizes before the call of f. Each call of Go allocates twice.
func (g *Group) Go(f func(ctx context.Context) error) error {
	g.check("Go")
	return g.give(f, nil)
}

// GoOrRun is like [Group.Go], but never waits: if the pool is full, GoOrRun calls
// f itself, and returns when f has ended. So functions can give their group more
// functions, however small the pool is. GoOrRun panics if the pool has no method
// SubmitOrRun. Every [Pool] has one.
//
// If GoOrRun calls f itself, f runs under the locks that the caller holds, and a
// [runtime.Goexit] in f ends the caller's goroutine. Functions can run inside one
// another up to 1,000 deep, so that the stack does not overflow. A function that would
// be deeper is postponed: GoOrRun returns nil, and the function is called when another
// function of the group has ended, on the goroutine of that one, on a worker or on a new
// goroutine. So GoOrRun may also call functions that were postponed. If all tasks around f
// are those of others, and the group runs no function elsewhere, it cannot wait: it ends
// with [ErrPoolFull].
func (g *Group) GoOrRun(f func(ctx context.Context) error) error {
	g.check("GoOrRun")
	p, ok := g.pool.(runner)
	if !ok {
		panic(fmt.Sprintf("workerpool: Group.GoOrRun: the pool, a %T, has no method SubmitOrRun", g.pool))
	}
	return g.give(f, p)
}

// A runner is a pool that can run a task in its caller.
type runner interface{ SubmitOrRun(task func()) error }

// Wait returns when all functions that have begun have ended, and no other will
// begin. It returns nil if each function was called and returned nil. Otherwise it
// returns the first error:
//
//   - the error of a function, a [*PanicError] or [ErrGoexit];
//   - the reason why the pool refused a function;
//   - an error for the end of the parent context, if it ended before a function could be
//     called. In it [errors.Is] finds both the Err and the [context.Cause] of that context.
//
// All later calls return the same at once.
//
// A function must not call Wait of its group: it would wait for its own end.
// Another task of the pool may, but it occupies a worker while it waits. If all
// workers wait for functions that are queued, they wait until the context ends.
// If ShutdownNow has returned the task of a function, Wait waits until that task
// has been called, or the context ends.
//
// The end of every function synchronizes before the return of Wait. The pool's
// panic handler may be called after that.
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

// check panics if g was not made by NewGroup. The method is the one that the
// user has called.
func (g *Group) check(method string) {
	if g == nil || g.ctx == nil {
		panic("workerpool: Group." + method + ": the Group is zero or nil: make one with NewGroup")
	}
}

// give submits f to the pool: by SubmitOrRun of callers, unless callers is nil.
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
		return t.submitOrRun(callers)
	}
	t.submission.Context, t.submission.OwnEnd = g.ctx, g.isOwnEndFunc
	return g.pool.SubmitContext(&t.submission, origin.Task(t))
}

// refused records the error of a function that the pool has refused, which ends
// the context, and then no longer counts the function.
func (g *Group) refused(err error) (first error) {
	first = g.fail(err)
	g.state.Sub(given)
	return first
}

// fail records an error, ends the context, and returns the first error.
func (g *Group) fail(err error) (first error) {
	g.mu.Lock()
	if g.err == nil {
		g.err = err
	}
	first = g.err
	if g.ctx.Err() == nil {
		g.ownEnd = true
	}
	g.mu.Unlock()
	g.cancel(first)
	return first
}

// isOwnEnd reports whether the group itself has ended its context. The pool does
// not count a submit that gives up for that reason.
func (g *Group) isOwnEnd() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ownEnd
}
