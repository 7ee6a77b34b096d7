package ringpool

import (
	"context"
	"math"

	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// Submitters that wait for room stand in a first-in first-out list, each with
// its task. Whoever frees a slot of the ring admits the oldest of them: moves
// its task into the ring, in its name, and wakes it. So a waiter is woken once,
// to learn that it has succeeded, and never finds that somebody was faster.
//
// # One at a time
//
// To admit a waiter for each freed slot would cost a wake-up per task. As long
// as an admitted waiter has not yet run, no other is admitted; meanwhile the
// slots that become free are there for those who are running already, and a
// producer that gets a turn fills many at once. There are two exceptions. A
// worker that finds the ring empty admits a waiter before it would go to sleep:
// there is no cheaper task to be had. And a waiter that is overdue, because
// 64 times the capacity of the queue has been pushed while it waited, comes
// before any submit that begins later: each of those first tries to admit it,
// and if there is no room for it, there is none for the submit.
//
// # No waiter is forgotten
//
//	waiter                           whoever frees a slot
//	W1  join the list; wanted = true     T1  pop
//	W2  try to admit the oldest          T2  if wanted: try to admit the oldest
//	W3  sleep
//	W4  awake, and admitted: let the list know,
//	    wanted = true if others wait; then as W2
//
// Suppose that there is room, and a waiter asleep. Look at the pop that made the
// room. If it found wanted false, then either W1 was yet to come, and W2 tries;
// or an admitted waiter had not run yet, and will try in W4. If it found wanted
// true, it tried itself. Any of these attempts admits the oldest waiter, or
// finds one admitted in the meantime, who will try in W4, or finds the room
// gone, and then another pop comes, for which the same holds. In W1 and W4
// wanted is stored before the attempt: the other way round, a pop between the
// two would find nobody to care for, and its room would be missed.
//
// # A waiter that gives up
//
// When the context of a waiter ends, the waiter is taken off the list, from
// wherever it stands, and told so. All that happens under the lock under which
// it would be admitted: it is either the one or the other. It cannot swallow a
// wake-up that was meant for somebody, because a waiter gets no wake-ups but the
// one that brings its answer; and if it was the admitted one, its submit has
// succeeded. Nor does anybody have to be told: who is now the oldest will be
// admitted by the attempt that would have admitted this one, or later.
//
// (A list in which each waiter has its Cond, rather than one Cond for all, is
// what makes that cheap. To cancel one of n with a common Cond, all n have to be
// woken, and to cancel all of them n² times.)

// A waiter is a submitter that waits for room.
type waiter struct {
	next, prev *waiter // in the list; prev is not kept up to date for its head
	task       func()
	patience   uint64       // overdue when the pool has seen so many pushes
	listed     bool         // in the list
	answer     mpmc.Outcome // as of a push; written before the bed's wake
	bed        bed
}

// waiters is the list of them.
type waiters struct {
	// Stored under mu, loaded by all.
	overdue step.Uint64 // the patience of the oldest waiter, or never
	wanted  step.Bool   // somebody waits, and nobody admitted is still to run
	length  step.Int32  // of the list
	backlog step.Int32  // the length of overflow, or moving

	mu         step.Mutex // which Resize holds, too
	head, tail *waiter
	admitted   int // waiters woken with success that have not yet run
	closed     bool

	// On another cache line: of no use unless the size has changed.
	overflow []func() // accepted before all who wait; see resize.go
	staff    staff

	records step.Pool // of *waiter
}

const (
	// patience is how many tasks may overtake a waiter, as a multiple of the
	// capacity of the queue. Less is fairer to the one who waits, more lets
	// those who run go on running.
	patience = 64

	// moving says in backlog that Resize is just moving the queue.
	moving = -1

	// never is more pushes than there will be.
	never = math.MaxUint64
)

// wait is the slow half of a submit that waits for room until ctx ends. With the
// outcome Full the pool was full, or others wait who come first. If task is refused,
// tasks is how many are, with those that come after it in a batch.
func (p *Pool) wait(ctx context.Context, task func(), tasks int, o mpmc.Outcome) error {
	if o == mpmc.Closed {
		return p.refused.Closed(tasks)
	}
	l := &p.waiters
	w, _ := l.records.Get().(*waiter)
	if w == nil {
		w = new(waiter)
		w.bed.make()
	}
	w.task = task
	// Counted from before we join, as it was for those ahead of us: so when our
	// patience is at an end, so is theirs, and our turn comes. (Theirs may be the
	// longer one if a Resize has made the queue smaller since: then ours is as long.)
	r := p.ring.Load()
	w.patience = r.Pushed() + patience*uint64(r.Cap())
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		w.task = nil
		l.records.Put(w)
		return p.refused.Closed(tasks)
	}
	l.join(w)
	p.admitAndUnlock(false)
	private := p.sleep(ctx, w)
	answer := w.answer
	if private {
		l.records.Put(w)
	}
	switch answer {
	case mpmc.OK:
		l.mu.Lock()
		l.admitted--
		l.publish()
		p.admitAndUnlock(false)
		return nil
	case mpmc.Closed:
		return p.refused.Closed(tasks)
	default:
		return p.refused.Canceled(tasks, ctx)
	}
}

// sleep returns when w has its answer, of which the end of ctx is one. It reports
// whether nobody else refers to w any more: a cancellation that came too late may
// still be under way.
func (p *Pool) sleep(ctx context.Context, w *waiter) (private bool) {
	if ctx.Done() == nil {
		w.bed.sleep()
		return true
	}
	stop := step.AfterFunc(ctx, func() { p.cancel(w) })
	w.bed.sleep()
	return stop()
}

// cancel ends the wait of w, if it still waits.
func (p *Pool) cancel(w *waiter) {
	l := &p.waiters
	l.mu.Lock()
	if !w.listed {
		l.mu.Unlock()
		return
	}
	l.leave(w)
	l.publish()
	l.mu.Unlock()
	w.task, w.answer = nil, mpmc.Full
	w.bed.wake()
}

// admit admits the oldest waiter, if it is to be, and the next as far as they
// are overdue. dry says that the caller has found the ring empty. The outcome is
// that of the attempt that found no room (or the ring closed, and then Shutdown
// has an answer for the waiters), and OK if there was none.
func (p *Pool) admit(dry bool) mpmc.Outcome {
	p.waiters.mu.Lock()
	return p.admitAndUnlock(dry)
}

// admitAndUnlock is admit for a caller who holds mu, which it unlocks before it
// wakes anybody.
func (p *Pool) admitAndUnlock(dry bool) mpmc.Outcome {
	l := &p.waiters
	var first, last *waiter
	r := p.ring.Load()
	moved, outcome := false, mpmc.OK
	if l.backlog.Load() != 0 {
		moved, outcome = p.moveOverflow(r)
		dry = dry && !moved
	}
	for outcome == mpmc.OK {
		w := l.head
		if w == nil || l.admitted != 0 && !dry && r.Pushed() < w.patience {
			break
		}
		if outcome = r.TryPush(w.task); outcome != mpmc.OK {
			break
		}
		dry = false
		l.leave(w)
		l.admitted++
		l.publish()
		w.task, w.answer = nil, mpmc.OK
		if first == nil {
			first = w
		} else {
			last.next = w
		}
		last = w
	}
	l.mu.Unlock()
	if moved || first != nil {
		p.rouse()
		wakeAll(first)
	}
	return outcome
}

// refuse tells all waiters, and all who would become one, that the pool is
// closed.
func (p *Pool) refuse() {
	l := &p.waiters
	l.mu.Lock()
	first := l.head
	for w := first; w != nil; w = w.next {
		w.task, w.answer, w.prev, w.listed = nil, mpmc.Closed, nil, false
	}
	l.head, l.tail, l.closed = nil, nil, true
	l.length.Store(0)
	l.publish()
	l.mu.Unlock()
	wakeAll(first)
}

// wakeAll wakes the waiters of a list that nobody else refers to. One that has
// been woken may be gone at once, so its successor is read before.
func wakeAll(w *waiter) {
	for w != nil {
		next := w.next
		w.next = nil
		w.bed.wake()
		w = next
	}
}

// join appends w. mu is held.
func (l *waiters) join(w *waiter) {
	if l.head == nil {
		l.head = w
	} else {
		l.tail.next, w.prev = w, l.tail
	}
	l.tail = w
	w.listed = true
	l.length.Inc()
	l.publish()
}

// leave removes w from the list, which is to be published then. mu is held.
func (l *waiters) leave(w *waiter) {
	if w == l.head {
		l.head = w.next
	} else if w.prev.next = w.next; w.next == nil {
		l.tail = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.next, w.prev, w.listed = nil, nil, false
	l.length.Dec()
}

// publish makes wanted and overdue what the list says. mu is held. A word that
// would not change is not stored, for the sake of those who load it.
func (l *waiters) publish() {
	overdue, overflows := uint64(never), l.backlog.Load() != 0 && len(l.overflow) != 0
	if overflows {
		overdue = 0
	} else if l.head != nil {
		overdue = l.head.patience
	}
	if overdue != l.overdue.Load() {
		l.overdue.Store(overdue)
	}
	if wanted := overflows || l.head != nil && l.admitted == 0; wanted != l.wanted.Load() {
		l.wanted.Store(wanted)
	}
}
