package explore

import "unsafe"

// An Object is what a run must know of something that several goroutines use: of
// an atomic word, a mutex. It is to be a part of it. The zero Object is ready.
type Object struct {
	past uint64 // of its last change; see fingerprint.go
}

// An Effect says what a step did to its object.
type Effect uint8

const (
	Read   Effect = iota // nothing
	Order                // it has its place among the others, as taking a mutex has
	Change               // what the object holds is now different
)

// Current returns the run under way, if the caller takes part in one, and nil
// otherwise.
func Current() *Run {
	r := running.Load()
	if r == nil || r.observing {
		return nil
	}
	return r
}

// Before is called before each step. It returns the run when it is the caller's
// turn to make the step. If no run is under way, or o is to be ignored, it
// returns nil, and then the object has to work as it does in the world outside.
func Before(o *Object) *Run { return BeforeWhen(o, nil) }

// BeforeWhen is Before for a step that can be made only when ready returns true.
// Until then the caller has no turn.
func BeforeWhen(o *Object, ready func() bool) *Run {
	r := Current()
	if r == nil || r.ignores(o) {
		return nil
	}
	r.current.ready = ready
	r.pass(false)
	return r
}

// Did is called after each step, for which Before has returned r. It says which
// operation that was, on which values, and, the last, with which result. With a
// nil r, Did does nothing.
func (r *Run) Did(o *Object, e Effect, operation string, values ...uint64) {
	if r == nil {
		return
	}
	g := r.current
	r.advance(g, o.past)
	if e != Read {
		o.past = g.past
	}
	if e == Change {
		r.changes++
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

// Yield is called by a goroutine that waits in a loop for what another does. It
// returns when there is a reason to look again: something has changed since the
// caller's last Yield. With nothing changed it would see what it saw then.
//
// Only a Change counts. A mutex that was taken and given back is no reason:
// two goroutines that wait in loops, and look under a mutex, would each be the
// other's reason for ever.
func Yield() {
	r := Current()
	if r == nil {
		return
	}
	g := r.current
	if r.changes != g.yielded {
		r.advance(g, yielding)
	} else {
		r.advance(g, spinning)
		g.waiting = true
		g.ready = func() bool { return r.changes != g.yielded }
	}
	g.yielded = r.changes
	if r.trace != nil {
		r.trace.add(r.steps, g, "yield", nil)
	}
	r.pass(true)
	g.waiting = false
	r.advance(g, yielded)
}

// A region is where some objects lie.
type region struct{ from, to uintptr }

// Ignore makes all that lies in *v no part of the run: its steps are none. It is
// for statistics, by which nobody decides anything, but whose steps would
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
