package ringpool

import (
	"slices"
	"time"

	"github.com/seed62337844/workerpool/internal/step"
)

// With WithIdleTimeout, a worker that has been idle for long lets its goroutine
// go. It does not leave the stack for that. To those who submit it is what it was,
// an idle worker, and whoever claims it finds out whether it has a goroutine to be
// woken or has to be given one. So nobody can be told meanwhile that the pool is
// full, no task waits for a goroutine that goes, and the proofs in park.go and
// rest.go need not know of all this.
//
// What could happen at once is that somebody claims a worker, to wake it, and its
// goroutine is let go. One CAS of a word of the worker's own, since, decides:
//
//	          tire             keeps: CAS by the claimer
//	+------+ -----> +---------------+ -----> +------+
//	|  up  |        | asleep, and   |        |  up  |
//	+------+ <----- | since when    |        +------+
//	                +---------------+
//	                        |   CAS by the sweep    +------+
//	                        +---------------------> | gone |
//	                                                +------+
//
// A goroutine that is told to go reads nothing of the worker but that word. Its
// place, the index, belongs to whoever claims it, who finds it gone and puts
// another worker there: the old one could still be on its way out when the next
// goroutine begins.
//
// # When
//
// Time is counted in sweeps. A sweep comes when the timeout has passed since the
// last, or since a worker has gone to sleep and none was to come. It lets those go
// who went to sleep before the last sweep, so at least one timeout ago. If any
// others sleep, it asks for another sweep. So a pool at rest is swept at most
// twice.
//
//	a worker that goes to sleep           sweep
//	A1  since = the number of sweeps      B1  armed = false
//	A2  unless armed: arm                 B2  look at all workers
//	                                      B3  if one sleeps, and has not to go: arm
//
// No sleeper is forgotten: if A2 finds armed true, and B1 comes after that, then B2
// comes after A1. To arm takes the lock that the sweep holds.
//
// # The end
//
// A sweep to come counts as one of those who are present, and so does a goroutine
// that is on its way out: Shutdown returns when neither will touch the pool any
// more. It stops the timer, or waits for the sweep that has begun.

// A timeout is what there is to know about it.
type timeout struct {
	after  time.Duration // 0 for never; written by New alone
	sweeps step.Uint64   // firstSweep and how many there were; stored under mu
	armed  step.Bool     // there will be one; stored under mu

	mu     step.Mutex
	timer  *step.Timer
	crew   []*worker // all that have a goroutine, and some that have none any more
	closed bool
}

// What a worker's since can be, besides how many sweeps there were.
const (
	up         = iota // or has never slept
	gone              // has no goroutine any more
	firstSweep        // counted from here
)

// enlist adds a worker that is about to get its goroutine.
func (p *Pool) enlist(w *worker) {
	t := &p.timeout
	if t.after == 0 {
		return
	}
	t.mu.Lock()
	// No sweep comes while nobody sleeps. Workers may come and leave all the same,
	// if the size goes up and down; started counts those who have a goroutine.
	if len(t.crew) > 2*int(p.started.Load()) {
		t.crew = slices.DeleteFunc(t.crew, func(w *worker) bool { return w.since.Load() == gone })
	}
	t.crew = append(t.crew, w)
	t.mu.Unlock()
}

// tire is called by a worker that is about to go to sleep. From now on it may be
// let go: A1 and A2.
func (w *worker) tire() {
	t := &w.pool.timeout
	w.since.Store(t.sweeps.Load())
	if t.armed.Load() {
		return
	}
	t.mu.Lock()
	if !t.armed.Load() && !t.closed {
		w.pool.present.Inc()
		t.arm(w.pool)
	}
	t.mu.Unlock()
}

// arm asks for a sweep, which is counted as present already. mu is held.
func (t *timeout) arm(p *Pool) {
	t.armed.Store(true)
	t.timer = step.AfterTime(t.after, p.sweep)
}

// keeps reports whether w, which the caller has claimed, has a goroutine. If so,
// it will not be let go before it sleeps again.
func (w *worker) keeps() bool {
	if w.pool.timeout.after == 0 || !w.started {
		return w.started
	}
	since := w.since.Load()
	return since != gone && w.since.CompareAndSwap(since, up)
}

// sweep lets those go who have slept for long.
func (p *Pool) sweep() {
	t := &p.timeout
	t.mu.Lock()
	t.armed.Store(false) // B1, before the look at the workers
	now := t.sweeps.Load()
	asleep := false
	stay := t.crew[:0]
	for _, w := range t.crew { // B2
		since := w.since.Load()
		if since == gone || since != up && since < now && p.letGo(w, since) {
			continue
		}
		stay = append(stay, w)
		asleep = asleep || since == now
	}
	clear(t.crew[len(stay):])
	t.crew = stay
	t.sweeps.Store(now + 1)
	again := asleep && !t.closed
	if again { // B3
		t.arm(p)
	}
	t.mu.Unlock()
	if !again {
		p.retire(1)
	}
}

// letGo lets the goroutine of w go, unless somebody has claimed w to wake it. The
// caller is present itself, so that retire can't end the shutdown here.
func (p *Pool) letGo(w *worker, since uint64) bool {
	p.present.Inc()
	if !w.since.CompareAndSwap(since, gone) {
		p.retire(1)
		return false
	}
	p.started.Dec()
	w.bed.wake()
	return true
}

// disarm lets no sweep begin any more.
func (p *Pool) disarm() {
	t := &p.timeout
	if t.after == 0 {
		return
	}
	t.mu.Lock()
	t.closed = true
	stopped := t.armed.Load() && t.timer.Stop()
	if stopped {
		t.armed.Store(false)
	}
	t.mu.Unlock()
	if stopped {
		p.retire(1)
	}
}
