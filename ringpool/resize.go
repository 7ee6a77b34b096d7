package ringpool

import (
	"cmp"
	"slices"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/step"
)

// The size of a pool is how many workers there are, and, unless an option says
// otherwise, how many tasks fit into the queue. To change either while the pool runs
// costs those who don't do it nothing but to look at words that nobody writes.
//
// # The queue
//
// A ring is appended to the queue; see mpmc.Chain. No task moves, and the order is
// kept. What was queued before does not count against the new capacity, so the queue
// may hold that much more until it is taken.
//
// # The workers
//
// More workers are pushed on the idle stack, as New does, without goroutines. If there
// are too many, then excess says by how many, and each that leaves counts it down. The
// idle leave first: Resize, after it has stored excess, claims as many as it can; and a
// worker that becomes idle looks at excess after it has pushed itself. One of the two
// sees the other. A busy one leaves when it would take its next task.
//
//	resize                              take, by a worker or by who has claimed one
//	X1  store excess                    Z1  load the oldest ring
//	X2  append a ring                   Z2  look at excess: it is 0
//	                                    Z3  pop from that ring
//
// If Z2 finds excess 0, then Z1 came before X1, and Z3 pops from a ring that is older
// than the one of X2. So a task that is submitted after Resize has returned is not
// taken while there are too many workers. That is why a smaller size appends a ring
// even if the capacity stays as it is.
//
// Those who leave need not look: they have published nothing, announced nothing, and
// released nothing, so by the argument in park.go the looks of others are enough. And
// as many workers as the size says stay.
//
// The index of a worker that has left goes to one that is added later, and so does its
// slot. The worker does not: its goroutine may still be on its way out.

// A resizer knows which indexes are in use.
type resizer struct {
	mu      step.Mutex // guards what follows, and is held to append to the queue and to end it
	closed  bool       // a shutdown has begun
	highest uint32     // index so far
	free    []span     // the indexes up to highest that are not in use
}

// A span is the indexes from first to last.
type span struct{ first, last uint32 }

// Resize changes the size of the pool: when it has returned, at most size tasks run at
// once, and 2×size more can be queued, or as many as [workerpool.WithQueueCapacity]
// says. Nothing is lost, and the tasks keep their order. It does nothing if a shutdown
// has begun. It panics if New would, for that size.
//
// Resize does not wait for any task to end. If more than size tasks run already, none
// that is submitted later is started until they are fewer, and the workers that are too
// many end their goroutines. (A worker that is between two tasks may still take one
// that was queued before.) What is queued already stays queued, and does not count
// against the new capacity. If there is more room than before, calls that wait for some
// get it.
//
// Resize allocates a new queue. It takes some nanoseconds for each worker by which the
// size decreases. A call of [Pool.Submit] that meets a Resize goes by the size before
// or after.
//
// It may be called from many goroutines at once, and by tasks.
func (p *Pool) Resize(size int) {
	p.checkMade("Resize")
	check.Size("ringpool: Resize", size)
	r := &p.resizer
	r.mu.Lock()
	if r.closed || size == p.Size() {
		r.mu.Unlock()
		return
	}
	workers := int(p.size.Load() + p.excess.Load())
	// The sum of the two never is less than there are workers, for Stats.
	if size < workers {
		p.excess.Store(int32(workers - size)) // X1
		p.size.Store(int32(size))
	} else {
		p.size.Store(int32(size))
		p.excess.Store(0)
	}
	if capacity := p.capacity(size); size < workers || capacity != p.queue.Cap() {
		p.queue.Append(capacity) // X2
	}
	p.addWorkers(size - workers)
	r.mu.Unlock()
	p.queue.Peek() // lets go of a ring that is drained
	p.removeIdle()
	p.admit(false)
	p.look()
	p.quiescence.check()
}

// addWorkers pushes n more workers on the idle stack. The resizer's lock is held.
func (p *Pool) addWorkers(n int) {
	if n <= 0 {
		return
	}
	r := &p.resizer
	p.presence.arrive(uint32(n))
	for n > 0 {
		s := r.reuse(uint32(n))
		p.idle.push(s.first, p.slots.make(s.last), 0)
		n -= int(s.last-s.first) + 1
	}
}

// reuse returns a span of at most n indexes that are not in use.
func (r *resizer) reuse(n uint32) span {
	if len(r.free) == 0 {
		r.highest += n
		return span{r.highest - n + 1, r.highest}
	}
	s := &r.free[len(r.free)-1]
	used := span{s.first, min(s.last, s.first+n-1)}
	if used.last == s.last {
		r.free = r.free[:len(r.free)-1]
	} else {
		s.first = used.last + 1
	}
	return used
}

// release says that an index is not in use any more. slot is its slot, or nil.
func (r *resizer) release(index uint32, slot *workerSlot) {
	if slot != nil {
		slot.below.Store(0) // as if it had never been used
		slot.worker = nil
	}
	if len(r.free) > 0 && r.free[len(r.free)-1].last+1 == index {
		r.free[len(r.free)-1].last = index
		return
	}
	r.free = append(r.free, span{index, index})
}

// compact joins the spans that touch, and gives up the memory of slots that are not in
// use.
func (r *resizer) compact(slots *slotTable) {
	slices.SortFunc(r.free, func(a, b span) int { return cmp.Compare(a.first, b.first) })
	joined := r.free[:0]
	for _, s := range r.free {
		if last := len(joined) - 1; last >= 0 && joined[last].last+1 == s.first {
			joined[last].last = s.last
		} else {
			joined = append(joined, s)
		}
	}
	for _, s := range joined {
		last := s.last
		if last == r.highest {
			last = topMask // nor are the indexes beyond it in use
		}
		slots.drop(s.first, last)
	}
	if last := len(joined) - 1; last >= 0 && joined[last].last == r.highest {
		r.highest = joined[last].first - 1
		joined = joined[:last]
	}
	r.free = slices.Clip(slices.Clone(joined))
}

// removeIdle lets idle workers leave, as long as there are too many workers.
func (p *Pool) removeIdle() {
	r := &p.resizer
	r.mu.Lock()
	absent := uint32(0)
	for p.excess.Load() != 0 {
		s := p.idle.load()
		if s.empty() {
			break
		}
		index := s.top()
		if !p.idle.remove(s) {
			continue
		}
		slot := p.slots.find(index)
		if slot != nil && slot.worker != nil && slot.worker.reserve() {
			w := slot.worker
			w.leaves = true
			p.quiescence.wakes.Inc()
			p.started.Dec()
			w.parker.Unpark()
		} else {
			absent++
		}
		r.release(index, slot)
		p.left()
	}
	r.mu.Unlock()
	p.presence.leave(absent)
	p.quiescence.check() // the stack has changed under those who were just checking
}

// leave lets w leave, which is busy, if there are too many workers.
func (p *Pool) leave(w *worker) bool {
	r := &p.resizer
	r.mu.Lock()
	leaves := p.excess.Load() != 0
	if leaves {
		p.started.Dec()
		r.release(w.slot.index, w.slot)
		p.left()
	}
	r.mu.Unlock()
	if leaves {
		w.end()
	}
	return leaves
}

// left counts a worker that has left. The resizer's lock is held.
func (p *Pool) left() {
	if p.excess.Dec() == 0 {
		p.resizer.compact(&p.slots)
	}
}
