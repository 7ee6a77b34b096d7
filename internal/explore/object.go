package explore

import (
	"runtime"
	"unsafe"
)

// An Object is embedded in anything that several goroutines use, such as an
// atomic word or a mutex, and holds what a run needs to know about it. The zero
// Object is ready for use.
type Object struct {
	history uint64 // of the goroutine that last changed it; see fingerprint.go
}

// An Effect says what a step did to its object.
type Effect uint8

const (
	Read   Effect = iota // nothing
	Order                // no change, but the order of such steps matters, as when a mutex is locked
	Change               // the object has changed
)

// Current returns the current run, or nil if the caller does not belong to one.
func Current() *Run {
	r := running.Load()
	if r == nil || r.observing {
		return nil
	}
	return r
}

// RunOf returns the run in which an operation on o is a step. It returns nil if
// there is no run, or if the run ignores o. Then o must work as it does outside a
// run.
func RunOf(o *Object) *Run {
	if r := Current(); r != nil && !r.ignores(o) {
		return r
	}
	return nil
}

// Before is called before each step. It waits for the caller's turn to make the
// step, and returns RunOf(o).
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

// BeforeLoad is Before for a load, or for a store into the caller's buffer: a step
// that leaves the stores in that buffer.
func BeforeLoad(o *Object) *Run { return before(o, nil) }

func before(o *Object, ready func() bool) *Run {
	r := RunOf(o)
	switch {
	case r == nil:
		return nil
	case !r.afterSteps:
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

// Did is called after each step for which Before has returned r. The operation
// and its values are for the trace; the last value is the result. With a nil r,
// Did does nothing.
func (r *Run) Did(o *Object, e Effect, operation string, values ...uint64) {
	if r == nil {
		return
	}
	r.did(r.current, o, e, operation, values...)
	if r.afterSteps {
		r.pass(false)
	}
}

// did records a step of g.
func (r *Run) did(g *goroutine, o *Object, e Effect, operation string, values ...uint64) {
	r.advance(g, o.history)
	if e != Read {
		o.history = g.history
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

// choose is Choose without the change of the history, which is left to the
// caller.
func (r *Run) choose(n int, kind choice) int {
	if n == 1 || r.preparing {
		return 0
	}
	i := r.chooser.outcome(r, n, kind)
	r.chosen = append(r.chosen, outcome+decision(i))
	return i
}

// Yield is called by a goroutine that waits in a loop for another. It returns when
// there is a reason to look again: something has changed since the caller's last
// Yield at the same place. Otherwise the caller would see what it saw before. A
// Yield at another place does not count: of two nested loops, one may have looked
// before the change, and the other may have yielded after it.
//
// Only a Change is a reason. That a mutex was locked and unlocked is none:
// otherwise two goroutines that wait in loops, and look under a mutex, would give
// each other reasons forever.
//
// A change by the caller itself is a reason. Loops that write while they wait
// still come to an end: see fair.go.
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

// A place is where a goroutine has called Yield: a few return addresses, which
// are different for each loop of a program.
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

// A region is a range of addresses, whose objects are ignored.
type region struct{ from, to uintptr }

// Ignore excludes all objects in *v from the run: operations on them are no
// steps. It is for statistics. They do not influence the program, and their
// steps would multiply the number of schedules.
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
