//go:build modelcheck

package step

import (
	"time"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A Timer is a time.Timer made by AfterTime. A run has no clock: its timers go
// off sooner or later, and that may be at any step, in any order.
type Timer struct {
	C <-chan time.Time // nil, as that of every timer with a function

	object explore.Object
	f      func()      // nil in a timer that was made outside a run
	active bool        // has neither gone off nor been stopped
	outer  *time.Timer // if made outside a run
}

// AfterTime is AfterFunc of package time.
func AfterTime(d time.Duration, f func()) *Timer {
	if explore.Current() == nil {
		return &Timer{outer: time.AfterFunc(d, f)}
	}
	t := &Timer{f: f}
	t.start()
	return t
}

// start makes the timer of a run active. If it was reset, several goroutines are
// there to let it go off, and the first one does: at any step, as there is no clock.
func (t *Timer) start() {
	t.active = true
	Go(func() {
		r := explore.Before(&t.object)
		due := t.active
		t.active = false
		r.Did(&t.object, effect(due), "goes off")
		if due {
			t.f()
		}
	})
}

// Stop is that of a time.Timer.
func (t *Timer) Stop() (active bool) {
	if t.f == nil {
		return t.timer().Stop()
	}
	r := explore.Before(&t.object)
	active = t.active
	t.active = false
	r.Did(&t.object, effect(active), "Stop")
	return active
}

// Reset is that of a time.Timer.
func (t *Timer) Reset(d time.Duration) (active bool) {
	if t.f == nil {
		return t.timer().Reset(d)
	}
	r := explore.Before(&t.object)
	active = t.active
	t.start()
	r.Did(&t.object, explore.Change, "Reset")
	return active
}

// timer returns the timer of package time. That of a zero Timer is zero too.
func (t *Timer) timer() *time.Timer {
	if t.outer == nil {
		return new(time.Timer)
	}
	return t.outer
}
