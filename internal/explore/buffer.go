package explore

import "slices"

// On x86 the stores of a processor wait in a buffer. They go out in order, and other
// processors see them only after that. The processor's own loads see them at once. A
// locked operation, such as a compare-and-swap, waits until the buffer is empty. Nothing
// else is ever out of order: Sewell, Sarkar, Owens, Zappa Nardelli and Myreen, "x86-TSO:
// A Rigorous and Usable Programmer's Model for x86 Multiprocessors" (CACM 2010).
//
// A run does the same with the release stores of package step, which call Buffer: each
// goroutine has a buffer for them. All other steps are locked, except those that begin
// with BeforeLoad. The start of a goroutine is locked, too: the new goroutine sees
// what its parent has stored.
//
// # When a store goes out
//
// On x86 a store may go out at any moment. But only a goroutine that uses the same
// object can notice when. So a run decides it there:
//
//   - A goroutine is about to use an object, and another has stores to that object in its
//     buffer. The run chooses how many of these go out, together with all older stores in
//     that buffer. The goroutine misses the others: it sees the value before them. To
//     miss a store for the first time counts as a preemption. (Most searches miss none:
//     see check.search.)
//   - A goroutine is about to make a locked step. All of its own stores go out.
//   - No goroutine can make a step. All stores go out.
//
// A goroutine that waits in a loop misses a store in one round at most. If it missed the
// store again, it would see what it saw before, as if it had not looked. So no store stays
// in its buffer forever.
//
// A run differs from x86 in two ways. Unlocking a mutex is not a step of its own, so it
// does not empty the buffer: a run may miss a store that x86 would show. And if two
// goroutines have stores to one object in their buffers, not every order in which they
// could go out is explored. So an object that is given to Buffer should have one owner at a
// time, which has seen the last store of the owner before. A slot of a ring is such an
// object.

// A pendingStore is a store in a buffer.
type pendingStore struct {
	object *Object
	value  uint64
	write  func()

	missed []*goroutine // the goroutines that have used the object and missed the store
	due    []*goroutine // those of missed that have ended a round of a loop since
}

// Buffer puts a store of value to o into the buffer of the calling goroutine, between
// BeforeLoad and Did. It calls write when the store goes out.
func (r *Run) Buffer(o *Object, value uint64, write func()) {
	g := r.current
	if g.buffer == nil {
		g.buffer = &goroutine{name: g.name + "'s buffer"}
		r.histories += spread(0)
	}
	g.buffer.stores = append(g.buffer.stores, &pendingStore{object: o, value: value, write: write})
	r.advance(g.buffer, g.history)
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

// chooseStores chooses which stores to o go out from the buffers of other goroutines,
// before the step that the current goroutine is about to make.
func (r *Run) chooseStores(o *Object) {
	for _, g := range r.goroutines {
		if g != r.current && g.buffer != nil {
			r.chooseStoresOf(g.buffer, o)
		}
	}
}

// chooseStoresOf is chooseStores for the buffer b.
func (r *Run) chooseStoresOf(b *goroutine, o *Object) {
	must := 0         // how many stores of b must go out: up to the last that is due
	var choices []int // how many may go out instead: up to each later store to o, the last first
	missed := false   // the current goroutine has missed the last of these before
	for i, s := range b.stores {
		switch {
		case s.object != o:
		case slices.Contains(s.due, r.current):
			must, choices = i+1, nil
		default:
			choices = append([]int{i + 1}, choices...)
			missed = slices.Contains(s.missed, r.current)
		}
	}
	kind := firstMiss
	if missed { // the usual choice, the first, is to miss it again
		kind, choices = laterMiss, append([]int{must}, choices...)
	} else {
		choices = append(choices, must)
	}
	r.goOut(b, choices[r.choose(len(choices), kind)])
	for _, s := range b.stores {
		if s.object == o && !slices.Contains(s.missed, r.current) {
			s.missed = append(s.missed, r.current)
			r.advance(r.current, chose)
		}
	}
}

// endRoundOfStores records that g, which waits in a loop, has ended a round: the stores
// that it has missed are now due for it.
func (r *Run) endRoundOfStores(g *goroutine) {
	for _, h := range r.goroutines {
		if h.buffer == nil {
			continue
		}
		for i, s := range h.buffer.stores {
			if slices.Contains(s.missed, g) && !slices.Contains(s.due, g) {
				s.due = append(s.due, g)
				r.advance(g, mix(h.buffer.history, uint64(i)))
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

// Fence lets all stores of the calling goroutine go out.
func (r *Run) Fence() { r.flush(r.current) }

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
