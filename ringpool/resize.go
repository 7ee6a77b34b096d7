package ringpool

import (
	"cmp"
	"slices"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/step"
)

// The size of a pool is the number of its workers. Unless WithQueueCapacity was given, the
// capacity of the queue follows from it, and changes with it. Other operations pay for that
// by loading a few words that seldom change.
//
// # The queue
//
// Resize appends a ring to the queue; see mpmc.Chain. No task moves, and the order is
// kept. Tasks that were queued before do not count against the new capacity, so until
// they are taken the queue may hold more than it.
//
// # The workers
//
// New workers are pushed on the idle stack without goroutines, as New does. If there are
// too many workers, excess says how many must leave, and each one that leaves decrements
// it. Idle workers leave first: Resize stores excess, then removes idle workers; a worker
// that becomes idle pushes itself, then looks at excess. So either the worker sees excess,
// or Resize sees the worker. A busy worker leaves when it would take its next task.
//
//	resize                              take, by a worker, or by a submitter for one
//	X1  store excess                    Z1  load the oldest ring
//	X2  append a ring                   Z2  look at excess: it is 0
//	                                    Z3  pop from that ring
//
// If Z2 comes before X1, so does Z1, and Z3 pops from a ring that is older than the one of
// X2. So a task that is submitted after Resize has returned is not taken while there are
// too many workers. That is why Resize to a smaller size appends a ring even if the
// capacity stays the same.
//
// A worker that leaves need not look. It has published no task, announced no worker
// and released nothing, so by the argument in park.go the looks of other goroutines are
// enough. At least as many workers stay as the pool's size.
//
// The index of a worker that has left is reused for a worker that is added later, and so
// is its entry. The worker itself is not reused, because its goroutine may not have ended.

// The sizes of a pool are its size and its excess, in one word, so they change together. While
// the resizer's lock is free, size + excess is how many workers there are. While the lock is
// held, the sum may be greater.
type sizes uint64

const oneExcess = 1 << 32

func (s sizes) size() int    { return int(uint32(s)) }
func (s sizes) excess() int  { return int(s / oneExcess) }
func (s sizes) workers() int { return s.size() + s.excess() }

// A sizesWord is where a pool keeps its sizes. It is written under the resizer's lock.
type sizesWord struct{ word step.Uint64 }

func (w *sizesWord) load() sizes            { return sizes(w.word.Load()) }
func (w *sizesWord) store(size, excess int) { w.word.Store(uint64(size) + uint64(excess)*oneExcess) }

// removed counts one worker less, and returns the excess that is left.
func (w *sizesWord) removed() int { return sizes(w.word.Sub(oneExcess)).excess() }

// A resizer records which indexes are in use.
type resizer struct {
	// Guards what follows, and the writes to the pool's sizes. Held to append a ring to
	// the queue, and to end the queue.
	mu      step.Mutex
	closed  bool   // a shutdown has begun
	highest uint32 // the highest index that is in use or free
	free    []span // the indexes up to highest that are not in use
}

// A span is the indexes from first to last.
type span struct{ first, last uint32 }

// Resize changes the size of the pool to size, and the capacity of the queue to 2×size,
// unless [workerpool.WithQueueCapacity] has set it. No task is lost, and tasks keep their
// order. Resize does nothing if the pool has that size, or a shutdown has begun. It panics
// if size is less than 1 or greater than 8,388,608.
//
// Resize does not wait for any task to end. If more than size tasks are running, workers
// end after their tasks, until there are no more than size. A task that is submitted after
// Resize has returned starts only when there are no more than size. (A worker that is between
// two tasks may still take one that was queued before.) Tasks that are already queued stay
// queued, in the memory of the old queue, and do not count against the new capacity. So a pool
// whose tasks do not end accepts more of them after each Resize that shrinks it or changes its
// capacity. If there is more room than before, calls that wait for room get it.
//
// If the pool shrinks, or its capacity changes, Resize allocates a new queue. Its time grows
// with the number of workers that it removes. A [Pool.Submit] that is concurrent with a
// Resize goes by the old size or by the new one. Tasks may call Resize.
func (p *Pool) Resize(size int) {
	p.checkMade("Resize")
	check.Size("ringpool: Resize", size)
	r := &p.resizer
	r.mu.Lock()
	if r.closed || size == p.Size() {
		r.mu.Unlock()
		return
	}
	was := p.sizes.load()
	excess := max(was.workers()-size, 0)
	p.sizes.store(size, excess) // X1
	if capacity := p.capacity(size); excess != 0 || capacity != p.queue.Cap() {
		p.queue.Append(capacity) // X2
	}
	if was.excess() != 0 && excess == 0 {
		r.compact(&p.entries) // no other worker leaves, which would do it
	}
	p.addWorkers(size - was.workers())
	r.mu.Unlock()
	p.queue.Peek() // drops a ring that is drained
	p.removeIdle()
	p.admit(false)
	p.lookForWork()
}

// addWorkers pushes n new workers on the idle stack. The caller holds the resizer's lock,
// or is New.
func (p *Pool) addWorkers(n int) {
	if n <= 0 {
		return
	}
	r := &p.resizer
	p.alive.add(uint32(n))
	for n > 0 {
		s := r.reuse(uint32(n))
		p.idle.push(s.first, p.entries.make(s.last), 0)
		n -= int(s.last-s.first) + 1
	}
}

// reuse returns a span of at most n indexes that are not in use, and marks them as used.
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

// release marks an index as not in use. entry is its entry in the table, or nil if it
// has none.
func (r *resizer) release(index uint32, entry *workerEntry) {
	if entry != nil {
		entry.below.Store(0) // as in a new entry
		entry.worker = nil
	}
	if len(r.free) > 0 && r.free[len(r.free)-1].last+1 == index {
		r.free[len(r.free)-1].last = index
		return
	}
	r.free = append(r.free, span{index, index})
}

// compact joins adjacent spans, and frees the entries that are not in use.
func (r *resizer) compact(entries *workerTable) {
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
			last = topMask // no index beyond it is in use either
		}
		entries.drop(s.first, last)
	}
	if last := len(joined) - 1; last >= 0 && joined[last].last == r.highest {
		r.highest = joined[last].first - 1
		joined = joined[:last]
	}
	r.free = slices.Clip(slices.Clone(joined))
}

// removeIdle removes idle workers, as long as there are too many workers. It ends the
// goroutines of those that have one.
func (p *Pool) removeIdle() {
	r := &p.resizer
	r.mu.Lock()
	noGoroutine := uint32(0) // removed workers without a goroutine to end
	for p.sizes.load().excess() != 0 {
		s := p.idle.load()
		if s.empty() {
			break
		}
		index := s.top()
		if !p.idle.remove(s) {
			continue
		}
		entry := p.entries.find(index)
		if entry != nil && entry.worker != nil && entry.worker.reserve() {
			w := entry.worker
			w.mustEnd = true
			p.quiescence.wakes.Inc()
			p.started.Dec()
			w.parker.Unpark()
		} else {
			noGoroutine++
		}
		r.release(index, entry)
		p.countRemoved()
	}
	r.mu.Unlock()
	p.alive.done(noGoroutine)
	p.quiescence.check() // a concurrent check may have failed because the stack changed
}

// removeBusy removes w, which is busy, if there are too many workers. It reports whether
// there were; then the goroutine of w must end.
func (p *Pool) removeBusy(w *worker) bool {
	r := &p.resizer
	r.mu.Lock()
	removed := p.sizes.load().excess() != 0
	if removed {
		p.started.Dec()
		r.release(w.entry.index, w.entry)
		p.countRemoved()
	}
	r.mu.Unlock()
	if removed {
		w.end()
	}
	return removed
}

// countRemoved counts a worker that was removed. The resizer's lock is held.
func (p *Pool) countRemoved() {
	if p.sizes.removed() == 0 {
		p.resizer.compact(&p.entries)
	}
}
