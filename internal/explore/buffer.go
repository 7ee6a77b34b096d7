package explore

import "slices"

// A processor may keep a store to itself for a while. Other processors see it later,
// its own loads see it at once, and its stores reach the others in their order. An
// operation that is locked, such as a compare-and-swap, waits until all stores before
// it have gone out. That is how x86 works: Sewell, Sarkar, Owens, Zappa Nardelli and
// Myreen, "x86-TSO: A Rigorous and Usable Programmer's Model for x86 Multiprocessors"
// (CACM 2010).
//
// A run does the same with the stores that are given to Buffer: each goroutine has a
// buffer for them. When a store goes out makes a difference only to those who use the
// same object. So it is decided when another goroutine is about to do that: the stores
// in the way go out just before, or stay. The first time that a goroutine misses a store
// counts as a preemption. Stores that nobody looks for go out when nothing else can be
// done. A goroutine that waits in a loop does not miss the same store in two rounds: that
// is as if it had not looked again. So no store stays for ever.
//
// All steps but those that begin with BeforeLoad are locked. So is the start of a
// goroutine: the new one finds what its parent has stored.

// A pendingStore is a store in a buffer.
type pendingStore struct {
	object *Object
	value  uint64
	write  func()

	missed []*goroutine // have used the object and missed the store
	due    []*goroutine // of these, have ended a round of a loop since
}

// Buffer puts a store of value to o into the buffer of the calling goroutine, between
// BeforeLoad and Did. It calls write when the store goes out.
func (r *Run) Buffer(o *Object, value uint64, write func()) {
	g := r.current
	if g.buffer == nil {
		g.buffer = &goroutine{name: g.name + "'s buffer"}
		r.pasts += spread(0)
	}
	g.buffer.stores = append(g.buffer.stores, &pendingStore{object: o, value: value, write: write})
	r.advance(g.buffer, g.past)
}

// Buffered returns the value that a load of o by the calling goroutine finds in its
// buffer, if there is one.
func (r *Run) Buffered(o *Object) (value uint64, ok bool) {
	if r == nil || r.current.buffer == nil {
		return 0, false
	}
	for _, s := range r.current.buffer.stores {
		if s.object == o {
			value, ok = s.value, true
		}
	}
	return value, ok
}

// meet decides how many of the stores to o that are in others' buffers go out before
// the step that the current goroutine is about to make.
func (r *Run) meet(o *Object) {
	for _, g := range r.goroutines {
		if g != r.current && g.buffer != nil {
			r.meetBuffer(g.buffer, o)
		}
	}
}

func (r *Run) meetBuffer(b *goroutine, o *Object) {
	var ends []int // where the stores to o end that need not go out, the last first
	due := 0       // where those end that must
	missed := false
	for i, s := range b.stores {
		switch {
		case s.object != o:
		case slices.Contains(s.due, r.current):
			due, ends = i+1, nil
		default:
			ends = append([]int{i + 1}, ends...)
			missed = slices.Contains(s.missed, r.current)
		}
	}
	if missed { // it is usual to miss it again
		ends = append([]int{due}, ends...)
	} else {
		ends = append(ends, due)
	}
	r.goOut(b, ends[r.choose(len(ends), missed)])
	for _, s := range b.stores {
		if s.object == o && !slices.Contains(s.missed, r.current) {
			s.missed = append(s.missed, r.current)
			r.advance(r.current, chose)
		}
	}
}

// endRoundOfStores notes that g, which waits in a loop, has ended a round.
func (r *Run) endRoundOfStores(g *goroutine) {
	for _, h := range r.goroutines {
		if h.buffer == nil {
			continue
		}
		for i, s := range h.buffer.stores {
			if slices.Contains(s.missed, g) && !slices.Contains(s.due, g) {
				s.due = append(s.due, g)
				r.advance(g, mix(h.buffer.past, uint64(i)))
			}
		}
	}
}

// flush lets all stores of g go out.
func (r *Run) flush(g *goroutine) {
	if g.buffer != nil {
		r.goOut(g.buffer, len(g.buffer.stores))
	}
}

// flushAll lets all stores go out, and reports whether there were any.
func (r *Run) flushAll() (any bool) {
	for _, g := range r.goroutines {
		any = any || g.buffer != nil && len(g.buffer.stores) > 0
		r.flush(g)
	}
	return any
}

// goOut lets the oldest n stores of the buffer b go out.
func (r *Run) goOut(b *goroutine, n int) {
	for range n {
		s := b.stores[0]
		b.stores = b.stores[1:]
		s.write()
		r.did(b, s.object, Change, "goes out", s.value)
	}
}
