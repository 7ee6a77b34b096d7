package mpmc_test

import (
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

// A step is an operation on the plain queue, with its result.
type step struct {
	kind    kind
	value   int // of a push, and of a pop that is OK
	outcome mpmc.Outcome
	first   bool // this Close was the first
	length  int  // of a run: the values pushed are value, value+1 and so on
}

type kind string

const (
	push    kind = "push"    // takes a slot, if it is OK
	run     kind = "run"     // takes slots for some values, with no other value between them
	publish kind = "publish" // fills it
	pop     kind = "pop"
	peek    kind = "peek"
	closing kind = "close"
)

// contents is the state of the plain queue. It is comparable, because porcupine
// requires that.
type contents struct {
	held   int
	slots  [mostCapacity]slot
	closed bool
}

type slot struct {
	value  int
	filled bool
}

const mostCapacity = 5

// oldest returns what a pop finds.
func (c *contents) oldest() mpmc.Outcome {
	switch {
	case c.held > 0 && c.slots[0].filled:
		return mpmc.OK
	case c.held > 0:
		return mpmc.Pending
	case c.closed:
		return mpmc.Drained
	}
	return mpmc.Empty
}

// take does s with a plain queue of the given capacity, and reports whether the
// result is right.
func (c *contents) take(s step, capacity int) bool {
	switch s.kind {
	case push:
		switch {
		case c.closed:
			return s.outcome == mpmc.Closed
		case c.held == capacity:
			return s.outcome == mpmc.Full
		}
		c.slots[c.held] = slot{value: s.value}
		c.held++
		return s.outcome == mpmc.OK
	case run:
		switch {
		case c.closed:
			return s.outcome == mpmc.Closed
		case c.held == capacity:
			return s.outcome == mpmc.Full
		case s.outcome != mpmc.OK || s.length < 1 || c.held+s.length > capacity:
			return false
		}
		for i := range s.length {
			c.slots[c.held] = slot{value: s.value + i}
			c.held++
		}
		return true
	case publish:
		at := slices.Index(c.slots[:c.held], slot{value: s.value})
		if at < 0 {
			return false // its slot is not yet taken
		}
		c.slots[at].filled = true
		return true
	case peek:
		return s.outcome == c.oldest()
	case pop:
		if s.outcome != c.oldest() {
			return false
		}
		if s.outcome != mpmc.OK {
			return true
		}
		value := c.slots[0].value
		copy(c.slots[:], c.slots[1:])
		c.held--
		c.slots[c.held] = slot{}
		return s.value == value
	case closing:
		first := !c.closed
		c.closed = true
		return s.first == first
	}
	panic("no such step: " + s.kind)
}

// judge returns porcupine's result for a history of a queue of that capacity.
// Most histories take some microseconds; the time limit is far longer.
func judge(history []porcupine.Operation, capacity int) porcupine.CheckResult {
	return porcupine.CheckOperationsTimeout(porcupine.Model{
		Init: func() any { return contents{} },
		Step: func(before, input, _ any) (bool, any) {
			c := before.(contents)
			ok := c.take(input.(step), capacity)
			return ok, c
		},
	}, history, time.Minute)
}
