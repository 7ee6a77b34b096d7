package explore

import "math/bits"

// Two schedules often lead to the same state: two loads may change places, or
// two steps on different objects. What follows a state does not depend on how
// it was reached, so the search need not look at it twice. It knows a state
// again by its fingerprint, which is computed from the past of each goroutine:
//
//   - A step changes the past of its goroutine: it becomes a hash of what it
//     was and of the object's past.
//   - A step that is more than a load makes that the past of the object too.
//
// So the past of a goroutine says which steps it has made, and for each of them
// which step before was the last to change the object, and so on, back to the
// start. It covers all that the goroutine has learned from others. It covers the
// values of atomic words, because they follow from the past of the goroutine that
// stored them. It covers the values of plain variables, because they were written
// before a step that this goroutine has seen the effect of; otherwise the access
// is a data race. (Where objects lie in memory is not covered, and has no
// influence.)
//
// The fingerprint is the sum of all these pasts, each of them spread over 64 bits,
// and of what else decides how things go on: who has something new to look at
// after a Yield, who has to wait for whom by the rule in fair.go, and what Always
// remembers. This is the idea of Musuvathi and Qadeer, "Partial-Order Reduction
// for Context-Bounded State Exploration" (MSR-TR-2007-12). Two states that differ
// and have the same fingerprint would hide one of them. Among ten million states
// the probability of such a pair is below 10^-5.

// Every turn must add to the past of its goroutine. A turn that did not would
// lead from a state to the same state, and the search would turn back. These
// are what a goroutine learns where it uses no object.
const (
	born     = iota + 1 // it is the child
	bore                // it is the parent
	started             // it has had its first turn
	ended               // it has no step to make any more
	blocked             // it cannot make its next step yet
	yielding            // and may go on at once
	spinning            // has yielded, and may not
	yielded             // has had a turn again
	renewed             // there has been a change since
	turning             // the decision is whose turn is next
	choosing            // the decision is the outcome of a step
	chose               // the first outcome; the others follow
)

// spread makes all bits of a past matter in a sum.
func spread(past uint64) uint64 { return mix(past, 0x9e3779b97f4a7c15) }

// mix is a hash of a and b, in this order.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0xa0761d6478bd642f, bits.RotateLeft64(b, 32)^0xe7037ed1a0b428db)
	return high ^ low + bits.RotateLeft64(a, 17)
}

// advance adds what g has learned to its past.
func (r *Run) advance(g *goroutine, learned uint64) {
	r.pasts -= spread(g.past)
	g.past = mix(g.past, learned)
	r.pasts += spread(g.past)
}

// fingerprint returns that of the present state.
func (r *Run) fingerprint() uint64 {
	f := r.pasts + spread(r.ghost) + r.fairness()
	for _, g := range r.goroutines {
		for _, p := range g.places {
			if p.changes != r.changes {
				f += mix(mix(g.past, renewed), p.id)
			}
		}
	}
	return f
}
