//go:build modelcheck

package mpmc

import "github.com/seed62337844/workerpool/internal/explore"

// A scenario is a ring in a run of package explore, and what its calls have
// returned. It checks the invariants of the ring at every step; when a call
// returns, that the outcome was true at some instant of the call; and at the
// end, that each accepted value has arrived once.
type scenario struct {
	*explore.Run
	ring  *Ring[int]
	calls [8]*call // under way, by goroutine

	accepted, arrived [4 * 8]int // by value
	closers           int        // calls of Close that were the first
}

// A call is an operation that has not returned. It records whether the ring was
// full or empty at some instant since the call began. Closed and drained need
// not be recorded, because they do not end.
type call struct {
	pushes                          bool
	full, empty, pending, published bool
}

func newScenario(r *explore.Run, ring *Ring[int]) *scenario {
	w := &scenario{Run: r, ring: ring}
	r.Always(w.always)
	return w
}

// always checks the invariants, and records the state of the ring in the calls.
// It returns what it has recorded.
func (w *scenario) always() (noted uint64) {
	r := w.ring
	tail, head := r.tail.Load(), r.head.Load()
	queued := r.count(tail&^r.closed) - r.count(head)
	if queued > uint64(r.Cap()) {
		w.Failf("not head <= tail <= head + one lap: head %#x, tail %#x", head, tail)
	}
	published := queued > 0 && r.slots[head&r.mask].stamp.Load() == head&^r.mask|full
	for i, c := range w.calls {
		switch {
		case c == nil:
		case c.pushes:
			c.full = c.full || queued == uint64(r.Cap())
			noted |= bit(c.full, 8*i)
		default:
			c.empty = c.empty || queued == 0 && tail&r.closed == 0
			c.pending = c.pending || queued > 0 && !published
			c.published = c.published || published
			noted |= bit(c.empty, 8*i) | bit(c.pending, 8*i+1) | bit(c.published, 8*i+2)
		}
	}
	return noted
}

func bit(b bool, i int) uint64 {
	if b {
		return 1 << i
	}
	return 0
}

// begin begins a call of the calling goroutine.
func (w *scenario) begin(pushes bool) *call {
	c := &call{pushes: pushes}
	w.calls[w.Self()] = c
	w.Observe()
	return c
}

// end ends the call, and checks the outcome.
func (w *scenario) end(c *call, o Outcome) {
	w.calls[w.Self()] = nil
	w.Look(func() {
		closed := w.ring.tail.Load()&w.ring.closed != 0
		var holds bool
		switch o {
		case Full:
			holds = c.full
		case Empty:
			holds = c.empty
		case Pending:
			holds = c.pending
		case Closed:
			holds = closed
		case Drained:
			holds = closed && w.ring.Pushed() == w.ring.Popped()
		case OK:
			holds = c.pushes || c.published
		}
		if !holds {
			w.Failf("outcome %d was true at no instant of the call: %+v", o, *c)
		}
	})
}

// push pushes the nth value of a producer.
func (w *scenario) push(n int) {
	v := 4*w.Self() + n
	c := w.begin(true)
	o := w.ring.TryPush(v)
	w.end(c, o)
	if o == OK {
		w.accepted[v]++
	}
}

// pushBatch pushes the values n to n+length-1 as one batch, of which only the first
// may be accepted.
func (w *scenario) pushBatch(n, length int) {
	var vs []int
	for i := range length {
		vs = append(vs, 4*w.Self()+n+i)
	}
	c := w.begin(true)
	pushed, o := w.ring.TryPushBatch(vs)
	w.end(c, o)
	if (o == OK) != (pushed > 0) || pushed > length {
		w.Failf("of a run of %d values, %d were pushed, with outcome %d", length, pushed, o)
	}
	for i := range pushed {
		w.accepted[vs[i]]++
	}
}

// consumer returns a function that pops, and checks that the values of each
// producer arrive in order.
func (w *scenario) consumer() (pop func() Outcome) {
	last := make(map[int]int)
	return func() Outcome {
		c := w.begin(false)
		v, o := w.ring.TryPop()
		w.end(c, o)
		if o != OK {
			return o
		}
		w.arrived[v]++
		producer, n := v/4, v%4+1
		if n <= last[producer] {
			w.Failf("value %d of producer %d arrives after value %d", n, producer, last[producer])
		}
		last[producer] = n
		return o
	}
}

func (w *scenario) peek() {
	c := w.begin(false)
	w.end(c, w.ring.Peek())
}

// close closes the ring. Exactly one call of Close must return that it was the
// first.
func (w *scenario) close() {
	if w.ring.Close() {
		w.closers++
	}
	if w.closers > 1 {
		w.Failf("two calls of Close were the first")
	}
}

// finish pops what is left when no goroutine can go on, and compares.
func (w *scenario) finish() {
	w.Settle()
	pop := w.consumer()
	o := OK
	for o == OK {
		o = pop()
	}
	switch {
	case o == Pending:
		w.Failf("the oldest value is never written")
	case (o == Drained) != (w.closers == 1):
		w.Failf("the last outcome is %d, and the ring was closed %d times", o, w.closers)
	case w.accepted != w.arrived:
		w.Failf("accepted %v, arrived %v", w.accepted, w.arrived)
	}
}
