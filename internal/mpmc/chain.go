package mpmc

import "github.com/seed62337844/workerpool/internal/step"

// A Chain is a queue whose capacity can be changed while it is in use. It is a
// list of rings. Pushes go to the newest, pops come from the oldest that is not
// drained. To change the capacity is to append a ring: no value moves, and the
// order is kept, because a pop goes on to the next ring only when the one before
// is drained.
//
//	oldest                                          newest
//	   |                                               |
//	   v                                               v
//	+--------+   next   +--------+   next   +---------------+
//	| closed | -------> | closed | -------> | open, or      |
//	+--------+          +--------+          | closed by End |
//	                                        +---------------+
//
// # Append
//
//	A1  link the new ring behind the newest
//	A2  close the ring that was the newest
//	A3  if that ring was never used, link the new ring behind the one before it, too
//	A4  publish the new ring as the newest
//
// A1 comes before A2: a push that finds its ring closed finds the next one. So a ring
// that is closed and has no next ring is the last, and the chain has ended. A2 comes
// before A4: otherwise a value could be in the new ring while the old one is empty and
// still open, and a pop would call the chain empty.
//
// Without A3, a chain whose oldest ring is not drained would keep every ring that is appended
// behind it, even those that are never used. A2 comes before A3: after it no value comes into
// that ring any more. Pushes and pops that have found it already go on with the next ring, as
// from any other.
//
// The values that are in older rings do not count against the capacity of the
// newest.
//
// All methods but Init and Append are safe for concurrent use. Append must not be
// called by two goroutines at once, nor concurrently with End or after it.
type Chain[T any] struct {
	newest step.Pointer[Link[T]] // stored by Append
	oldest step.Pointer[Link[T]] // CAS by pops and peeks that find it drained
}

// A Link is one ring of a chain.
type Link[T any] struct {
	Ring[T]
	next step.Pointer[Link[T]] // stored by Append: at A1, and perhaps once more at A3

	// The pushes to all rings before it. Stored, always with the same value, by each
	// goroutine that is about to make this ring the oldest.
	before step.Uint64
}

// Init prepares a zero Chain, whose first ring holds capacity values.
func (c *Chain[T]) Init(capacity int) {
	l := newLink[T](capacity)
	c.oldest.Store(l)
	c.newest.Store(l)
}

func newLink[T any](capacity int) *Link[T] {
	l := new(Link[T])
	l.Init(capacity)
	return l
}

// Append makes capacity the capacity of the chain.
func (c *Chain[T]) Append(capacity int) {
	l, last := newLink[T](capacity), c.newest.Load()
	last.next.Store(l) // A1
	last.Close()       // A2
	if last.Pushed() == 0 {
		c.leaveOut(last, l) // A3
	}
	c.newest.Store(l) // A4
}

// leaveOut links next behind the ring before unused, if there is one.
func (c *Chain[T]) leaveOut(unused, next *Link[T]) {
	for l := c.oldest.Load(); l != nil; {
		behind := l.next.Load()
		if behind == unused {
			l.next.Store(next)
			return
		}
		l = behind
	}
}

// End makes every later push return [Closed].
func (c *Chain[T]) End() { c.newest.Load().Close() }

// Ended reports whether End has been called.
func (c *Chain[T]) Ended() bool {
	l := c.newest.Load()
	for l.Closed() {
		next := l.next.Load()
		if next == nil {
			return true
		}
		l = next
	}
	return false
}

// Newest returns the ring that pushes go to, or nil before Init. Pushing to it directly
// saves a call. If that returns [Closed], call the chain's TryPush.
func (c *Chain[T]) Newest() *Link[T] { return c.newest.Load() }

// Oldest returns the ring that pops come from. If its TryPop returns [Drained], call Advance,
// and if that returns true, call Oldest again.
//
// To go on with the ring behind, without asking for the oldest, would be wrong. After A3 there
// may be two of which each is behind l for somebody: an unused one and the one behind that. A
// pop from the second, while the unused one is the oldest, would be in no count. If all
// pop from the oldest, it stays the oldest until the pop is done: it is not drained before.
func (c *Chain[T]) Oldest() *Link[T] { return c.oldest.Load() }

// Advance makes the ring after l the oldest, unless another one has become it already. It
// returns false if there is none: then the chain is drained. l must be drained.
func (c *Chain[T]) Advance(l *Link[T]) bool {
	next := l.next.Load()
	if next == nil {
		return false
	}
	next.before.Store(l.before.Load() + l.Pushed())
	c.oldest.CompareAndSwap(l, next)
	return true
}

// TryPush pushes to the newest ring, as [Ring.TryPush] does.
func (c *Chain[T]) TryPush(v T) Outcome {
	for l := c.newest.Load(); ; {
		o := l.TryPush(v)
		if o != Closed {
			return o
		}
		if l = l.next.Load(); l == nil {
			return Closed
		}
	}
}

// TryPushBatch pushes to the newest ring, as [Ring.TryPushBatch] does.
func (c *Chain[T]) TryPushBatch(vs []T) (int, Outcome) {
	for l := c.newest.Load(); ; {
		n, o := l.TryPushBatch(vs)
		if o != Closed {
			return n, o
		}
		if l = l.next.Load(); l == nil {
			return 0, Closed
		}
	}
}

// TryPop pops from the oldest ring that is not drained, as [Ring.TryPop] does.
func (c *Chain[T]) TryPop() (T, Outcome) {
	for {
		l := c.oldest.Load()
		v, o := l.TryPop()
		if o != Drained || !c.Advance(l) {
			return v, o
		}
	}
}

// Peek returns what a TryPop would, [OK] included, and removes no value. As TryPop does, it
// leaves out rings that are drained.
func (c *Chain[T]) Peek() Outcome {
	for {
		l := c.oldest.Load()
		o := l.Peek()
		if o != Drained || !c.Advance(l) {
			return o
		}
	}
}

// Cap returns the number of values that the newest ring holds.
func (c *Chain[T]) Cap() int { return c.newest.Load().Cap() }

// Pushed returns the number of pushes since Init. It never decreases from one call
// to the next, nor does Popped. If Popped is called before Pushed, its result is not
// greater.
func (c *Chain[T]) Pushed() uint64 {
	l := c.oldest.Load()
	sum := l.before.Load()
	for ; l != nil; l = l.next.Load() {
		sum += l.Pushed()
	}
	return sum
}

// Popped returns the number of pops since Init.
func (c *Chain[T]) Popped() uint64 {
	l := c.oldest.Load()
	return l.before.Load() + l.Popped()
}

// Len returns the number of values that are queued, in all rings. During pushes and pops
// the result may be slightly wrong, but it is never more than the rings can hold.
func (c *Chain[T]) Len() (n int) {
	for l := c.oldest.Load(); l != nil; l = l.next.Load() {
		popped := l.Popped()
		n += int(min(l.Pushed()-popped, uint64(l.Cap())))
	}
	return n
}
