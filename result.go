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

// A Result is what a function that runs on a pool will have returned. [Go] and
// [GoContext] make one. Its methods are safe for concurrent use. It must not be
// copied. A zero Result has no function: its methods panic.
type Result[T any] struct {
	made bool        // by Go or GoContext
	once step.Uint32 // 1 once the function has begun, or never will

	// Written before ended becomes true, and never after.
	value T
	err   error

	mu    sync.Mutex // guards what follows
	ended bool
	done  chan struct{} // nil until somebody asks
}

// Go has p call f, without waiting for room, and returns the result to come.
// The errors are those of the pool's Submit; f is then never called. An f that is
// nil is refused with [ErrNilTask]. Go panics if p is nil.
//
// Go synchronizes before the call of f. A panic of f becomes the error of the
// Result, as a [*PanicError], and is counted by the pool and told to its panic
// handler too. A task that the pool's ShutdownNow has handed back may be called by
// anybody, who then meets a panic of f in its turn, and f is called once however
// often the task is.
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

// GoContext is [Go] for a function whose caller waits no longer than until ctx
// ends. While the pool is full, GoContext waits for room, until ctx ends. The
// function gets ctx. If ctx has ended before the function begins, it is not called:
// the Result has the cause as its error, and the pool counts it in Stats.Expired.
// Every error is both the cause of ctx's end and its ctx.Err(). GoContext panics if
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

// Wait returns what the function returned, as soon as it has ended; a
// [*PanicError] if it panicked, [ErrGoexit] if it called [runtime.Goexit], and the
// cause if the function of a GoContext was not called. If ctx ends before that,
// Wait returns the cause of that, and the function goes on. Wait may be called many
// times. It panics if ctx is nil.
//
// A task that waits for another occupies a worker. If all workers of a pool wait
// for tasks that are queued, they do so until ctx ends. A task that ShutdownNow
// has handed back, and that nobody calls, does not end.
//
// The end of the function synchronizes before the return of Wait. If it panicked,
// the pool's panic handler is told after that.
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
// begin. Then Wait does not block.
func (r *Result[T]) Done() <-chan struct{} { return r.wait("Done") }

// wait returns the channel, to the method that the user has called.
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

// closed is the channel of all results that nobody had to wait for.
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

// end says that the function has ended, or will never begin.
func (r *Result[T]) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
	r.ended = true
	if r.done != nil {
		close(r.done)
	}
}

// A call is a Result with the function of Go. It is the [origin.Runner] of its
// task.
type call[T any] struct {
	Result[T]
	f    func() (T, error) // belongs to the claim
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

// A contextCall is a Result with the function of GoContext.
type contextCall[T any] struct {
	Result[T]
	submission submission.Context
	f          func(ctx context.Context) (T, error) // belongs to the claim
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
		if c.submission.Expired != nil { // the pool counts
			c.submission.Expired.Inc()
		}
		c.end(await.Cause(ctx))
		return
	}
	c.run(func() (T, error) { return f(ctx) })
}
