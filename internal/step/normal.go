//go:build !modelcheck

package step

import (
	"context"
	"runtime"
	"sync"
	"time"

	"go.uber.org/atomic"
)

type (
	Uint64         = atomic.Uint64
	Uint32         = atomic.Uint32
	Int32          = atomic.Int32
	Bool           = atomic.Bool
	Pointer[T any] = atomic.Pointer[T]

	Mutex = sync.Mutex
	Cond  = sync.Cond
	Pool  = sync.Pool

	Timer = time.Timer
)

// The compiler inlines a method into a package that does not import the method's
// own package only if it has inlined the method on the way, here. So this
// function, which nobody calls, calls each method that somebody needs and that
// is short enough. Without it every atomic operation of the ring is a call.
var _ = func(u *Uint64, v *Uint32, i *Int32, b *Bool, p *Pointer[int], m *Mutex) {
	m.Lock()
	u.Store(u.Load() + u.Add(1) + u.Sub(1) + u.Inc() + u.Dec())
	v.Store(v.Load() + v.Add(1) + v.Sub(1) + v.Inc() + v.Dec())
	i.Store(i.Load() + i.Add(1) + i.Sub(1) + i.Inc() + i.Dec())
	b.Store(b.Load() == u.CompareAndSwap(0, 1) == v.CompareAndSwap(0, 1) == i.CompareAndSwap(0, 1))
	p.Store(p.Load())
	m.Unlock()
}

// A Latch is opened once, and until then lets nobody pass. What came before
// Open synchronizes before the return of Wait.
type Latch chan struct{}

// NewLatch returns a latch that is not yet open.
func NewLatch() Latch { return make(Latch) }

// Open lets everybody pass, from now on. It must be called only once.
func (l Latch) Open() { close(l) }

// Wait returns when the latch is open.
func (l Latch) Wait() { <-l }

// WaitContext returns nil when the latch is open, and the cause of ctx's end if
// that comes first.
func (l Latch) WaitContext(ctx context.Context) error {
	select {
	case <-l:
		return nil
	default:
	}
	select {
	case <-l:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Go runs f on a new goroutine.
func Go(f func()) { go f() }

// AfterFunc is that of package context.
func AfterFunc(ctx context.Context, f func()) (stop func() bool) {
	return context.AfterFunc(ctx, f)
}

// Cause is that of package context.
func Cause(ctx context.Context) error { return context.Cause(ctx) }

// AfterTime is AfterFunc of package time.
func AfterTime(d time.Duration, f func()) *Timer { return time.AfterFunc(d, f) }

// Relax passes the time until another goroutine's next few instructions are
// done; attempt counts the calls for one such wait, from 0. If they are not
// done at once, then the operating system has stopped that goroutine's thread,
// and the processor is better given to somebody else.
func Relax(attempt int) {
	if attempt >= 16 {
		runtime.Gosched()
	}
}
