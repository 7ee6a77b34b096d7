package workerpool

import (
	"context"
	"sync"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/origin"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/submission"
)

// A Result is the future result of a function that runs on a pool. [Go] and
// [GoContext] make one. Its methods are safe for concurrent use. It must not be
// copied. The methods of a zero Result panic.
type Result[T any] struct {
	made bool        // by Go or GoContext
	once step.Uint32 // 1 once the function has begun, or never will

	// Written before ended becomes true, and never after.
	value T
	err   error

	mu    sync.Mutex // guards what follows
	ended bool
	done  chan struct{} // nil until it is asked for
}

// Go has p call f, and returns its future result. It does not wait for room. If p
// refuses f, Go returns the error of Submit, and f is never called. If f is nil,
// Go returns [ErrNilTask]. Go panics if p is nil.
//
// Go synchronizes before the call of f. A panic of f becomes the error of the
// Result, as a [*PanicError]. The pool also counts it and reports it to its panic
// handler. If the pool's ShutdownNow returns the task, you may call it. However
// often it is called, it calls f once, and a panic of f goes on in that call.
//
// Go allocates twice: the Result, and the pool's task.
func Go[T any](p Submitter, f func() (T, error)) (*Result[T], error) {
	check.Pool("workerpool: Go", p)
	if f == nil {
		return nil, ErrNilTask
	}
	c := &call[T]{Result: Result[T]{made: true}, f: f, code: origin.Code(f)}
	if err := p.Submit(origin.Task(c)); err != nil {
		return nil, err
	}
	return &c.Result, nil
}

// GoContext is like [Go], with two differences. While the pool is full, it waits for room
// until ctx ends. And f is called with ctx: if ctx ends before f begins, f is not called,
// the Result has an error, and the pool counts it in Stats.Expired. (To be refused at
// once, use Go, with an f that looks at ctx.) In every error for the end of ctx,
// [errors.Is] finds both ctx.Err() and [context.Cause] of ctx. GoContext panics if
// ctx or p is nil.
//
// The Result keeps ctx alive. Like Go, GoContext allocates twice.
func GoContext[T any](ctx context.Context, p Submitter, f func(ctx context.Context) (T, error)) (*Result[T], error) {
	check.Context("workerpool: GoContext", ctx)
	check.Pool("workerpool: GoContext", p)
	if f == nil {
		return nil, ErrNilTask
	}
	c := newContextCall(ctx, f)
	if err := p.SubmitContext(&c.submission, origin.Task(c)); err != nil {
		return nil, err
	}
	return &c.Result, nil
}

// Wait waits until the function has ended, and returns what it returned. The error
// is a [*PanicError] if the function panicked, and [ErrGoexit] if it called
// [runtime.Goexit]. If GoContext did not call the function because its ctx had ended, the
// error says so. If the ctx of Wait ends first, Wait returns an error that says so, and the
// function goes on. In every such error for the end of a ctx, [errors.Is] finds both
// ctx.Err() and [context.Cause] of ctx. Wait may be called many times. It panics if ctx is
// nil.
//
// A task that calls Wait occupies a worker while it waits. If all workers of a
// pool wait for tasks that are queued, they wait until ctx ends. If ShutdownNow
// has returned the task of a Result, and it is not called, Wait waits until ctx
// ends.
//
// The end of the function synchronizes before the return of Wait. The pool's
// panic handler may be called after that.
func (r *Result[T]) Wait(ctx context.Context) (T, error) {
	check.Context("workerpool: Result.Wait", ctx)
	done := r.wait("Wait")
	if err := await.Done(ctx, done); err != nil {
		var none T
		return none, err
	}
	return r.value, r.err
}

// Done returns a channel that is closed when the function has ended, or will never
// begin. After that Wait returns at once.
func (r *Result[T]) Done() <-chan struct{} { return r.wait("Done") }

// wait returns the channel of Done. The method is the one that the user has
// called.
func (r *Result[T]) wait(method string) <-chan struct{} {
	if r == nil || !r.made {
		panic("workerpool: Result." + method + ": the Result is zero or nil: it must come from Go or GoContext")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.done != nil:
	case r.ended:
		r.done = closed
	default:
		r.done = make(chan struct{})
	}
	return r.done
}

// closed is the channel of all results that were ready before it was asked for.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// hasEnded reports whether the function has ended, or will never begin.
func (r *Result[T]) hasEnded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

// claim reports whether the caller is the first, and may run the function. Tasks
// may be called many times.
func (r *Result[T]) claim() bool { return r.once.CompareAndSwap(0, 1) }

// run calls the function.
func (r *Result[T]) run(f func() (T, error)) {
	observe(func() (err error) {
		r.value, err = f()
		return err
	}, r.end)
}

// end records that the function has ended, or will never begin.
func (r *Result[T]) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
	r.ended = true
	if r.done != nil {
		close(r.done)
	}
}

// A call is a Result together with the function of Go. It is the
// [origin.Runner] of its task.
type call[T any] struct {
	Result[T]
	f    func() (T, error) // used by the goroutine that has claimed it
	code uintptr           // of f
}

func (c *call[T]) Origin() uintptr { return c.code }

func (c *call[T]) Run() {
	if !c.claim() {
		return
	}
	f := c.f
	c.f = nil // or the Result would keep it alive
	c.run(f)
}

// A contextCall is a Result together with the function of GoContext.
type contextCall[T any] struct {
	Result[T]
	submission submission.Context
	f          func(ctx context.Context) (T, error) // used by the goroutine that has claimed it
	code       uintptr                              // of f
}

func newContextCall[T any](ctx context.Context, f func(ctx context.Context) (T, error)) *contextCall[T] {
	c := &contextCall[T]{Result: Result[T]{made: true}, f: f, code: origin.Code(f)}
	c.submission.Context = ctx
	return c
}

func (c *contextCall[T]) Origin() uintptr { return c.code }

func (c *contextCall[T]) Run() {
	if !c.claim() {
		return
	}
	ctx, f := c.submission.Context, c.f
	c.f = nil
	if ctx.Err() != nil {
		if c.submission.Expired != nil { // the pool counts such functions
			c.submission.Expired.Inc()
		}
		c.end(await.Cause(ctx))
		return
	}
	c.run(func() (T, error) { return f(ctx) })
}
