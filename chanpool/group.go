package chanpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/pool"
)

// A Group runs functions on a pool, and answers for all of them with one error.
// Make one with [Pool.Group]. Many groups can share a pool. The type is that of
// both pools of this module. Its methods are safe for concurrent use.
//
//	func (g *Group) Go(f func(ctx context.Context) error)
//
// Go has the pool call f with the group's context. It waits while the pool is
// full, until the context is done. The first function that returns an error,
// panics or calls [runtime.Goexit], and the first that the pool refuses, cancels
// the context, with the error that Wait will return as the cause. A function
// that has not begun by then is not called.
//
//	func (g *Group) Wait() error
//
// Wait returns when all functions that have begun have ended, and no other will
// begin. It returns nil if each function given to Go was called and returned
// nil, and otherwise the first error: that of a function, a [*PanicError],
// [ErrGoexit], the reason why the pool refused a function, or the cause of the
// context's end if a function was not called for it. Wait may be called many
// times. It must be called once, or the context be cancelled, to release what
// the context holds. When it has returned, the context is done, and Go calls
// nothing. So Wait comes after the calls of Go, except for those that the
// group's own functions make.
//
// A call of Go synchronizes before that of its function, and the end of every
// function before the return of Wait.
//
// Go and Wait can both wait for a worker. In a task of the same pool they occupy
// one meanwhile: if all workers do so, they wait until the group's context is
// done. A function must not call the Wait of its own group at all. And a
// function whose task was taken out of the pool by ShutdownNow, and is not run,
// makes Wait wait until the context is done.
type Group = pool.Group

// A PanicError says that a function of a [Group] or of a [Result] panicked. The
// pool's panic handler is not told of it, nor is it counted in [Stats].
//
//	Value any     what the panic was called with
//	Stack []byte  of the goroutine, when it panicked
//
// Its text has both. It unwraps to the value if that is an error.
type PanicError = pool.PanicError

// ErrGoexit says that a function of a [Group] or of a [Result] ended by
// [runtime.Goexit].
var ErrGoexit = pool.ErrGoexit

// Group returns a new group of functions to run on the pool. It does not block.
// The functions get a context derived from ctx, which ends with the first error,
// and when the group's Wait returns. Group panics if ctx is nil.
func (p *Pool) Group(ctx context.Context) *Group { return pool.NewGroup(ctx, p) }

// A Result is what a function that runs on a pool will have returned. Get one
// from [Go] or [GoContext]. The type is that of both pools of this module. Its
// methods are safe for concurrent use.
//
//	func (r *Result[T]) Wait(ctx context.Context) (T, error)
//
// Wait returns what the function returned, as soon as it has ended; a
// [*PanicError] if it panicked, and [ErrGoexit] if it called [runtime.Goexit].
// If ctx is done before that, Wait returns the cause; the function is not
// affected. Wait may be called many times, and panics if ctx is nil. In a task
// of the same pool it occupies a worker: if all workers wait for functions that
// are queued behind them, they wait until their contexts are done. A function
// whose task was taken out of the pool by ShutdownNow, and is not run, never
// ends.
//
//	func (r *Result[T]) Done() <-chan struct{}
//
// Done returns a channel that is closed when the function has ended.
//
// The end of the function synchronizes before the return of Wait with its result,
// and before the closing of the channel. A panic that nobody waits for is not
// reported to anybody.
//
// A Result is one allocation, with all that it needs, if the function has ended
// when somebody asks. To wait for it takes a channel more.
type Result[T any] = pool.Result[T]

// Go is [Pool.Submit] for a function that returns something, and does not block
// either: if the pool accepts f, it returns the result to come, and otherwise the
// error of Submit, and f is never called.
//
// Go synchronizes before the call of f.
func Go[T any](p *Pool, f func() (T, error)) (*Result[T], error) { return pool.Call(p, f) }

// GoContext is [Pool.SubmitContext] for a function that returns something: it
// waits while the pool is full, until ctx is done. If the pool does not accept f,
// it returns the error of SubmitContext, and f is never called. The function, once
// accepted, has nothing to do with ctx, unless it uses it itself.
//
// GoContext synchronizes before the call of f.
func GoContext[T any](ctx context.Context, p *Pool, f func() (T, error)) (*Result[T], error) {
	return pool.CallContext(ctx, p, f)
}
