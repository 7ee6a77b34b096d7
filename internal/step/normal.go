//go:build !modelcheck

package step

import (
	"context"
	"runtime"
	"sync"
	stdatomic "sync/atomic"
	"time"
	"unsafe"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/await"
)

// A Uint64 is atomic.Uint64 of go.uber.org/atomic with two additions. It is
// always aligned to 8 bytes, also on 32-bit machines, where an atomic access to a
// misaligned word panics. And go vet reports copies of it. Both come from a field
// of size 0 whose type, of sync/atomic, the compiler and vet know.
type Uint64 struct {
	_ [0]stdatomic.Uint64
	atomic.Uint64
}

var (
	_ [0]struct{} = [unsafe.Alignof(Uint64{}) % 8]struct{}{}
	_ [0]struct{} = [unsafe.Sizeof(Uint64{}) - unsafe.Sizeof(atomic.Uint64{})]struct{}{}
)

type (
	Uint32         = atomic.Uint32
	Int32          = atomic.Int32
	Bool           = atomic.Bool
	Pointer[T any] = atomic.Pointer[T]

	Mutex = sync.Mutex
	Cond  = sync.Cond
	Pool  = sync.Pool

	Timer = time.Timer
)

// The packages that use these types do not import go.uber.org/atomic. So the
// compiler inlines a method there only if it has already inlined it here. That
// is why this function, which is never called, calls each short method that is
// used. Without it every atomic operation of the ring would be a call.
var _ = func(u *Uint64, v *Uint32, i *Int32, b *Bool, p *Pointer[int], m *Mutex) {
	m.Lock()
	u.Store(u.Load() + u.Add(1) + u.Sub(1) + u.Inc() + u.Dec())
	v.Store(v.Load() + v.Add(1) + v.Sub(1) + v.Inc() + v.Dec())
	i.Store(i.Load() + i.Add(1) + i.Sub(1) + i.Inc() + i.Dec())
	b.Store(b.Load() == u.CompareAndSwap(0, 1) == v.CompareAndSwap(0, 1) == i.CompareAndSwap(0, 1))
	if v := p.Load(); p.CompareAndSwap(v, v) {
		p.Store(v)
	}
	m.Unlock()
}

// A Latch is opened once. Until then all calls of Wait block. Open synchronizes
// before the return of Wait.
type Latch chan struct{}

// NewLatch returns a latch that is not yet open.
func NewLatch() Latch { return make(Latch) }

// Open opens the latch. It must be called only once.
func (l Latch) Open() { close(l) }

// Wait returns when the latch is open.
func (l Latch) Wait() { <-l }

// WaitContext returns nil when the latch is open, or await.Cause of ctx if ctx
// ends first.
func (l Latch) WaitContext(ctx context.Context) error { return await.Done(ctx, l) }

// Go runs f on a new goroutine.
func Go(f func()) { go f() }

// AfterFunc is that of package context.
func AfterFunc(ctx context.Context, f func()) (stop func() bool) {
	return context.AfterFunc(ctx, f)
}

// AfterTime is AfterFunc of package time.
func AfterTime(d time.Duration, f func()) *Timer { return time.AfterFunc(d, f) }

// Spin does nothing for about a microsecond. It is called by a goroutine whose
// CAS of a word has failed. If two cores change a word in turn, its cache line
// moves between them for each change, and both are slow. If one of them pauses
// while the other makes some dozens of changes, the line stays with that one, and
// together they are faster.
func Spin() {
	for range 2000 {
	}
}

// Relax is called in a loop that waits until another goroutine has executed its
// next few instructions. attempt counts the calls in one loop, from 0. If the
// loop takes longer than a moment, the operating system has stopped that
// goroutine's thread, and Relax lets other goroutines run.
func Relax(attempt int) {
	if attempt >= 16 {
		runtime.Gosched()
	}
}
