//go:build modelcheck

package mpmc

import (
	"fmt"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A world is a ring, and what its users were told.
type world struct {
	*explore.Run
	ring  *Ring[int]
	calls [8]*call // under way, by user

	accepted, arrived  [16]int // by value
	lastTail, lastHead uint64  // of the invariant
}

// A call is an operation under way, and what the ring has been at some instant
// since it began. Being closed, and drained, need not be noted, for they last.
type call struct {
	pushes               bool
	full, empty, pending bool
}

func newWorld(r *explore.Run, capacity int, laps uint64) *world {
	w := &world{Run: r, ring: newAt[int](capacity, laps)}
	w.lastTail, w.lastHead = w.ring.start, w.ring.start
	r.Always(w.invariant)
	return w
}

// invariant checks the invariants of the ring, and notes the state for the calls.
func (w *world) invariant() (ghost uint64) {
	r := w.ring
	tail, head := r.tail.Load(), r.head.Load()
	closed := tail&r.closed != 0
	queued := r.count(tail&^r.closed) - r.count(head)
	if queued > uint64(r.Cap()) {
		w.Failf("not head <= tail <= head + one lap: head %#x, tail %#x", head, tail)
	}
	for i, c := range w.calls {
		if c == nil {
			continue
		}
		if c.pushes {
			c.full = c.full || queued == uint64(r.Cap()) && !closed
		} else {
			c.empty = c.empty || queued == 0 && !closed
			c.pending = c.pending || queued > 0 && r.slots[head&r.mask].stamp.Load() != head&^r.mask|full
		}
		for bit, b := range []bool{c.full, c.empty, c.pending} {
			if b {
				ghost |= 1 << (8*i + bit)
			}
		}
	}
	return ghost
}

func (w *world) begin(user int, pushes bool) *call {
	c := &call{pushes: pushes}
	w.calls[user] = c
	w.Observe()
	return c
}

func (w *world) push(user, v int) Outcome {
	c := w.begin(user, true)
	o := w.ring.TryPush(v)
	switch {
	case o == OK:
		w.accepted[v]++
	case o == Full && !c.full:
		w.Failf("push of %d is refused, but the ring was never full", v)
	case o == Closed && !w.closed():
		w.Failf("push of %d is refused, but the ring was never closed", v)
	}
	w.calls[user] = nil
	return o
}

func (w *world) pop(user int) (int, Outcome) {
	c := w.begin(user, false)
	v, o := w.ring.TryPop()
	w.check(c, o)
	if o == OK {
		w.arrived[v]++
	}
	w.calls[user] = nil
	return v, o
}

func (w *world) check(c *call, o Outcome) {
	if o == Empty && !c.empty || o == Drained && !w.drained() || o == Pending && !c.pending {
		w.Failf("outcome %d was true at no instant: %+v", o, *c)
	}
}

func (w *world) closed() bool { return w.ring.tail.Load()&w.ring.closed != 0 }

func (w *world) drained() bool { return w.closed() && w.ring.Pushed() == w.ring.Popped() }

// end pops what is left and compares.
func (w *world) end() {
	w.Settle()
	for {
		if _, o := w.pop(0); o != OK {
			if o == Pending {
				w.Failf("the oldest value was never written")
			}
			break
		}
	}
	if w.accepted != w.arrived {
		w.Failf("accepted %v, arrived %v", w.accepted, w.arrived)
	}
	if w.ring.Pushed() != w.ring.Popped() {
		w.Failf("%d pushed, %d popped", w.ring.Pushed(), w.ring.Popped())
	}
}

func TestExploreRing(t *testing.T) {
	for _, laps := range []uint64{0, 1} {
		for capacity := 1; capacity <= 3; capacity++ {
			for _, closes := range []bool{false, true} {
				t.Run(fmt.Sprintf("capacity=%d/laps=%d/close=%v", capacity, laps, closes), func(t *testing.T) {
					start := laps
					if laps > 0 {
						start = LastLaps(capacity, 1)
					}
					explore.Check(t, explore.Effort{Preemptions: explore.Any}, func(r *explore.Run) {
						w := newWorld(r, capacity, start)
						for p := range 2 {
							r.Go(fmt.Sprint("producer ", p+1), func() {
								for i := range 2 {
									w.push(1+p, 2*p+i)
								}
							})
						}
						for c := range 2 {
							r.Go(fmt.Sprint("consumer ", c+1), func() {
								w.pop(3 + c)
							})
						}
						if closes {
							r.Go("closer", func() { w.ring.Close() })
						}
						w.end()
					})
				})
			}
		}
	}
}
