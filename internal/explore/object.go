package explore

import (
	"runtime"
	"unsafe"
)

// An Object is what a run has to know of something that several goroutines use,
// such as an atomic word or a mutex. It is embedded there. The zero Object is
// ready for use.
type Object struct {
	past uint64 // of its last change; see fingerprint.go
}

// An Effect says what a step did to its object.
type Effect uint8

const (
	Read   Effect = iota // nothing
	Order                // its place among the other steps matters, as for the taking of a mutex
	Change               // the object now holds something different
)

// Current returns the run under way if the caller takes part in one, and nil
// otherwise.
func Current() *Run {
	r := running.Load()
	if r == nil || r.observing {
		return nil
	}
	return r
}

// RunOf returns the run in which an operation on o is a step. It returns nil if
// no run is under way or the run ignores o. Then o has to work as it does outside
// a run.
func RunOf(o *Object) *Run {
	if r := Current(); r != nil && !r.ignores(o) {
		return r
	}
	return nil
}

// Before is called before each step. It returns RunOf(o) when it is the caller's
// turn to make the step.
func Before(o *Object) *Run { return BeforeWhen(o, nil) }

// BeforeWhen is Before for a step that can be made only when ready returns true.
// Until then the caller has no turn.
func BeforeWhen(o *Object, ready func() bool) *Run {
	r := before(o, ready)
	if r != nil {
		r.flush(r.current)
	}
	return r
}

// BeforeLoad is Before for a step that does not wait until the stores in the caller's
// buffer have gone out: a load, or a store into the buffer.
func BeforeLoad(o *Object) *Run { return before(o, nil) }

func before(o *Object, ready func() bool) *Run {
	r := RunOf(o)
	switch {
	case r == nil:
		return nil
	case !r.after:
		r.current.ready = ready
		r.pass(false)
	case ready != nil && !ready():
		r.advance(r.current, blocked)
		r.current.ready = ready
		r.pass(false)
	}
	r.chooseStores(o)
	return r
}

// Did is called after each step for which Before has returned r. It names the
// operation, its values, and, as the last value, its result. With a nil r, Did
// does nothing.
func (r *Run) Did(o *Object, e Effect, operation string, values ...uint64) {
	if r == nil {
		return
	}
	r.did(r.current, o, e, operation, values...)
	if r.after {
		r.pass(false)
	}
}

// did notes a step of g.
func (r *Run) did(g *goroutine, o *Object, e Effect, operation string, values ...uint64) {
	r.advance(g, o.past)
	if e != Read {
		o.past = g.past
	}
	if e == Change {
		r.changes++
		g.wrote = true
	}
	if r.trace != nil {
		r.trace.add(r.steps, g, operation, values)
	}
	r.steps++
	if r.steps == tooLong {
		r.Failf("no end after %d steps", tooLong)
	}
	r.Observe()
}

// Choose returns a number from 0 to n-1. It is called between Before and Did
// where a step has n possible outcomes. The usual one is 0, and any other counts
// as a preemption.
func (r *Run) Choose(n int) int {
	i := r.choose(n, ordinary)
	r.advance(r.current, chose+uint64(i))
	return i
}

// choose is Choose for outcomes that the caller adds to a past.
func (r *Run) choose(n int, kind choice) int {
	if n == 1 || r.preparing {
		return 0
	}
	i := r.chooser.outcome(r, n, kind)
	r.chosen = append(r.chosen, outcome+decision(i))
	return i
}

// Yield is called by a goroutine that waits in a loop for what another does. It
// returns when there is a reason to look again: something has changed since the
// caller's last Yield at the same place. Otherwise it would see what it saw before.
// A Yield at another place says nothing about what this loop has seen: one of two
// nested loops may have looked before the change, and the other have yielded after
// it.
//
// Only a Change counts. A mutex that was locked and unlocked is no reason to look:
// two goroutines that wait in loops, and look under a mutex, would each be the
// other's reason forever.
//
// What the caller has changed itself is a reason. Loops that write while they
// wait come to an end all the same: see fair.go.
func Yield() {
	r := Current()
	if r == nil {
		return
	}
	g := r.current
	p := g.place()
	if p.changes != r.changes {
		r.advance(g, yielding)
	} else {
		r.advance(g, spinning)
		g.waiting = true
		g.ready = func() bool { return r.changes != p.changes }
	}
	p.changes = r.changes
	r.endRound(g)
	r.endRoundOfStores(g)
	if r.trace != nil {
		r.trace.add(r.steps, g, "yield", nil)
	}
	g.yields = true
	r.pass(true)
	g.yields = false
	g.waiting = false
	r.advance(g, yielded)
}

// A place is where a goroutine has called Yield: a few return addresses tell the
// loops of a program apart.
type place struct {
	at      [4]uintptr
	id      uint64 // a hash of at
	changes uint64 // of the run, at the last Yield
}

// place returns the place of the Yield that calls it.
func (g *goroutine) place() *place {
	var at [4]uintptr
	runtime.Callers(3, at[:])
	for _, p := range g.places {
		if p.at == at {
			return p
		}
	}
	p := &place{at: at, changes: never}
	for _, pc := range at {
		p.id = mix(p.id, uint64(pc))
	}
	g.places = append(g.places, p)
	return p
}

// A region is where some objects lie.
type region struct{ from, to uintptr }

// Ignore excludes everything that lies in *v from the run: operations on it are
// no steps. It is for statistics, which decide nothing, and whose steps would
// multiply the schedules.
func Ignore[T any](r *Run, v *T) {
	from := uintptr(unsafe.Pointer(v))
	r.ignored = append(r.ignored, region{from, from + unsafe.Sizeof(*v)})
}

func (r *Run) ignores(o *Object) bool {
	at := uintptr(unsafe.Pointer(o))
	for _, region := range r.ignored {
		if region.from <= at && at < region.to {
			return true
		}
	}
	return false
}
