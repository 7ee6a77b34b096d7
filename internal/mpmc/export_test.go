package mpmc

import "math"

// NewAt is New for a ring whose positions start at the given lap.
func NewAt[T any](capacity int, lap uint64) *Ring[T] {
	r := new(Ring[T])
	r.initAt(capacity, false, lap)
	return r
}

// NewTable is NewAt for a ring that is a table, even if it is small.
func NewTable[T any](capacity int, lap uint64) *Ring[T] {
	r := new(Ring[T])
	r.initAt(capacity, true, lap)
	return r
}

// LastLap is the lap at the end of which the 64-bit positions overflow, in
// every ring.
const LastLap = math.MaxUint64

// StallPush is a push up to its CAS: it claims a slot, and stops before it
// writes the value. If the outcome is OK, publish does the rest.
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

// StallPop is a pop up to its CAS: it claims a slot, and stops before it takes
// out the value. If the outcome is OK, release does the rest.
func (r *Ring[T]) StallPop() (release func() T, o Outcome) {
	head := r.head.Load()
	s, lap := &r.slots[head&r.mask], head&^r.mask
	if s.stamp.Load() != lap|full {
		if o = r.Peek(); o == OK {
			o = contended
		}
		return nil, o
	}
	if !r.head.CompareAndSwap(head, r.after(head)) {
		return nil, contended
	}
	return func() T { return s.take(lap + r.oneLap) }, OK
}

// Reading is the outcome of a StallPush whose slot is still being read.
const Reading = reading
