package explore

import (
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"
)

// A Run is one execution of a program. Its goroutines take turns: one runs, and
// all others wait for their turns. So the fields need no other protection.
type Run struct {
	goroutines []*goroutine
	current    *goroutine
	chooser    chooser
	afterSteps bool       // turns end after steps, and not before them
	chosen     []decision // so far
	turn       int        // how many there were
	steps      int
	trace      *trace // nil if none is wanted

	changes   uint64 // see Yield
	rounds    bool   // a loop that waits has written; see fair.go
	histories uint64 // of all goroutines, added up; see fingerprint.go
	observed  uint64 // what always returned last

	always    func() uint64
	observing bool // in Look
	preparing bool // in Prepare
	ignored   []region

	options []*goroutine // for the current turn; kept here to save an allocation
	over    chan struct{}
	failure string
	stack   []byte // of a panic, if that is the failure
}

// A goroutine is one goroutine of a run.
type goroutine struct {
	id       int // in the order of their starts
	name     string
	turn     chan struct{} // gets one value for each turn
	ready    func() bool   // whether it can make its next step; nil if it can
	settling bool          // in Settle
	yields   bool          // in Yield
	waiting  bool          // in Yield, for a change
	ended    bool
	last     int      // the step at which its last turn began
	places   []*place // of its Yields
	history  uint64   // see fingerprint.go
	priority int      // see random.go

	// See buffer.go.
	buffer *goroutine      // its buffer, which has a history like a goroutine; nil if it was never used
	stores []*pendingStore // what is in it, if this is a buffer

	// See fair.go.
	wrote  bool           // it has changed something since its last Yield
	rounds [maxUnfair]int // the turns of its last Yields that ended a round with a write
	fairAt int            // the last turn at which it was not passed over: its own, or one at which it could make no step
}

// never is a value of changes that does not occur.
const never = ^uint64(0)

// tooLong is a number of steps that only a program without an end reaches.
const tooLong = 20_000

// running is the current run. It is atomic only because a test may have left
// goroutines behind that do not belong to the run.
var running atomic.Pointer[Run]

// execute runs program once, with the decisions of c. It returns when all
// goroutines have ended or the run has failed. If it has failed, its goroutines
// are left behind and never continue.
func execute(program func(*Run), c chooser, afterSteps bool, t *trace) *Run {
	r := &Run{chooser: c, afterSteps: afterSteps, trace: t, chosen: make([]decision, 0, 256), over: make(chan struct{})}
	running.Store(r)
	defer running.Store(nil)
	r.Go("main", func() { program(r) })
	r.give(r.goroutines[0])
	<-r.over
	return r
}

// Go starts a goroutine of the run. It gets its first turn later. The name, which
// may be empty, is for the trace.
func (r *Run) Go(name string, f func()) {
	if name == "" {
		name = fmt.Sprintf("goroutine %d", len(r.goroutines))
	}
	g := &goroutine{id: len(r.goroutines), name: name, turn: make(chan struct{}, 1)}
	r.goroutines = append(r.goroutines, g)
	if parent := r.current; parent != nil {
		r.flush(parent)
		g.history = mix(parent.history, asChild)
		r.advance(parent, asParent)
	}
	r.histories += spread(g.history)
	start(func() {
		<-g.turn
		r.advance(g, started)
		defer r.finish(g)
		f()
	})
}

// finish is called when g ends, also by a panic or a Goexit.
func (r *Run) finish(g *goroutine) {
	if v := recover(); v != nil {
		r.stack = debug.Stack()
		r.Failf("panic: %v", v)
	}
	g.ended = true
	r.advance(g, ended)
	r.pass(false)
}

// give gives g the next turn.
func (r *Run) give(g *goroutine) {
	r.begin(g)
	r.current = g
	g.turn <- struct{}{}
}

// begin records that g has the next turn.
func (r *Run) begin(g *goroutine) {
	g.ready = nil
	g.last = r.steps
	g.fairAt = r.turn
}

// pass ends the turn of the current goroutine. It returns when that goroutine
// has its next turn, or at once if it has ended. If it yields, another
// goroutine can have the next turn without a preemption.
func (r *Run) pass(yields bool) {
	g := r.current
	r.turn++
	stays := r.findOptions(g, yields)
	if len(r.options) == 0 && r.flushAll() {
		stays = r.findOptions(g, yields)
	}
	if len(r.options) == 0 && !r.findSettler() {
		r.stop()
		return
	}
	next := r.options[0]
	if !r.preparing {
		next = r.chooser.choose(r, stays)
	}
	r.chosen = append(r.chosen, decision(next.id))
	if next == g {
		r.begin(g)
		return
	}
	r.give(next)
	if !g.ended {
		<-g.turn
	}
}

// findOptions sets r.options to the goroutines that can make the next step. If g
// is one of them and does not yield, it comes first, and findOptions returns
// true: to choose another is a preemption. If g yields, it comes last, and the
// others are sorted by their last turn, the longest ago first.
func (r *Run) findOptions(g *goroutine, yields bool) (stays bool) {
	r.options = r.options[:0]
	for _, h := range r.goroutines {
		switch {
		case !r.enabled(h):
			h.fairAt = r.turn
		case h == g && !yields:
			stays = true
			r.options = append(r.options, h)
			copy(r.options[1:], r.options)
			r.options[0] = h
		case h != g:
			r.options = append(r.options, h)
		}
	}
	if yields {
		sortByLast(r.options)
		if r.enabled(g) {
			r.options = append(r.options, g)
		}
	}
	if r.rounds {
		r.options = slices.DeleteFunc(r.options, r.mustWait)
	}
	return stays
}

// findSettler adds a goroutine in Settle to r.options, and reports whether there
// is one. It is called when no goroutine can make a step.
func (r *Run) findSettler() bool {
	for _, g := range r.goroutines {
		if g.waiting {
			r.Failf("nothing changes any more, and %s waits for that in a loop", g.name)
		}
		if g.settling && len(r.options) == 0 {
			r.options = append(r.options, g)
		}
	}
	return len(r.options) > 0
}

func (r *Run) enabled(g *goroutine) bool {
	return !g.ended && !g.settling && (g.ready == nil || g.ready())
}

// stop ends the run, because no goroutine can make a step. It does not return
// if a goroutine has not ended.
func (r *Run) stop() {
	var stuck string
	for _, g := range r.goroutines {
		if !g.ended {
			stuck += ", " + g.name
		}
	}
	if stuck != "" {
		r.Failf("deadlock: no goroutine can make a step, and these have not ended: %s", stuck[2:])
	}
	close(r.over)
}

// Failf ends the run as a failure. It does not return.
func (r *Run) Failf(format string, args ...any) {
	if r.failure == "" { // a deferred call may fail once more
		r.failure = fmt.Sprintf(format, args...)
		close(r.over)
	}
	select {}
}

// Settle returns when no other goroutine can make a step.
func (r *Run) Settle() {
	g := r.current
	g.settling = true
	r.advance(g, blocked)
	r.pass(false)
	g.settling = false
	r.advance(g, r.histories)
}

// Prepare calls f, and then Settle, under one schedule only. It brings the
// program to the point at which the exploration begins.
func (r *Run) Prepare(f func()) {
	r.preparing = true
	f()
	r.Settle()
	r.preparing = false
}

// Always makes the run call f after each step. f calls Failf if an invariant does
// not hold. Operations in f are no steps. If f remembers anything from one call to
// the next, it must return that as a number. The number becomes a part of the
// state.
func (r *Run) Always(f func() uint64) { r.always = f }

// Observe calls the function of Always, as if after a step.
func (r *Run) Observe() {
	if r.always != nil {
		r.Look(func() { r.observed = r.always() })
	}
}

// Look calls f. Operations in f are no steps.
func (r *Run) Look(f func()) {
	r.observing = true
	f()
	r.observing = false
}

// Self returns the number of the calling goroutine, in the order of their
// starts. The number of the first, main, is 0.
func (r *Run) Self() int { return r.current.id }

// spares are goroutines that wait for the next run, with stacks that have grown
// to the size that a run needs. To start new goroutines for each run would take
// more time than the rest of the run.
var spares = make(chan chan func(), 64)

// start runs f on a spare goroutine, or on a new one. If f does not return,
// because of a Goexit or because its run fails, its goroutine is not used again.
func start(f func()) {
	select {
	case s := <-spares:
		s <- f
	default:
		s := make(chan func(), 1)
		s <- f
		go func() {
			for f := range s {
				f()
				spares <- s
			}
		}()
	}
}
