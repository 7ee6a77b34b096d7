package ringpool

import (
	"math"

	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/park"
	"github.com/seed62337844/workerpool/internal/step"
)

// A waitList holds the submitters that wait for room, first in first out, each with
// its task. A goroutine that frees a slot of the queue admits the oldest waiter: it
// pushes the waiter's task, and wakes the waiter. So a waiter is woken once, when its
// submit has succeeded. It never has to compete for the room.
//
// # One at a time
//
// To admit a waiter for each freed slot would cost a wake-up for each task. So while an
// admitted waiter has not yet run, no other waiter is admitted. Meanwhile submitters
// that are running take the freed slots, and one of them can fill many. There
// are two exceptions:
//
//   - A worker that finds the queue empty admits a waiter before it parks. One wake-up is
//     needed anyway: the waiter's now, or the worker's later.
//   - A waiter is overdue when so many tasks have been pushed while it waited: bypass times
//     the capacity of the queue. Then it comes before every submit that begins later: each
//     of these first tries to admit the waiter. If there is no room for the waiter, there is
//     none for the submit.
//
// # No waiter is forgotten
//
//	waiter                             a goroutine that frees a slot
//	W1  join the list; set wanted      F1  pop
//	W2  try to admit the oldest        F2  if wanted: try to admit the oldest
//	W3  sleep
//	W4  awake, and admitted: tell the list;
//	    set wanted; then as W2
//
// wanted is true if a waiter is in the list, and each one that was admitted has done W4.
//
// Suppose that there is room while a waiter sleeps. Consider the pop that made the room. (A
// Resize that made it ends with F2, too.) An attempt to admit the oldest waiter came after it:
//
//   - F2 found wanted true. Then it tried.
//   - F2 found wanted false, because the list was empty. Then W2 tried.
//   - F2 found wanted false, because an admitted waiter had not yet done W4. Then W4 tried.
//
// The attempt had one of three results:
//
//   - It admitted the oldest waiter.
//   - Another waiter had been admitted, and not yet done W4. Its W4 is yet to come, and tries.
//   - The room had been taken. Then another pop will come, for which this argument holds again.
//
// W1 and W4 set wanted before they try. In the other order, a pop between the two would
// find wanted false, and no attempt would come after it.
//
// # A waiter that gives up
//
// When the context of a waiter ends, the waiter is removed from the list and woken. A
// waiter is removed and admitted under the same lock, so only one of the two happens. No
// other waiter is affected, because each is woken only once, with its own verdict. And no
// other goroutine must be notified: the next attempt to admit admits the waiter that is the
// oldest then.
//
// Each waiter has a parker of its own, so that it can be woken alone. With one sync.Cond
// for all, each cancellation would have to wake all n waiters, and n cancellations n².
//
// # Without a queue
//
// A pool with a queue capacity of 0 has no slots to free. It admits its waiters one by
// one, as direct.go says. Each of its submits must look at the list before it pushes, so
// overdueAt is always 0 in such a pool.
type waitList struct {
	// Stored under mu, loaded by all.
	overdueAt step.Uint64 // that of the oldest waiter; never if none waits; 0 without a queue
	wanted    step.Bool   // there is a waiter, and each admitted one has run
	length    step.Int32  // how many wait

	mu         step.Mutex // guards what follows, and the links and verdicts of those in the list
	head, tail *waiter
	waking     int // admitted waiters that have not yet run
	closed     bool

	queue   *mpmc.Chain[func()]
	direct  bool      // there is no queue
	records step.Pool // of *waiter
}

// A waiter is a submitter that waits for room.
type waiter struct {
	next, prev *waiter // in the list; prev is not kept up to date for its head
	task       func()
	overdueAt  uint64 // the number of pushes at which it is overdue
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
	// bypass is how many tasks may overtake a waiter, as a multiple of the capacity of
	// the queue. A lower limit is fairer to waiters, a higher one needs fewer wake-ups.
	bypass = 64

	// never is a number of pushes that is never reached.
	never = math.MaxUint64
)

func (l *waitList) init(queue *mpmc.Chain[func()], direct bool) {
	l.queue, l.direct = queue, direct
	l.storeWords()
}

// newWaiter returns a waiter with this task. When it joins the list, its own overdueAt and
// those of all waiters ahead of it have been computed. So when bypass times the capacity has been
// pushed since it joined, it and all waiters ahead of it are overdue. (Unless a Resize came
// in between: then those ahead may be overdue later, and it has to wait for them.)
func (l *waitList) newWaiter(task func()) *waiter {
	w, _ := l.records.Get().(*waiter)
	if w == nil {
		w = new(waiter)
		w.parker.Init()
	}
	w.task = task
	w.overdueAt = l.queue.Pushed() + bypass*uint64(max(l.queue.Cap(), 1))
	return w
}

// recycle keeps w for another wait. No other goroutine may refer to w.
func (l *waitList) recycle(w *waiter) {
	w.task = nil
	l.records.Put(w)
}

// join is W1 and W2. It returns the waiters that were admitted, for wakeWaiters, or false
// if the pool is closed.
func (l *waitList) join(w *waiter) (toWake *waiter, ok bool) {
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
	l.storeWords()
	toWake, _ = l.admitLocked(false)
	return toWake, true
}

// awoke is W4, for an admitted waiter that is awake. It returns the waiters that were
// admitted, for wakeWaiters.
func (l *waitList) awoke() (toWake *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waking--
	l.storeWords()
	toWake, _ = l.admitLocked(false)
	return toWake
}

// admit admits the oldest waiter if all admitted waiters have run, and each further one
// that is overdue. If queueEmpty is true, the caller has found the queue empty, and the oldest
// waiter is admitted in any case. admit returns the admitted waiters, for wakeWaiters.
//
// The outcome is OK if no waiter is left that may be admitted now. Otherwise it is that of
// the push that failed. If that is Closed, Shutdown gives the waiters their verdict.
func (l *waitList) admit(queueEmpty bool) (toWake *waiter, o mpmc.Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.admitLocked(queueEmpty)
}

// admitLocked is admit for a caller that holds mu.
func (l *waitList) admitLocked(queueEmpty bool) (first *waiter, o mpmc.Outcome) {
	if l.direct {
		return nil, mpmc.OK
	}
	var last *waiter
	for {
		w := l.head
		if w == nil || l.waking != 0 && !queueEmpty && l.queue.Pushed() < w.overdueAt {
			return first, mpmc.OK
		}
		if o := l.queue.TryPush(w.task); o != mpmc.OK {
			return first, o
		}
		queueEmpty = false
		l.remove(w)
		l.waking++
		l.storeWords()
		w.task, w.verdict = nil, admitted
		if first == nil {
			first = w
		} else {
			last.next = w
		}
		last = w
	}
}

// takeOldest removes the oldest waiter from the list and returns it, or nil if there is
// none. The caller gives it its verdict.
func (l *waitList) takeOldest() *waiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.head
	if w != nil {
		l.remove(w)
		l.storeWords()
	}
	return w
}

// oldestOverdueAt returns the overdueAt of the oldest waiter, or never if none waits.
func (l *waitList) oldestOverdueAt() uint64 {
	if l.length.Load() == 0 {
		return never
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.head == nil {
		return never
	}
	return l.head.overdueAt
}

// cancel removes w from the list, and reports whether it was there. The caller wakes it.
func (l *waitList) cancel(w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !w.listed {
		return false
	}
	l.remove(w)
	l.storeWords()
	w.task, w.verdict = nil, canceled
	return true
}

// close makes every later join fail, and refuses all waiters. It returns them, for
// wakeWaiters.
func (l *waitList) close() (toWake *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	toWake = l.head
	for w := toWake; w != nil; w = w.next {
		w.task, w.verdict, w.prev, w.listed = nil, refused, nil, false
	}
	l.head, l.tail, l.closed = nil, nil, true
	l.length.Store(0)
	l.storeWords()
	return toWake
}

// remove removes w from the list. The caller must call storeWords after it.
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

// storeWords stores overdueAt and wanted, which other goroutines load without the lock. It
// does not store a word that would not change, because a store would take the word's
// cache line away from them.
func (l *waitList) storeWords() {
	at := uint64(never)
	switch {
	case l.direct:
		at = 0
	case l.head != nil:
		at = l.head.overdueAt
	}
	if at != l.overdueAt.Load() {
		l.overdueAt.Store(at)
	}
	if wanted := l.head != nil && l.waking == 0 && !l.direct; wanted != l.wanted.Load() {
		l.wanted.Store(wanted)
	}
}

// wakeWaiters wakes w and the waiters linked behind it, which the caller owns. A waiter
// that has been woken may be reused at once, so its link is read before.
func wakeWaiters(w *waiter) {
	for w != nil {
		next := w.next
		w.next = nil
		w.parker.Unpark()
		w = next
	}
}
