//go:build modelcheck

package step

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A Context is a context for a run, because package context starts goroutines
// and takes locks that a run does not see. The zero Context has not ended.
//
// It ends as a context of package context does, which holds a mutex during
// that: first Err and Done show the end, then the functions given to AfterFunc
// are started, one by one and in any order. Between two of these steps a stop
// may still be in time. Cause, AfterFunc and the end of a stop wait for the
// mutex.
type Context struct {
	object explore.Object
	ending bool // the mutex of package context is held
	calls  []*call

	guard sync.Mutex // guards the fields below, outside a run
	done  chan struct{}
	err   error
	cause error
}

// A call is a call of AfterFunc.
type call struct{ f func() }

// Cancel ends the context with the error and the cause [context.Canceled].
func (c *Context) Cancel() { c.end(context.Canceled, context.Canceled, "Cancel") }

// CancelCause ends the context with the error [context.Canceled] and this cause.
func (c *Context) CancelCause(cause error) { c.end(context.Canceled, cause, "CancelCause") }

// Expire ends the context as a deadline does.
func (c *Context) Expire() {
	c.end(context.DeadlineExceeded, context.DeadlineExceeded, "Expire")
}

func (c *Context) end(err, cause error, how string) {
	r := c.lock()
	if !c.show(err, cause) {
		r.Did(&c.object, explore.Read, how+", again")
		return
	}
	c.ending = len(c.calls) > 0
	r.Did(&c.object, explore.Change, how)
	for c.ending {
		r := explore.Before(&c.object)
		if n := len(c.calls); n > 0 { // none was stopped in the meantime
			i := r.Choose(n)
			f := c.calls[i].f
			c.calls = slices.Delete(c.calls, i, i+1)
			Go(f)
		}
		c.ending = len(c.calls) > 0
		r.Did(&c.object, explore.Order, how+" starts what AfterFunc was given")
	}
}

// lock waits until the mutex is free and the caller has a turn, and returns the
// run, if there is one. The caller then makes one step, with or without the mutex.
func (c *Context) lock() *explore.Run {
	if explore.RunOf(&c.object) == nil {
		return nil
	}
	return explore.BeforeWhen(&c.object, func() bool { return !c.ending })
}

// show makes the end visible, and reports whether the context had not ended
// before.
func (c *Context) show(err, cause error) (first bool) {
	c.guard.Lock()
	defer c.guard.Unlock()
	if c.err != nil {
		return false
	}
	c.err, c.cause = err, cause
	if c.done == nil {
		c.done = make(chan struct{})
	}
	close(c.done)
	return true
}

// ended returns the error and the cause. It is no step.
func (c *Context) ended() (err, cause error) {
	c.guard.Lock()
	defer c.guard.Unlock()
	return c.err, c.cause
}

// Ended reports whether the context has ended. It is no step.
func (c *Context) Ended() bool {
	err, _ := c.ended()
	return err != nil
}

// Done returns a channel that is closed when the context ends. A goroutine of a
// run must not wait for it, because that would block the whole run. It uses
// WaitContext of a Latch.
func (c *Context) Done() <-chan struct{} {
	c.guard.Lock()
	defer c.guard.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
	}
	return c.done
}

func (c *Context) Err() error {
	r := explore.Before(&c.object)
	err, _ := c.ended()
	r.Did(&c.object, explore.Read, "Err")
	return err
}

func (*Context) Deadline() (at time.Time, ok bool) { return at, false }
func (*Context) Value(any) any                     { return nil }

// Cause is what package context's Cause would return if it knew this type.
func (c *Context) Cause() error {
	r := c.lock()
	_, cause := c.ended()
	r.Did(&c.object, explore.Read, "Cause")
	return cause
}

// AfterFunc works as in package context. In a run ctx must be a [Context], or
// one that cannot end.
func AfterFunc(ctx context.Context, f func()) (stop func() bool) {
	r := explore.Current()
	if r == nil {
		return context.AfterFunc(ctx, f)
	}
	return ofRun(r, ctx).afterFunc(f)
}

// afterFunc is AfterFunc in a run.
func (c *Context) afterFunc(f func()) (stop func() bool) {
	r := c.lock()
	mine := &call{f}
	if c.Ended() {
		Go(f)
	} else {
		c.calls = append(c.calls, mine)
	}
	r.Did(&c.object, explore.Order, "AfterFunc")
	return func() (stopped bool) {
		r := explore.Before(&c.object)
		before := len(c.calls)
		c.calls = slices.DeleteFunc(c.calls, func(other *call) bool { return other == mine })
		stopped = len(c.calls) < before
		r.Did(&c.object, explore.Order, "stop")
		if stopped && c.ending {
			r := c.lock()
			r.Did(&c.object, explore.Read, "stop, done")
		}
		return stopped
	}
}

// ofRun returns ctx as a context for the run r.
func ofRun(r *explore.Run, ctx context.Context) *Context {
	c, ok := ctx.(*Context)
	switch {
	case ok:
	case ctx.Done() == nil:
		c = new(Context) // one that never ends
	default:
		r.Failf("step: in a run a context must be a *step.Context, or have no Done channel: this is a %T", ctx)
	}
	return c
}
