//go:build modelcheck

package step

import (
	"context"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A Chan works as in the normal build. In a run it does what a channel does in the runtime
// (chansend, chanrecv and closechan in runtime/chan.go). A goroutine that can't go on waits
// in a queue, first come, first served. If a receiver waits, a value goes to it directly.
// When a receiver makes room, the value of the sender that has waited longest takes it.
type Chan[T any] = *channel[T]

type channel[T any] struct {
	object explore.Object

	// The queued values. Outside a run this is the whole channel. In a run no
	// goroutine blocks on it.
	values chan T

	// In a run.
	closed    bool
	receivers []*receiver[T] // that wait
	senders   []*sender[T]   // that wait, and some that have left
}

// A receiver is a call of Receive that waits.
type receiver[T any] struct {
	value    T
	ok       bool
	released bool // has a value, or the channel is closed
}

// A sender is a call of SendOr that waits.
type sender[T any] struct {
	value    T
	latch    *latch
	ctx      *Context
	released bool // has sent, or the channel is closed
}

func NewChan[T any](capacity int) Chan[T] { return &channel[T]{values: make(chan T, capacity)} }

// get returns c, or for a nil c a channel that works like a nil channel.
func (c *channel[T]) get() *channel[T] {
	if c == nil {
		return new(channel[T])
	}
	return c
}

func (c *channel[T]) Receive() (v T, ok bool) {
	c = c.get()
	r := explore.Before(&c.object)
	if r == nil {
		v, ok = <-c.values
		return v, ok
	}
	if len(c.values) > 0 || c.closed {
		v, ok = <-c.values
		if next := c.nextSender(r); next != nil {
			next.released = true
			c.values <- next.value
		}
		r.Did(&c.object, effect(ok), "Receive, leaves", uint64(len(c.values)))
		return v, ok
	}
	if next := c.nextSender(r); next != nil { // the channel has no room for values
		next.released = true
		r.Did(&c.object, explore.Change, "Receive from a sender")
		return next.value, true
	}
	waits := new(receiver[T])
	c.receivers = append(c.receivers, waits)
	r.Did(&c.object, explore.Change, "Receive waits")
	explore.BeforeWhen(&c.object, func() bool { return waits.released })
	r.Did(&c.object, explore.Read, "Receive has waited")
	return waits.value, waits.ok
}

func (c *channel[T]) TrySend(v T) (sent bool) {
	c = c.get()
	r := explore.Before(&c.object)
	switch {
	case r == nil:
		select {
		case c.values <- v:
			return true
		default:
			return false
		}
	case c.sends():
		c.send(r, v)
		return true
	default:
		r.Did(&c.object, explore.Read, "TrySend failed")
		return false
	}
}

// SendOr works as in the normal build. In a run ctx must be a [Context], or one
// that cannot end. If the latch opens and ctx ends while the caller waits, SendOr
// may return for either reason, whichever came first.
func (c *channel[T]) SendOr(v T, latch Latch, ctx context.Context) Case {
	c = c.get()
	r := explore.Before(&c.object)
	if r == nil {
		select {
		case c.values <- v:
			return Sent
		case <-latch.get().real:
			return Opened
		case <-ctx.Done():
			return Ended
		}
	}
	s := &sender[T]{value: v, latch: latch.get(), ctx: ofRun(r, ctx)}
	if taken, ok := s.choose(r, c.sends()); ok {
		if taken == Sent {
			c.send(r, v)
		} else {
			r.Did(&c.object, explore.Read, "SendOr does not send")
		}
		return taken
	}
	c.senders = append(c.senders, s)
	r.Did(&c.object, explore.Change, "SendOr waits")
	explore.BeforeWhen(&c.object, func() bool { return s.released || s.left() })
	if s.released {
		r.Did(&c.object, explore.Read, "SendOr has waited")
		if c.closed {
			c.values <- v // panics
		}
		return Sent
	}
	taken, _ := s.choose(r, false)
	r.Did(&c.object, explore.Read, "SendOr has waited, and leaves")
	return taken
}

// choose chooses among the cases that are ready.
func (s *sender[T]) choose(r *explore.Run, sends bool) (taken Case, ok bool) {
	r.Saw(&s.latch.object)
	r.Saw(&s.ctx.object)
	var ready []Case
	if sends {
		ready = append(ready, Sent)
	}
	if s.latch.open {
		ready = append(ready, Opened)
	}
	if s.ctx.Ended() {
		ready = append(ready, Ended)
	}
	if len(ready) == 0 {
		return 0, false
	}
	return ready[r.Choose(len(ready))], true
}

// sends reports whether a send would not wait: there is a receiver or room, or
// the send panics.
func (c *channel[T]) sends() bool {
	return c.closed || len(c.receivers) > 0 || len(c.values) < cap(c.values)
}

// send sends v. It is called only if sends returns true.
func (c *channel[T]) send(r *explore.Run, v T) {
	switch {
	case c.closed:
		r.Did(&c.object, explore.Read, "send on a closed channel")
		c.values <- v // panics
	case len(c.receivers) > 0:
		waits := c.receivers[0]
		c.receivers = c.receivers[1:]
		waits.value, waits.ok, waits.released = v, true, true
		r.Did(&c.object, explore.Change, "send to a receiver")
	default:
		c.values <- v
		r.Did(&c.object, explore.Change, "send, the queue has", uint64(len(c.values)))
	}
}

// nextSender removes the first sender that still waits from the queue and returns
// it, or nil if there is none.
func (c *channel[T]) nextSender(r *explore.Run) *sender[T] {
	for len(c.senders) > 0 {
		first := c.senders[0]
		c.senders = c.senders[1:]
		r.Saw(&first.latch.object)
		r.Saw(&first.ctx.object)
		if !first.left() {
			return first
		}
	}
	return nil
}

// left reports whether the sender has another reason to return. It had none when it
// began to wait, so it will not send, even if it has not had a turn since.
func (s *sender[T]) left() bool { return s.latch.open || s.ctx.Ended() }

func (c *channel[T]) Close() {
	c = c.get()
	r := explore.Before(&c.object)
	close(c.values) // panics if it is nil or closed
	if r == nil {
		return
	}
	c.closed = true
	for _, waits := range c.receivers {
		waits.released = true
	}
	c.receivers = nil
	for next := c.nextSender(r); next != nil; next = c.nextSender(r) {
		next.released = true // it will panic
	}
	r.Did(&c.object, explore.Change, "Close")
}

func (c *channel[T]) Len() int {
	c = c.get()
	r := explore.Before(&c.object)
	n := len(c.values)
	r.Did(&c.object, explore.Read, "Len", uint64(n))
	return n
}

func (c *channel[T]) Cap() int { return cap(c.get().values) }
