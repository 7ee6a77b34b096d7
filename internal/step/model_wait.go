//go:build modelcheck

package step

import (
	"context"
	"sync"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A Mutex is a sync.Mutex. In a run, unlocking needs no turn: whatever another
// goroutine could do just before it, it could have done before the step that
// came last, or waits for the mutex.
type Mutex struct {
	object explore.Object
	held   bool
	real   sync.Mutex
}

func (m *Mutex) Lock() {
	r := explore.BeforeWhen(&m.object, func() bool { return !m.held })
	if r == nil {
		m.real.Lock()
		return
	}
	m.held = true
	r.Did(&m.object, explore.Order, "Lock")
}

func (m *Mutex) Unlock() {
	r := explore.Current()
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

// A Cond is a sync.Cond. In a run it does what that one does in the runtime
// (notifyListAdd, notifyListWait and notifyListNotifyOne in runtime/sema.go): a
// Wait draws a ticket, unlocks, and sleeps until the ticket's number is called;
// a Signal calls the next number, if one has been drawn that was not called,
// whether its holder sleeps already or not.
type Cond struct {
	sync.Cond // for L, and for the world outside
	object    explore.Object
	drawn     uint64
	called    uint64
}

func (c *Cond) Wait() {
	r := explore.Before(&c.object)
	if r == nil {
		c.Cond.Wait()
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
		c.Cond.Signal()
	case c.called == c.drawn:
		r.Did(&c.object, explore.Read, "Signal, to nobody")
	default:
		c.called++
		r.Did(&c.object, explore.Change, "Signal, to ticket", c.called-1)
	}
}

func (c *Cond) Broadcast() {
	r := explore.Before(&c.object)
	if r == nil {
		c.Cond.Broadcast()
		return
	}
	c.called = c.drawn
	r.Did(&c.object, explore.Change, "Broadcast, up to ticket", c.called)
}

// A Latch is that of the normal build.
type Latch struct{ *latch }

type latch struct {
	object explore.Object
	open   bool
	real   chan struct{}
}

func NewLatch() Latch { return Latch{&latch{real: make(chan struct{})}} }

func (l Latch) Open() {
	r := explore.Before(&l.object)
	close(l.real) // panics if that has been done
	l.open = true
	r.Did(&l.object, explore.Change, "Open")
}

func (l Latch) Wait() {
	r := explore.BeforeWhen(&l.object, func() bool { return l.open })
	<-l.real
	r.Did(&l.object, explore.Read, "passed")
}

// WaitContext is that of the normal build. In a run ctx must be a [Context].
func (l Latch) WaitContext(ctx context.Context) error {
	if explore.Current() == nil {
		select {
		case <-l.real:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	r := explore.BeforeWhen(&l.object, func() bool { return l.open || ctx.(*Context).ended })
	if l.open {
		r.Did(&l.object, explore.Read, "passed")
		return nil
	}
	r.Did(&l.object, explore.Read, "given up")
	return ctx.Err()
}
