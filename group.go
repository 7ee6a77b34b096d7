package workerpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/step"
)

// A Group runs functions on a pool, and answers for all of them with one error:
// nil if each was called and returned nil, otherwise the first that went wrong,
// after which those that have not begun are not called.
//
// The shape is that of golang.org/x/sync/errgroup. There a limit makes the
// group; here the pool is the limit, and many groups share it. And here a
// function can be given and never begin, because the context was done by then,
// or because somebody took its task out of the pool and dropped it. The first is
// seen when the task runs, and calls nothing. The second nobody can see. So Wait
// does not wait for a function that has not begun once the context is done: from
// then on none can begin, wherever its task may be.
//
// # The count
//
// One word says how many functions have been given and not ended, and how many
// of those have begun. A group is over when none is given, or when none has
// begun and the context is done. That is for good: see B1 and B2.
//
//	task                                Wait
//	B1  running++                       W1  is the context done?
//	B2  if the context is done, undo    W2  is running 0?
//	    B1, and call nothing
//
// If W1 and W2 say yes, then a B1 that comes after W2 is followed by a B2 that
// comes after W1, and calls nothing, because a context that is done remains so.
// With B1 and B2 the other way round, Wait could return between the two, and
// with W1 and W2 a whole B1 and B2 could pass between them, and then the context
// end.
//
// Whoever takes something off the count looks whether the group is over, and
// then wakes those who wait. The end of the context wakes them too.
type Group struct {
	pool   Submitter
	ctx    context.Context
	cancel context.CancelCauseFunc

	state step.Uint64 // given + running; written by all

	mu      step.Mutex // guards what follows
	err     error      // the first
	watched bool       // somebody waits for the latch, or did
	changed step.Latch // to be opened when the group may be over
}

const (
	given   = 1       // in the lower half: given, and not ended
	running = 1 << 32 // in the upper half: begun, and not ended
)

// NewGroup returns a group of functions for p, whose context is derived from
// ctx. It panics if ctx is nil.
func NewGroup(ctx context.Context, p Submitter) *Group {
	check.Context("workerpool: NewGroup", ctx)
	g := &Group{pool: p}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	return g
}

// Go has the pool call f with the group's context. It waits while the pool is
// full, until the context is done. The first function that returns an error,
// panics or calls [runtime.Goexit], and the first that the pool refuses, cancels
// the context, with the error that [Group.Wait] will return as the cause. A
// function that has not begun by then is not called.
//
// A panic is reported by Wait, as a [*PanicError], and not to the pool's panic
// handler.
//
// Go synchronizes before the call of f. Functions may call Go, but a Go that
// waits for room occupies its worker: if all workers of a pool do so, they wait
// until the context is done. A goroutine that is not one of the group's must not
// call Go when Wait may have been called.
func (g *Group) Go(f func(ctx context.Context) error) {
	g.state.Add(given)
	err := ErrNilTask
	if f != nil {
		err = g.pool.SubmitContext(g.ctx, func() { g.run(f) })
	}
	if err != nil {
		g.fail(err) // which ends the context: nobody waits for what is given and no more
	}
}

// Wait returns when all functions that have begun have ended, and no other will
// begin. It returns nil if each function given to Go was called and returned
// nil, and otherwise the first error: that of a function, a [*PanicError],
// [ErrGoexit], the reason why the pool refused a function, or the cause of the
// context's end if a function was not called for it.
//
// Wait may be called many times, by many goroutines. It must be called at least
// once, or the context be cancelled, to release what the context holds. When it
// has returned, the context is done, and Go calls nothing.
//
// A function must not call Wait: it would wait for its own end. Another task of
// the pool may, but occupies a worker meanwhile; if all workers wait for
// functions that are queued behind them, they do so until the context is done.
// A function whose task was taken out of the pool by ShutdownNow, and is not
// run, makes Wait wait until the context is done.
//
// The end of every function synchronizes before the return of Wait.
func (g *Group) Wait() error {
	left, over := g.look()
	if !over {
		left = g.sleep()
	}
	if left != 0 { // functions that will not be called
		g.fail(await.Cause(g.ctx))
	}
	g.cancel(nil)
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// run is the task of f.
func (g *Group) run(f func(ctx context.Context) error) {
	g.state.Add(running)    // B1
	if g.ctx.Err() != nil { // B2
		g.end(await.Cause(g.ctx))
		return
	}
	observe(func() error { return f(g.ctx) }, g.end)
}

// end books the end of a function that counts as running.
func (g *Group) end(err error) {
	if err != nil {
		g.fail(err)
	}
	g.leave()
}

// fail books an error, and cancels the context, with the first one as the cause.
func (g *Group) fail(err error) {
	g.mu.Lock()
	if g.err == nil {
		g.err = err
	}
	first := g.err
	g.mu.Unlock()
	g.cancel(first)
}

// leave takes a function that has begun off the count, and wakes those who wait
// if the group is over.
func (g *Group) leave() {
	g.state.Sub(running + given)
	if _, over := g.look(); over {
		g.wake()
	}
}

// look returns the count, and whether the group is over.
func (g *Group) look() (count uint64, over bool) {
	done := g.ctx.Err() != nil // W1
	count = g.state.Load()     // W2
	return count, count == 0 || done && count < running
}

// sleep returns when the group is over, with the count. (A Cond and a
// context.AfterFunc would do as well, and took half a microsecond longer.)
func (g *Group) sleep() (count uint64) {
	for ended := false; ; {
		changed := g.watch() // before the look, or a wake between would be missed
		count, over := g.look()
		switch {
		case over:
			return count
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
