package mpmc

// NewAt is New for a ring that has been gone round laps times.
func NewAt[T any](capacity int, laps uint64) *Ring[T] {
	r := new(Ring[T])
	r.initAt(capacity, laps)
	return r
}

// LastLaps returns the number of laps after which a ring of the given capacity
// overflows its 64-bit positions within the next n laps.
func LastLaps(capacity int, n uint64) uint64 {
	return -New[int](capacity).oneLap/New[int](capacity).oneLap + 1 - n
}

// StallPush is push up to its CAS: it wins a slot, and stops before the value is
// written. If the outcome is OK, publish does the rest.
func (r *Ring[T]) StallPush(v T) (publish func(), o Outcome) {
	tail := r.tail.Load()
	if tail&r.closed != 0 {
		return nil, Closed
	}
	s, lap := &r.slots[tail&r.mask], tail&^r.mask
	if s.stamp.Load() != lap {
		return nil, r.room()
	}
	if !r.tail.CompareAndSwap(tail, r.after(tail)) {
		return nil, contended
	}
	return func() { s.put(lap, v) }, OK
}

// StallPop is pop up to its CAS: it wins a slot, and stops before the value is
// taken out. If the outcome is OK, release does the rest.
func (r *Ring[T]) StallPop() (release func() T, o Outcome) {
	head := r.head.Load()
	s, lap := &r.slots[head&r.mask], head&^r.mask
	if s.stamp.Load() != lap|full {
		return nil, r.Peek()
	}
	if !r.head.CompareAndSwap(head, r.after(head)) {
		return nil, contended
	}
	return func() T { return s.take(lap + r.oneLap) }, OK
}

// Busy is the outcome of a StallPush whose slot is just being read.
const Busy = busy
