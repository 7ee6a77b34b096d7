package mpmc

// NewAt is New for a ring that has been gone round laps times.
func NewAt[T any](capacity int, laps uint64) *Ring[T] { return newAt[T](capacity, laps) }

// LastLaps returns the number of laps after which a ring of the given capacity
// overflows its 64-bit positions within the next n laps.
func LastLaps(capacity int, n uint64) uint64 {
	return -New[int](capacity).oneLap/New[int](capacity).oneLap + 1 - n
}

// StallPush does the first half of a TryPush: it wins a slot, and stops before
// the value is written. If the outcome is OK, publish does the second half.
func (r *Ring[T]) StallPush(v T) (publish func(), o Outcome) {
	s, lap, o := r.claimEmpty()
	return func() { r.put(s, lap, v) }, o
}

// StallPop does the first half of a TryPop: it wins a slot, and stops before
// the value is taken out. If the outcome is OK, release does the second half.
func (r *Ring[T]) StallPop() (release func() T, o Outcome) {
	s, lap, o := r.claimFull()
	return func() T { return r.take(s, lap) }, o
}

// Occupied is the outcome of a StallPush whose slot is just being read.
const Occupied = occupied
