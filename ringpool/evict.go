package ringpool

import (
	"slices"
	"time"

	"github.com/seed62337844/workerpool/internal/park"
	"github.com/seed62337844/workerpool/internal/step"
)

// With WithIdleTimeout, a worker that has been idle for long is evicted: its goroutine
// ends. Its index stays on the idle stack. So to a submitter it is still an idle worker:
// no submit is refused because of an eviction, and no task waits for a goroutine that is
// ending. The goroutine that claims the index finds out whether the worker can be woken
// or must be replaced by a new one. The proofs in park.go and quiescence.go hold as they
// are.
//
// A worker may be claimed and evicted at the same time. A CAS of its word idleSince
// decides which of the two happens:
//
//	        markIdle           reserve, by the claimer
//	+-------+ -----> +---------------+ -----> +-------+
//	| awake |        | idle, and     |        | awake |
//	+-------+        | since when    |        +-------+
//	                 +---------------+
//	                         |  evict, by a round    +---------+
//	                         +---------------------> | evicted |
//	                                                 +---------+
//
// Of what can change in the worker, an evicted goroutine reads only that word and its
// parker. (One that is evicted before it is on the stack still pushes its index, and
// rechecks.) The index belongs to the goroutine that claims it, which finds the worker evicted and
// makes a new one. It cannot use the old worker again, because the old goroutine may not
// have ended yet.
//
// # When
//
// A round is one look at all workers. It begins when the timer fires, one timeout after the
// timer was armed. Two kinds of goroutine arm the timer: a worker that becomes idle and finds
// it not armed, and a round that leaves idle workers behind.
//
// A worker stores the number of rounds so far when it becomes idle. The second round after
// that evicts it. There is at least one timeout between two rounds, so the worker has been
// idle for that long. In a quiescent pool all workers are evicted after at most two rounds,
// and the second does not arm the timer again.
//
//	a worker that becomes idle                round
//	E1  idleSince = the number of rounds      V1  armed = false
//	E2  unless armed: arm                     V2  look at all workers
//	                                          V3  if an idle worker is left: arm
//
// No idle worker is missed: if E2 finds armed true, then V1 comes later, and so V2 sees
// what E1 stored. The timer is armed under the lock that the round holds. The round wakes
// the goroutines that it has evicted after it has released the lock, because that takes long.
//
// A worker loads the number of rounds after its last task. A round may come before the worker
// has stored it, and another may evict the worker before it is on the stack. It was still idle
// for a timeout. It pushes its index, which does not depend on its goroutine, and ends.
//
// # The end
//
// A round that is to come counts as alive (waitgroup.go), and so does a goroutine that
// was evicted and has not ended. So Shutdown returns only when none of them will touch
// the pool any more. It stops the timer, or waits for the round that has begun.

// An evictor evicts the goroutines of workers that have been idle for long.
type evictor struct {
	after   time.Duration // 0 for never; written by New alone
	alive   *waitGroup
	started *step.Int32 // workers that have a goroutine
	rounds  step.Uint64 // firstRound plus the number of rounds so far; stored under mu
	armed   step.Bool   // there will be a round; stored under mu

	mu       step.Mutex // guards what follows
	timer    *step.Timer
	sleepers []*sleeper // of all workers with a goroutine, and some that have ended
	closed   bool
}

// A sleeper is the part of a worker that an evictor needs.
type sleeper struct {
	idleSince step.Uint64 // awake, evicted, or the value of rounds when it became idle
	parker    park.Parker
}

// The values of idleSince. A round is at least firstRound.
const (
	awake = iota
	evicted
	firstRound
)

func (e *evictor) init(after time.Duration, started *step.Int32, alive *waitGroup) {
	e.after, e.started, e.alive = after, started, alive
	e.rounds.Store(firstRound)
}

// add adds a worker that is about to get its goroutine.
func (e *evictor) add(w *sleeper) {
	if e.after == 0 {
		return
	}
	e.mu.Lock()
	// No round comes while no worker is idle, but if the pool is resized often, workers
	// still start and end. So their sleepers are removed here, too.
	if len(e.sleepers) > 2*int(e.started.Load()) {
		e.sleepers = slices.DeleteFunc(e.sleepers, (*sleeper).isEvicted)
	}
	e.sleepers = append(e.sleepers, w)
	e.mu.Unlock()
}

// forget is called when w ends. It marks w as if it had been evicted, so the next round removes
// it.
func (e *evictor) forget(w *sleeper) {
	if e.after != 0 {
		w.idleSince.Store(evicted)
	}
}

// markIdle is E1 and E2, for a worker that is about to become idle. From now on it may be
// evicted.
func (e *evictor) markIdle(w *sleeper) {
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
		e.alive.add(1)
		e.arm()
	}
	e.mu.Unlock()
}

// arm starts the timer of the next round, which the caller has counted as alive. The
// caller holds mu.
func (e *evictor) arm() {
	e.armed.Store(true)
	e.timer = step.AfterTime(e.after, e.round)
}

// reserve keeps w, which the caller has claimed, from being evicted until it is idle
// again. It returns false if w has been evicted already.
func (w *sleeper) reserve() bool {
	since := w.idleSince.Load()
	return since == awake || since != evicted && w.idleSince.CompareAndSwap(since, awake)
}

// isEvicted reports whether w was evicted, or has ended otherwise.
func (w *sleeper) isEvicted() bool { return w.idleSince.Load() == evicted }

// round evicts the workers that became idle before the previous round: V1 to V3.
func (e *evictor) round() {
	e.mu.Lock()
	e.armed.Store(false) // V1, before V2
	now := e.rounds.Load()
	idle := false
	stay := e.sleepers[:0]
	var gone []*sleeper            // evicted by this round
	for _, w := range e.sleepers { // V2
		since := w.idleSince.Load()
		switch {
		case since == evicted:
			continue
		case since != awake && since < now && e.evict(w, since):
			gone = append(gone, w)
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
	for _, w := range gone {
		w.parker.Unpark()
	}
	if !again {
		e.alive.done(1)
	}
}

// evict makes the goroutine of w end when it is woken, unless w has been claimed and reserved.
// The round that calls it is counted itself, so done cannot complete the shutdown here.
func (e *evictor) evict(w *sleeper, since uint64) bool {
	e.alive.add(1)
	if !w.idleSince.CompareAndSwap(since, evicted) {
		e.alive.done(1)
		return false
	}
	e.started.Dec()
	return true
}

// close prevents further rounds.
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
		e.alive.done(1)
	}
}
