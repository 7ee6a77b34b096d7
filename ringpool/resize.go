package ringpool

import (
	"math/bits"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// The size of a pool is two things: how many tasks fit into the queue, and how many
// workers there are. To change either while the pool runs costs those who don't do
// it nothing but to look at words that nobody writes: where the ring is, which
// would be a field in any case, and whether a worker is to leave.
//
// # The queue
//
// The ring has room for so many tasks, and that does not change: if its bound were
// a word beside it, every submit would have to compare the two ends, and bring the
// workers' cache line over. Instead, Resize makes another ring, and moves the tasks:
//
//	N1  close the ring: to push has the outcome Closed
//	N2  take all tasks out, at one instant: the ring is drained
//	N3  put them into the new ring, which nobody else knows yet
//	N4  publish the new ring
//	N5  look: admit a waiter, wake a worker, tell those who wait for rest
//
// A worker takes the oldest task before N2, or waits until N4; so the order is
// kept. To move the tasks one by one, as a worker takes them, would let workers
// take younger tasks meanwhile than those that are being moved.
//
// Whoever meets a ring that is closed, or drained, has to tell whether the pool is
// closed or the ring replaced. The shutdown says so in a word, closed, before it
// closes the ring, and no ring is replaced after that. So if closed is true, and
// then the ring is still the pool's, it is the last, and its word stands. (Both
// looks are needed, and in this order: a ring that was replaced long ago stays
// closed and drained.) Otherwise there is another ring, or will be: after N4, the
// lock is free that Resize holds, and the shutdown.
//
// Who only looks, as rouse and atRest do, need not wait for that. What they look for
// is looked for again in N5, and that comes after the event for whose sake they
// look: they have met the old ring after the event and before N4.
//
// # What does not fit
//
// If more tasks are queued than the new ring has room for, the youngest of them
// overflow: into a list, from which whoever frees a slot moves them to the ring, as
// it would admit a waiter, but all that fit, before any waiter and before any
// submit. So the order is kept, the queue gets no longer until it is within its
// bound, and ErrPoolFull is as exact as ever: it comes from the ring, which is full.
//
//	submit                              resize
//	O1  load the ring                   N3  store overdue, wanted
//	O2  look at overdue                 N4  publish the new ring
//	O3  push to that ring
//
// If O1 finds the new ring, then O2 sees that there is something overdue, as long as
// there is. If it finds the old one, then O3 does not find it open. The other way
// round, a submit could look before N3, and push after N4, before tasks that were
// accepted long ago.
//
// Where tasks overflow the ring is full, but for moments after a pop; its worker is
// busy until it has moved one. So an empty ring says in rest.go what it always
// said. And a shutdown, to which the bound means nothing any more, begins with
// another ring, in which there is room for all.
//
// # The workers
//
// More workers are put on the stack, as New does: without goroutines, and before
// N4. If there are too many, then surplus says by how many, and each that leaves
// counts it down. The idle leave first: Resize, after it has stored surplus, takes
// as many off the stack; and a worker that goes to sleep looks at surplus after it
// has gone onto the stack. One of the two sees the other. A busy one leaves when it
// would take its next task.
//
//	resize                              worker, or who has claimed one
//	     store surplus                  L1  load the ring
//	N4   publish the new ring           L2  look at surplus: it is 0
//	                                    L3  pop from that ring
//
// If L1 finds the new ring, then L2 sees that there are too many. If it finds the
// old one, then L3 comes before N2, or finds the ring drained. So once Resize has
// returned no task is taken while there are more workers than the size says: of
// tasks that run there are at most as many as that, or as there were already, and
// no new ones. Whoever leaves need not look: it has published nothing, announced
// nothing, and given up nothing, so by the argument in park.go the looks of others
// are enough. And as many workers as the size says stay.
//
// The index of a worker that has left goes to the next that is hired, and the place
// with it. The worker does not: its goroutine may still be on its way out.

// A staff is who works, and who could. Its words are under the lock of the waiters.
type staff struct {
	hired uint32   // the highest index so far
	off   []uint32 // indexes of those who have left
}

// place returns where the worker with index i is found; nil before its first claim.
// All workers have places by their indexes, from 1. Those with k+1 bits are in
// part k, so that there can be more of them, and none moves.
func (p *Pool) place(i uint32) *step.Pointer[worker] {
	k := bits.Len32(i) - 1
	return &p.workers[k][i-1<<k]
}

// makePlaces makes places up to index i. Nobody else looks for them before the
// indexes are on the stack.
func (p *Pool) makePlaces(i uint32) {
	for k := range bits.Len32(i) {
		if p.workers[k] == nil {
			p.workers[k] = make([]step.Pointer[worker], 1<<k)
		}
	}
}

// Resize changes the size of the pool: when it has returned, at most size tasks run
// at once, and 2×size more can be queued. Nothing is lost, and the tasks keep their
// order. It does nothing if a shutdown has begun. It panics if New would, for that
// size.
//
// Resize does not wait for any task to end. If more than size tasks run already,
// those that a worker has just taken among them, none is started until they are
// fewer, and the workers that are too many end their goroutines. If more than 2×size tasks are queued already, they stay queued, and
// the queue is full until they are fewer. If there is more room than before, calls
// that wait for some get it.
//
// Resize allocates a new queue and moves the tasks, which takes some nanoseconds for
// each task, and for each worker by which the size changes. For that time submits
// wait for it, and workers that are between two tasks.
// A call of [Pool.Submit] that meets a Resize goes by the size before or after.
//
// It may be called from many goroutines at once, and by tasks.
func (p *Pool) Resize(size int) {
	check.Size("ringpool: Resize", size)
	var next *mpmc.Ring[func()]
	if size != p.Size() {
		next = mpmc.New[func()](2 * size) // before the lock, because it may take long
	}
	p.waiters.mu.Lock()
	if p.closed.Load() || size == p.Size() { // not before: who has stored it may be at it
		p.waiters.mu.Unlock()
		return
	}
	if next == nil {
		next = mpmc.New[func()](2 * size) // it was this size a moment ago
	}
	p.waiters.backlog.Store(moving) // until replaceRing is done
	crew := int(p.size.Load() + p.surplus.Load())
	if size < crew {
		p.surplus.Store(int32(crew - size))
		p.size.Store(int32(size))
	} else {
		p.size.Store(int32(size))
		p.surplus.Store(0)
		p.hire(size - crew)
	}
	p.replaceRing(next)
	p.admitAndUnlock(false)
	if size < crew {
		p.trim()
	}
	p.rouse()
	p.checkRest()
}

// replaceRing is N1 to N4. The lock of the waiters is held.
func (p *Pool) replaceRing(next *mpmc.Ring[func()]) {
	l := &p.waiters
	l.backlog.Store(moving)
	l.overflow = append(p.ring.Load().MoveTo(next), l.overflow...)
	for len(l.overflow) != 0 && next.TryPush(l.overflow[0]) == mpmc.OK {
		l.shift()
	}
	l.publish()
	p.ring.Store(next)
	l.backlog.Store(int32(len(l.overflow)))
}

// moveOverflow moves to the ring what fits of what did not, and reports whether that
// was anything. The outcome is Full if something is left. The lock is held.
func (p *Pool) moveOverflow(r *mpmc.Ring[func()]) (moved bool, o mpmc.Outcome) {
	l := &p.waiters
	for len(l.overflow) != 0 {
		l.backlog.Dec() // before the push, for Stats
		if o := r.TryPush(l.overflow[0]); o != mpmc.OK {
			l.backlog.Inc()
			return moved, o
		}
		l.shift()
		moved = true
	}
	if moved {
		l.publish()
	}
	return moved, mpmc.OK
}

// shift removes the oldest of the tasks that have overflowed.
func (l *waiters) shift() {
	l.overflow[0] = nil // or the task would be kept alive
	if l.overflow = l.overflow[1:]; len(l.overflow) == 0 {
		l.overflow = nil
	}
}

// closeRing closes the ring for good.
func (p *Pool) closeRing() {
	l := &p.waiters
	l.mu.Lock()
	if !p.closed.Load() {
		if n := len(l.overflow); n != 0 {
			p.replaceRing(mpmc.New[func()](p.ring.Load().Cap() + n))
		}
		p.closed.Store(true)
		p.ring.Load().Close()
	}
	l.mu.Unlock()
}

// last reports whether r, which was found closed, is the pool's last ring.
func (p *Pool) last(r *mpmc.Ring[func()]) bool {
	return p.closed.Load() && p.ring.Load() == r
}

// replaced reports whether there is another ring in the place of r, which was found
// closed. It waits until there is, unless r is the last.
func (p *Pool) replaced(r *mpmc.Ring[func()]) bool {
	if !p.closed.Load() {
		p.waiters.mu.Lock() // somebody is at it, or has done it
		defer p.waiters.mu.Unlock()
	}
	return p.ring.Load() != r
}

// hire puts n more workers on the stack. The lock of the waiters is held.
func (p *Pool) hire(n int) {
	p.present.Add(uint32(n))
	s := &p.waiters.staff
	for ; n > 0 && len(s.off) != 0; n-- {
		last := len(s.off) - 1
		w := p.makeWorker(s.off[last])
		s.off = s.off[:last]
		p.put(w.index, w, 0)
	}
	if n > 0 { // all at once: below each that has not been claimed lies the next
		first := s.hired + 1
		s.hired += uint32(n)
		p.makePlaces(s.hired)
		p.put(first, p.makeWorker(s.hired), 0)
	}
}

// trim lets idle workers leave, as long as there are too many workers.
func (p *Pool) trim() {
	l := &p.waiters
	l.mu.Lock()
	for p.surplus.Load() != 0 {
		s := p.state.Load()
		if !p.idle(s) {
			break
		}
		top := uint32(s & topMask)
		w, below := p.find(top)
		if !p.state.CompareAndSwap(s, s-uint64(top)+uint64(below)+oneVersion) {
			continue
		}
		p.surplus.Dec()
		l.staff.off = append(l.staff.off, top)
		if w != nil && w.keeps() {
			w.leaves = true
			p.wakes.Inc()
			p.started.Dec()
			w.bed.wake()
		} else {
			p.retire(1)
		}
	}
	l.mu.Unlock()
	p.checkRest() // the stack has changed under those who were just checking
}

// tooMany is the outcome of a take when there are more workers than there should be:
// the one for whom it was made is to leave.
const tooMany mpmc.Outcome = 1 << 7 // is none of a ring

// leave lets w leave, which is busy, if there are too many workers.
func (p *Pool) leave(w *worker) bool {
	l := &p.waiters
	l.mu.Lock()
	leaves := p.surplus.Load() != 0
	if leaves {
		p.surplus.Dec()
		p.started.Dec()
		l.staff.off = append(l.staff.off, w.index)
	}
	l.mu.Unlock()
	if leaves {
		w.ends()
	}
	return leaves
}
