//go:build modelcheck

package step

import (
	"context"
	"slices"
	"time"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A Context is a context for a run, which somebody can cancel. Package context
// starts goroutines and takes locks that a run knows nothing of.
type Context struct {
	object explore.Object
	ended  bool
	calls  []*call
}

// A call is one of AfterFunc.
type call struct{ f func() }

// Cancel ends the context: one step. Then it starts what AfterFunc was given.
func (c *Context) Cancel() {
	r := explore.Before(&c.object)
	c.ended = true
	calls := c.calls
	c.calls = nil
	r.Did(&c.object, explore.Change, "Cancel")
	for _, call := range calls {
		Go(call.f)
	}
}

// Ended reports whether the context has been cancelled, and is no step.
func (c *Context) Ended() bool { return c.ended }

// Done returns a channel for those who ask only whether there is one.
func (c *Context) Done() <-chan struct{} { return make(chan struct{}) }

func (c *Context) Err() error {
	r := explore.Before(&c.object)
	r.Did(&c.object, explore.Read, "Err")
	if c.ended {
		return context.Canceled
	}
	return nil
}

func (*Context) Deadline() (at time.Time, ok bool) { return at, false }
func (*Context) Value(any) any                     { return nil }

// afterFunc is AfterFunc in a run.
func (c *Context) afterFunc(f func()) (stop func() bool) {
	r := explore.Before(&c.object)
	mine := &call{f}
	if !c.ended {
		c.calls = append(c.calls, mine)
	}
	ended := c.ended
	r.Did(&c.object, explore.Order, "AfterFunc")
	if ended {
		Go(f)
	}
	return func() (stopped bool) {
		r := explore.Before(&c.object)
		before := len(c.calls)
		c.calls = slices.DeleteFunc(c.calls, func(other *call) bool { return other == mine })
		stopped = len(c.calls) < before
		r.Did(&c.object, explore.Order, "stop")
		return stopped
	}
}

// AfterFunc is that of package context. In a run ctx must be a [Context].
func AfterFunc(ctx context.Context, f func()) (stop func() bool) {
	if explore.Current() == nil {
		return context.AfterFunc(ctx, f)
	}
	return ctx.(*Context).afterFunc(f)
}
