//go:build modelcheck

package step

import (
	"time"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A Timer is a time.Timer made by AfterTime. A run has no clock: its timers go
// off at any step and in any order.
type Timer struct {
	C <-chan time.Time // nil, as in every timer with a function

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

// start makes the timer of a run active. After a Reset there are several goroutines
// that can make it go off, and the first one does.
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

// Stop works as in a time.Timer.
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

// Reset works as in a time.Timer.
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

// timer returns the timer of package time: a zero one if t is zero.
func (t *Timer) timer() *time.Timer {
	if t.outer == nil {
		return new(time.Timer)
	}
	return t.outer
}
