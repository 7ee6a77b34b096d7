package ringpool

import (
	"math"

	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/park"
	"github.com/seed62337844/workerpool/internal/step"
)

// A waitList has the submitters that wait for room, first in first out, each with
// its task. The goroutine that frees a slot of the queue admits the oldest waiter: it
// pushes the task in the waiter's name, and wakes it. So a waiter is woken once, to
// learn that it has succeeded, and never finds that somebody was faster.
//
// # One at a time
//
// To admit a waiter for each freed slot would cost a wake-up per task. As long as an
// admitted waiter has not yet run, no other is admitted. Meanwhile the slots that
// become free are there for those who are running already, and a producer that gets
// a turn fills many at once. There are two exceptions. A worker that finds the queue
// empty admits a waiter before it would go to sleep: there is no cheaper task to be
// had. And a waiter is overdue when so many tasks have been pushed while it waited as
// the bypass limit says. It comes before any submit that begins later: each of those
// first tries to admit it, and if there is no room for it, there is none for the
// submit.
//
// # No waiter is forgotten
//
//	waiter                             a goroutine that frees a slot
//	W1  join the list; wanted = true   F1  pop
//	W2  try to admit the oldest        F2  if wanted: try to admit the oldest
//	W3  sleep
//	W4  awake, and admitted: tell the list;
//	    wanted = true if others wait; then as W2
//
// Suppose that there is room, and a waiter asleep. Look at the pop that made the
// room. If it found wanted false, then either W1 was yet to come, and W2 tries; or an
// admitted waiter had not run yet, and will try in W4. If it found wanted true, it
// tried itself. Any of these attempts admits the oldest waiter. Or it finds one
// admitted in the meantime, who will try in W4. Or it finds the room gone, and then
// another pop comes, for which the same holds. In W1 and W4 wanted is stored before
// the attempt: the other way round, a pop between the two would find nobody to care
// for, and its room would be missed.
//
// # A waiter that gives up
//
// When the context of a waiter ends, the waiter is taken off the list, from wherever
// it stands, and told so. All that happens under the lock under which it would be
// admitted: it is either the one or the other. It cannot swallow a wake-up that was
// meant for somebody, because a waiter gets no wake-ups but the one that brings its
// answer; and if it was the admitted one, its submit has succeeded. Nor does anybody
// have to be told: the waiter that is now the oldest will be admitted by the attempt
// that would have admitted this one, or later.
//
// (A list in which each waiter has its own Cond, rather than one Cond for all, is
// what makes that cheap. To cancel one of n with a common Cond, all n have to be
// woken, and to cancel all of them n² times.)
//
// # Without a queue
//
// A pool with a queue capacity of 0 has no slots to free; see handoff.go, which
// takes the waiters one by one. Its submits must always look at the list before they
// push, so overdue is 0 there at all times.
type waitList struct {
	// Stored under mu, loaded by all.
	overdue step.Uint64 // the oldest waiter is overdue after so many pushes; never if none waits
	wanted  step.Bool   // somebody waits, and no admitted waiter is still to run
	length  step.Int32  // how many wait

	mu         step.Mutex // guards what follows, and each waiter's links and verdict
	head, tail *waiter
	admitted   int // waiters woken with success that have not yet run
	closed     bool

	queue   *mpmc.Chain[func()]
	direct  bool      // there is no queue
	records step.Pool // of *waiter
}

// A waiter is a submitter that waits for room.
type waiter struct {
	next, prev *waiter // in the list; prev is not kept up to date for its head
	task       func()
	limit      uint64 // overdue when the pool has seen so many pushes
	listed     bool   // in the list
	verdict    verdict
	parker     park.Parker
}

// A verdict says how a wait has ended. It is written before the waiter is unparked.
type verdict uint8

const (
	admitted verdict = iota // the task is queued
	refused                 // the pool is closed
	canceled                // the context has ended
)

const (
	// bypass is how many tasks may overtake a waiter, as a multiple of the capacity
	// of the queue. Less is fairer to the one who waits, more lets those who run go
	// on running.
	bypass = 64

	// never is more pushes than there will be.
	never = math.MaxUint64
)

func (l *waitList) init(queue *mpmc.Chain[func()], direct bool) {
	l.queue, l.direct = queue, direct
	l.publish()
}

// newWaiter returns a waiter with this task. Its limit is counted from now, before it
// joins, as it was for those ahead of it. So when it is overdue, they are too, and its
// turn comes. (After a Resize their limits may be farther away than its own. Then it
// waits for theirs.)
func (l *waitList) newWaiter(task func()) *waiter {
	w, _ := l.records.Get().(*waiter)
	if w == nil {
		w = new(waiter)
		w.parker.Init()
	}
	w.task = task
	w.limit = l.queue.Pushed() + bypass*uint64(max(l.queue.Cap(), 1))
	return w
}

// recycle keeps w, which nobody else refers to, for another wait.
func (l *waitList) recycle(w *waiter) {
	w.task = nil
	l.records.Put(w)
}

// join is W1 and W2. It returns false if the pool is closed, and otherwise the waiters
// that were admitted, for wakeWaiters.
func (l *waitList) join(w *waiter) (woken *waiter, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, false
	}
	if l.head == nil {
		l.head = w
	} else {
		l.tail.next, w.prev = w, l.tail
	}
	l.tail = w
	w.listed = true
	l.length.Inc()
	l.publish()
	woken, _ = l.admitLocked(false)
	return woken, true
}

// ran is W4: an admitted waiter is running.
func (l *waitList) ran() (woken *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.admitted--
	l.publish()
	woken, _ = l.admitLocked(false)
	return woken
}

// admit admits the oldest waiter, if it is to be, and the next as far as they are
// overdue. With dry the caller has found the queue empty. The outcome is that of the
// push that found no room, or the queue ended, and then Shutdown has an answer for the
// waiters; it is OK if there was none.
func (l *waitList) admit(dry bool) (woken *waiter, o mpmc.Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.admitLocked(dry)
}

// admitLocked is admit for a caller that holds mu.
func (l *waitList) admitLocked(dry bool) (first *waiter, o mpmc.Outcome) {
	if l.direct {
		return nil, mpmc.OK
	}
	var last *waiter
	for {
		w := l.head
		if w == nil || l.admitted != 0 && !dry && l.queue.Pushed() < w.limit {
			return first, mpmc.OK
		}
		if o := l.queue.TryPush(w.task); o != mpmc.OK {
			return first, o
		}
		dry = false
		l.remove(w)
		l.admitted++
		l.publish()
		w.task, w.verdict = nil, admitted
		if first == nil {
			first = w
		} else {
			last.next = w
		}
		last = w
	}
}

// takeOldest removes the oldest waiter from the list, or returns nil if nobody waits.
// The caller answers it.
func (l *waitList) takeOldest() *waiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.head
	if w != nil {
		l.remove(w)
		l.publish()
	}
	return w
}

// limitOfOldest returns after how many pushes the oldest waiter is overdue.
func (l *waitList) limitOfOldest() uint64 {
	if l.length.Load() == 0 {
		return never
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.head == nil {
		return never
	}
	return l.head.limit
}

// cancel takes w off the list, and reports whether it was there.
func (l *waitList) cancel(w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !w.listed {
		return false
	}
	l.remove(w)
	l.publish()
	w.task, w.verdict = nil, canceled
	return true
}

// close lets nobody join any more, and returns all waiters, to be woken: they are
// refused.
func (l *waitList) close() (woken *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	woken = l.head
	for w := woken; w != nil; w = w.next {
		w.task, w.verdict, w.prev, w.listed = nil, refused, nil, false
	}
	l.head, l.tail, l.closed = nil, nil, true
	l.length.Store(0)
	l.publish()
	return woken
}

// remove takes w off the list, which is to be published then.
func (l *waitList) remove(w *waiter) {
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

// publish makes overdue and wanted what the list says. A word that would not change
// is not stored, for the sake of those who load it.
func (l *waitList) publish() {
	overdue := uint64(never)
	switch {
	case l.direct:
		overdue = 0
	case l.head != nil:
		overdue = l.head.limit
	}
	if overdue != l.overdue.Load() {
		l.overdue.Store(overdue)
	}
	if wanted := l.head != nil && l.admitted == 0 && !l.direct; wanted != l.wanted.Load() {
		l.wanted.Store(wanted)
	}
}

// wakeWaiters wakes the waiters of a list that nobody else refers to. One that has
// been woken may be gone at once, so its successor is read before.
func wakeWaiters(w *waiter) {
	for w != nil {
		next := w.next
		w.next = nil
		w.parker.Unpark()
		w = next
	}
}
