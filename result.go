package workerpool

import (
	"context"
	"sync"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
)

// A Result is what a function that runs on a pool will have returned. Its
// methods are safe for concurrent use. It must not be copied.
//
// It is one object on the heap, and all that is allocated for it, unless
// somebody has to wait, which takes a channel. See carrier for the task.
type Result[T any] struct {
	f func() (T, error) // nil once it has begun

	// Written before ended becomes true, and never after.
	value T
	err   error

	mu    sync.Mutex
	ended bool
	done  chan struct{} // nil until somebody asks
}

// Go has p call f, without waiting for room, and returns the result to come.
// The errors are those of the pool's Submit.
func Go[T any](p Submitter, f func() (T, error)) (*Result[T], error) {
	if f == nil {
		return nil, ErrNilTask
	}
	r := &Result[T]{f: f}
	c := load(r)
	if err := p.Submit(c.task); err != nil {
		c.unload()
		return nil, err
	}
	return r, nil
}

// GoContext is [Go] with the pool's SubmitContext.
func GoContext[T any](ctx context.Context, p Submitter, f func() (T, error)) (*Result[T], error) {
	if f == nil {
		return nil, ErrNilTask
	}
	r := &Result[T]{f: f}
	c := load(r)
	if err := p.SubmitContext(ctx, c.task); err != nil {
		c.unload()
		return nil, err
	}
	return r, nil
}

// Wait returns what the function returned, as soon as it has ended; a
// [*PanicError] if it panicked, and [ErrGoexit] if it called [runtime.Goexit].
// If ctx is done before that, Wait returns the cause; the function is not
// affected. Wait may be called many times. It does not allocate if the function
// has ended.
//
// The end of the function synchronizes before the return of Wait.
func (r *Result[T]) Wait(ctx context.Context) (T, error) {
	check.Context("workerpool: Result.Wait", ctx)
	done := r.Done()
	if err := await.Done(ctx, done); err != nil {
		var none T
		return none, err
	}
	return r.value, r.err
}

// Done returns a channel that is closed when the function has ended, and Wait
// will not block.
func (r *Result[T]) Done() <-chan struct{} {
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

// run calls the function. It is called once.
func (r *Result[T]) run() {
	f := r.f
	r.f = nil // or the Result would keep it alive
	observe(func() (err error) {
		r.value, err = f()
		return err
	}, r.end)
}

// end books the end of the function.
func (r *Result[T]) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
	r.ended = true
	if r.done != nil {
		close(r.done)
	}
}

// A carrier is the task of a Result. A pool's tasks are functions, and a
// function that refers to something is an object on the heap, so that each
// Result would be two: itself and its task. Hence the tasks are kept, and used
// for one Result after the other.
//
// A pool calls each task once. But tasks that ShutdownNow has handed back may be
// called by anybody, and twice. Then the second call finds the carrier empty,
// and does nothing; or the carrier has been loaded again, and the call runs that
// Result, a little early and out of place, and it is the pool's own call that
// finds the carrier empty. So each Result runs once whatever happens.
type carrier struct {
	task   func()      // unload and run
	loaded atomic.Bool // stored true by load, and false by one unload

	// Belongs to load, and from then on to the unload that has succeeded.
	result interface{ run() }
}

// carriers holds those that are empty.
var carriers sync.Pool

// load returns a carrier with result r.
func load(r interface{ run() }) *carrier {
	c, _ := carriers.Get().(*carrier)
	if c == nil {
		c = new(carrier)
		c.task = c.run
	}
	c.result = r
	c.loaded.Store(true)
	return c
}

// unload empties the carrier, which may be loaded again at once, and returns
// what was in it, or nil.
func (c *carrier) unload() interface{ run() } {
	if !c.loaded.CompareAndSwap(true, false) {
		return nil
	}
	r := c.result
	c.result = nil
	carriers.Put(c)
	return r
}

func (c *carrier) run() {
	if r := c.unload(); r != nil {
		r.run()
	}
}
