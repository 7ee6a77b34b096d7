//go:build modelcheck

package step

import (
	"time"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A Timer is a time.Timer made by AfterTime. A run has no clock: its timers go
// off sooner or later, and that may be at any step, in any order.
type Timer struct {
	object explore.Object
	over   bool // has gone off, or was stopped
	real   *time.Timer
}

// AfterTime is AfterFunc of package time.
func AfterTime(d time.Duration, f func()) *Timer {
	if explore.Current() == nil {
		return &Timer{real: time.AfterFunc(d, f)}
	}
	t := new(Timer)
	Go(func() {
		if t.end("goes off") {
			f()
		}
	})
	return t
}

// Stop is that of a time.Timer.
func (t *Timer) Stop() bool {
	if t.real != nil {
		return t.real.Stop()
	}
	return t.end("Stop")
}

// end ends the timer, and reports whether nobody has done so before.
func (t *Timer) end(how string) (first bool) {
	r := explore.Before(&t.object)
	first = !t.over
	t.over = true
	r.Did(&t.object, effect(first), how)
	return first
}
