//go:build modelcheck

package step

import (
	"context"
	"sync"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/explore"
)

// A Mutex is a sync.Mutex. In a run, unlocking needs no turn of its own: another
// goroutine either waits for the mutex, or could have made its step just before
// the last step of the one that unlocks.
type Mutex struct {
	object explore.Object
	held   bool
	real   sync.Mutex
}

func (m *Mutex) Lock() {
	if explore.RunOf(&m.object) == nil {
		m.real.Lock()
		return
	}
	r := explore.BeforeWhen(&m.object, func() bool { return !m.held })
	m.held = true
	r.Did(&m.object, explore.Order, "Lock")
}

func (m *Mutex) TryLock() (locked bool) {
	r := explore.Before(&m.object)
	if r == nil {
		return m.real.TryLock()
	}
	if m.held {
		r.Did(&m.object, explore.Read, "TryLock failed")
		return false
	}
	m.held = true
	r.Did(&m.object, explore.Order, "TryLock")
	return true
}

func (m *Mutex) Unlock() {
	r := explore.RunOf(&m.object)
	if r == nil {
		m.real.Unlock()
		return
	}
	if !m.held {
		r.Failf("unlock of unlocked mutex")
	}
	m.held = false
	r.Did(&m.object, explore.Order, "Unlock")
}

// A Cond is a sync.Cond. In a run it does what the runtime does (notifyListAdd,
// notifyListWait and notifyListNotifyOne in runtime/sema.go). Wait draws a
// ticket with a number, unlocks, and sleeps until the number is called. Signal
// calls the next number, if a ticket with it was drawn, whether or not the
// goroutine that drew it sleeps already.
type Cond struct {
	L sync.Locker

	object explore.Object
	drawn  uint64
	called uint64

	once sync.Once
	real sync.Cond
}

// cond returns the Cond that is used outside a run.
func (c *Cond) cond() *sync.Cond {
	c.once.Do(func() { c.real.L = c.L })
	return &c.real
}

func (c *Cond) Wait() {
	r := explore.Before(&c.object)
	if r == nil {
		c.cond().Wait()
		return
	}
	ticket := c.drawn
	c.drawn++
	r.Did(&c.object, explore.Order, "Wait, ticket", ticket)
	c.L.Unlock()
	explore.BeforeWhen(&c.object, func() bool { return c.called > ticket })
	r.Did(&c.object, explore.Read, "Wait, called", ticket)
	c.L.Lock()
}

func (c *Cond) Signal() {
	r := explore.Before(&c.object)
	switch {
	case r == nil:
		c.cond().Signal()
	case c.called == c.drawn:
		r.Did(&c.object, explore.Read, "Signal without a waiter")
	default:
		c.called++
		r.Did(&c.object, explore.Change, "Signal, to ticket", c.called-1)
	}
}

func (c *Cond) Broadcast() {
	r := explore.Before(&c.object)
	if r == nil {
		c.cond().Broadcast()
		return
	}
	c.called = c.drawn
	r.Did(&c.object, explore.Change, "Broadcast, up to ticket", c.called)
}

// A Latch works as in the normal build.
type Latch struct{ *latch }

type latch struct {
	object explore.Object
	open   bool
	real   chan struct{}
}

func NewLatch() Latch { return Latch{&latch{real: make(chan struct{})}} }

// never is used for a zero Latch. Like a nil channel, it panics in Open and
// blocks in Wait.
var never latch

func (l Latch) get() *latch {
	if l.latch == nil {
		return &never
	}
	return l.latch
}

func (l Latch) Open() {
	it := l.get()
	r := explore.Before(&it.object)
	close(it.real) // panics if it is open
	it.open = true
	r.Did(&it.object, explore.Change, "Open")
}

func (l Latch) Wait() {
	it := l.get()
	if explore.RunOf(&it.object) == nil {
		<-it.real
		return
	}
	r := explore.BeforeWhen(&it.object, func() bool { return it.open })
	<-it.real
	r.Did(&it.object, explore.Read, "passed")
}

// WaitContext works as in the normal build. In a run ctx must be a [Context], or
// one that cannot end. If the latch is open and ctx has ended after the first
// look, it may return for either reason, as a select does.
func (l Latch) WaitContext(ctx context.Context) error {
	it := l.get()
	if explore.RunOf(&it.object) == nil {
		return it.wait(ctx)
	}
	r := explore.Before(&it.object)
	open := it.open
	r.Did(&it.object, explore.Read, "first look")
	if open {
		return nil
	}
	c := ofRun(r, ctx)
	explore.BeforeWhen(&it.object, func() bool { return it.open || c.Ended() })
	passes := it.open
	if passes && c.Ended() {
		passes = r.Choose(2) == 0
	}
	if passes {
		r.Did(&it.object, explore.Read, "passed")
		return nil
	}
	r.Did(&c.object, explore.Read, "given up")
	return await.Cause(c)
}

// wait is WaitContext outside a run.
func (l *latch) wait(ctx context.Context) error { return await.Done(ctx, l.real) }
