package ringpool

import (
	"slices"
	"time"

	"github.com/seed62337844/workerpool/internal/park"
	"github.com/seed62337844/workerpool/internal/step"
)

// With WithIdleTimeout, the goroutine of a worker that has been idle for long is
// evicted. The worker's index stays on the idle stack. To those who submit it is what
// it was, an idle worker, and the goroutine that claims it finds out whether it can be
// woken or has to be replaced by a new worker. So nobody can be told meanwhile that
// the pool is full, no task waits for a goroutine that goes, and the proofs in park.go
// and quiescence.go need not know of all this.
//
// What could happen at once is that somebody claims a worker, to wake it, and its
// goroutine is evicted. One CAS of a word of the worker's own, idleSince, decides:
//
//	          mark             reserve, by the claimer
//	+-------+ -----> +---------------+ -----> +-------+
//	| awake |        | idle, and     |        | awake |
//	+-------+        | since when    |        +-------+
//	                 +---------------+
//	                         |  evict, by a round    +---------+
//	                         +---------------------> | evicted |
//	                                                 +---------+
//
// A goroutine that is evicted reads nothing of the worker but that word. The index
// belongs to the goroutine that claims it, which finds the worker evicted and puts
// another in its place: the old one could still be on its way out when the next
// goroutine begins.
//
// # When
//
// Time is counted in rounds. A round comes when the timeout has passed since the last,
// or since a worker became idle and none was to come. It evicts those who became idle
// before the last round, so at least one timeout ago. If any others are idle, it asks
// for another round. So a quiescent pool has at most two.
//
//	a worker that becomes idle                round
//	E1  idleSince = the number of rounds      V1  armed = false
//	E2  unless armed: arm                     V2  look at all workers
//	                                          V3  if one is idle, and stays: arm
//
// No idle worker is forgotten: if E2 finds armed true, and V1 comes after that, then
// V2 comes after E1. To arm takes the lock that the round holds.
//
// # The end
//
// A round to come is present, and so is a goroutine that is on its way out: Shutdown
// returns when neither will touch the pool any more. It stops the timer, or waits for
// the round that has begun.

// An evictor evicts the goroutines of workers that have been idle for long.
type evictor struct {
	after    time.Duration // 0 for never; written by New alone
	presence *presence
	started  *step.Int32 // workers that have a goroutine
	rounds   step.Uint64 // firstRound and how many there were; stored under mu
	armed    step.Bool   // there will be a round; stored under mu

	mu       step.Mutex // guards what follows
	timer    *step.Timer
	sleepers []*sleeper // all that have a goroutine, and some that have none any more
	closed   bool
}

// A sleeper is what an evictor knows of a worker.
type sleeper struct {
	idleSince step.Uint64 // a round, or:
	parker    park.Parker
}

// What idleSince can be, besides how many rounds there were.
const (
	awake = iota
	evicted
	firstRound // counted from here
)

func (e *evictor) init(after time.Duration, started *step.Int32, p *presence) {
	e.after, e.started, e.presence = after, started, p
	e.rounds.Store(firstRound)
}

// add adds a worker that is about to get its goroutine.
func (e *evictor) add(w *sleeper) {
	if e.after == 0 {
		return
	}
	e.mu.Lock()
	// No round comes while nobody is idle. Workers may come and leave all the same, if
	// the size goes up and down.
	if len(e.sleepers) > 2*int(e.started.Load()) {
		e.sleepers = slices.DeleteFunc(e.sleepers, (*sleeper).evicted)
	}
	e.sleepers = append(e.sleepers, w)
	e.mu.Unlock()
}

// forget says that w ends. The next round will drop it.
func (e *evictor) forget(w *sleeper) {
	if e.after != 0 {
		w.idleSince.Store(evicted)
	}
}

// mark is called by a worker that is about to become idle. From now on it may be
// evicted: E1 and E2.
func (e *evictor) mark(w *sleeper) {
	if e.after != 0 {
		e.markNow(w)
	}
}

func (e *evictor) markNow(w *sleeper) {
	w.idleSince.Store(e.rounds.Load())
	if e.armed.Load() {
		return
	}
	e.mu.Lock()
	if !e.armed.Load() && !e.closed {
		e.presence.arrive(1)
		e.arm()
	}
	e.mu.Unlock()
}

// arm asks for a round, which is present already. mu is held.
func (e *evictor) arm() {
	e.armed.Store(true)
	e.timer = step.AfterTime(e.after, e.round)
}

// reserve keeps w, which the caller has claimed, from being evicted before it is idle
// again. It returns false if that has happened already.
func (w *sleeper) reserve() bool {
	since := w.idleSince.Load()
	return since == awake || since != evicted && w.idleSince.CompareAndSwap(since, awake)
}

// evicted reports whether w is no worker any more.
func (w *sleeper) evicted() bool { return w.idleSince.Load() == evicted }

// round evicts those who have been idle for long.
func (e *evictor) round() {
	e.mu.Lock()
	e.armed.Store(false) // V1, before the look at the workers
	now := e.rounds.Load()
	idle := false
	stay := e.sleepers[:0]
	for _, w := range e.sleepers { // V2
		since := w.idleSince.Load()
		if since == evicted || since != awake && since < now && e.evict(w, since) {
			continue
		}
		stay = append(stay, w)
		idle = idle || since == now
	}
	clear(e.sleepers[len(stay):])
	e.sleepers = stay
	e.rounds.Store(now + 1)
	again := idle && !e.closed
	if again { // V3
		e.arm()
	}
	e.mu.Unlock()
	if !again {
		e.presence.leave(1)
	}
}

// evict lets the goroutine of w end, unless somebody has claimed w to wake it. The
// round that calls it is present itself, so that leave can't end the shutdown here.
func (e *evictor) evict(w *sleeper, since uint64) bool {
	e.presence.arrive(1)
	if !w.idleSince.CompareAndSwap(since, evicted) {
		e.presence.leave(1)
		return false
	}
	e.started.Dec()
	w.parker.Unpark()
	return true
}

// close lets no round begin any more.
func (e *evictor) close() {
	if e.after == 0 {
		return
	}
	e.mu.Lock()
	e.closed = true
	stopped := e.armed.Load() && e.timer.Stop()
	if stopped {
		e.armed.Store(false)
	}
	e.mu.Unlock()
	if stopped {
		e.presence.leave(1)
	}
}
