package workerpool

import (
	"context"
	"iter"
	"math"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/fifo"
	"github.com/seed62337844/workerpool/internal/origin"
	"github.com/seed62337844/workerpool/internal/step"
)

// Map calls f on p for each value of in, and returns the results in the order of
// the values. At most Size + Capacity values are in progress or wait to be yielded, as
// Stats of the pool says when the loop begins. So in may be endless. The returned sequence
// can be used many times; each loop takes in from the beginning.
//
//	for r, err := range workerpool.Map(ctx, p, in, f) {
//		if err != nil {
//			return err
//		}
//		use(r)
//	}
//
// The first error ends the loop. It comes with a zero R, after the results of all
// earlier values, and is the error of f, a [*PanicError], [ErrGoexit], or the
// reason why the pool refused a call, such as [ErrPoolClosed]. Once f has failed
// for a value, it is not called for later values. If ctx ends, so does the loop.
// Unless another error came first, [errors.Is] finds both ctx.Err() and [context.Cause] of ctx
// in its error.
//
// When the loop ends, also by a break or a panic, Map ends the context that it
// passes to f, starts no other call of f, and waits for the calls that have begun.
// So no f runs after the loop.
//
// The goroutine of the loop takes the values of in, and waits for room while the
// pool is full. A result that is ready is yielded when in gives its next value or ends,
// and not before: while in blocks, so does the loop, even if ctx ends. A task of the
// pool may use Map, but it occupies a worker while it waits. If all workers do so, they
// wait until ctx ends. If ShutdownNow has returned a task of Map, and it is not called,
// the loop waits until ctx ends.
//
// Map synchronizes before each call of f, and the end of the call before the loop
// has its result. Map panics if ctx, p, in or f is nil.
func Map[T, R any](ctx context.Context, p Pool, in iter.Seq[T], f func(ctx context.Context, value T) (R, error)) iter.Seq2[R, error] {
	check.Context("workerpool: Map", ctx)
	check.Pool("workerpool: Map", p)
	if in == nil {
		panic("workerpool: Map: in is nil")
	}
	if f == nil {
		panic("workerpool: Map: f is nil")
	}
	return func(yield func(R, error) bool) {
		s := p.Stats()
		m := &mapping[T, R]{pool: p, f: f, limit: s.Size + s.Capacity}
		m.failed.Store(math.MaxUint64)
		var cancel context.CancelFunc
		m.ctx, cancel = context.WithCancel(ctx)
		defer m.finish(cancel)
		m.run(in, yield)
	}
}

// A mapping is one loop. Only its own goroutine uses it. The calls of f use only ctx,
// f and failed.
type mapping[T, R any] struct {
	pool Pool
	ctx  context.Context
	f    func(ctx context.Context, value T) (R, error)

	calls  fifo.Queue[*mapCall[T, R]] // those that were accepted and not yet yielded
	limit  int                        // how many these may be
	given  uint64                     // how many have been accepted since the loop began
	failed step.Uint64                // the index of the first value for which f has failed so far
	none   R
}

// A mapCall is a Result whose function is f for one value.
type mapCall[T, R any] struct {
	contextCall[R]
	mapping *mapping[T, R]
	index   uint64
	value   T
}

// run yields until everything is yielded, or an error was yielded, or yield
// returns false.
func (m *mapping[T, R]) run(in iter.Seq[T], yield func(R, error) bool) {
	for value := range in {
		if m.calls.Len() == m.limit && !m.yieldNext(yield) {
			return
		}
		if m.failed.Load() != math.MaxUint64 {
			break
		}
		if err := m.give(value); err != nil {
			if m.yieldAll(yield) {
				yield(m.none, err)
			}
			return
		}
		for m.calls.Len() > 0 && m.calls.Front().hasEnded() {
			if !m.yieldNext(yield) {
				return
			}
		}
	}
	m.yieldAll(yield)
}

// give submits the call of f for value.
func (m *mapping[T, R]) give(value T) error {
	c := &mapCall[T, R]{mapping: m, index: m.given, value: value}
	c.made, c.code = true, origin.Code(m.f)
	c.f = c.call
	c.submission.Context = m.ctx
	if err := m.pool.SubmitContext(&c.submission, origin.Task(&c.contextCall)); err != nil {
		return err
	}
	m.calls.Push(c)
	m.given++
	return nil
}

// yieldNext yields the result of the oldest call. It returns false if the loop must
// end.
func (m *mapping[T, R]) yieldNext(yield func(R, error) bool) bool {
	r, err := m.calls.Front().Wait(m.ctx)
	if err != nil {
		yield(m.none, err)
		return false
	}
	m.calls.Pop()
	return yield(r, nil)
}

// yieldAll yields the results of all accepted calls. It returns false if the loop
// must end.
func (m *mapping[T, R]) yieldAll(yield func(R, error) bool) bool {
	for m.calls.Len() > 0 {
		if !m.yieldNext(yield) {
			return false
		}
	}
	return true
}

// finish ends the context, keeps the calls that have not begun from beginning, and
// waits for the others.
func (m *mapping[T, R]) finish(cancel context.CancelFunc) {
	cancel()
	for m.calls.Len() > 0 {
		if c := m.calls.Pop(); !c.claim() {
			<-c.Done()
		}
	}
}

// call calls f, unless it has failed for a value before this one.
func (c *mapCall[T, R]) call(ctx context.Context) (r R, err error) {
	m := c.mapping
	if m.failed.Load() < c.index {
		return r, context.Canceled // never yielded: the failure comes first
	}
	failed := true
	defer func() {
		if failed {
			m.fail(c.index)
		}
	}()
	r, err = m.f(ctx, c.value)
	failed = err != nil
	return r, err
}

// fail records that f has failed for the value with this index.
func (m *mapping[T, R]) fail(index uint64) {
	for first := m.failed.Load(); index < first; first = m.failed.Load() {
		if m.failed.CompareAndSwap(first, index) {
			return
		}
	}
}
