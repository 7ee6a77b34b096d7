package explore

import "math/bits"

// Two schedules often lead to the same state, for example if they differ only in
// the order of two loads, or of two steps on different objects. What can follow a
// state does not depend on how it was reached, so the search explores it only
// once. It recognizes a state by its fingerprint, which is computed from the
// history of each goroutine:
//
//   - A step changes the history of its goroutine to a hash of that history and
//     of the object's history.
//   - A step that is more than a load makes the new history that of the object,
//     too.
//
// So the history of a goroutine says which steps it has made, and for each of them
// which earlier step was the last to change the object, and so on, back to the
// start. It covers all that the goroutine has learned from others: the values of
// atomic words, because they follow from the history of the goroutine that stored
// them, and the values of plain variables, because they were written before a step
// whose effect this goroutine has seen. (Otherwise the access is a data race.) It
// does not cover the addresses of objects, which have no influence.
//
// The fingerprint is the sum of all histories, each spread over 64 bits, and of
// everything else that decides how the run can go on: which goroutines have something
// new to look at after a Yield, which must wait for which by the rule in fair.go, and
// what Always remembers. This is the idea of Musuvathi and Qadeer, "Partial-Order
// Reduction for Context-Bounded State Exploration" (MSR-TR-2007-12). If two different
// states had the same fingerprint, one would not be explored. Among ten million states
// the probability of such a pair is below 10^-5.

// Every turn must change the history of its goroutine. Otherwise it would lead
// from a state to the same state, and the search would not go on. These are
// added to a history when no object is used.
const (
	asChild  = iota + 1 // it was started by another
	asParent            // it has started another
	started             // it has had its first turn
	ended               // it has ended
	blocked             // it could not make its next step at once
	yielding            // it yields, and could go on at once
	spinning            // it yields, and could not go on at once
	yielded             // it has the first turn after a Yield
	renewed             // something has changed since its Yield
	turning             // the decision is a choice of the next turn
	choosing            // the decision is a choice of an outcome
	chose               // it has got the first outcome of a step; the others follow
)

// spread makes all bits of a history matter in a sum.
func spread(history uint64) uint64 { return mix(history, 0x9e3779b97f4a7c15) }

// mix is a hash of a and b, in this order.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0xa0761d6478bd642f, bits.RotateLeft64(b, 32)^0xe7037ed1a0b428db)
	return high ^ low + bits.RotateLeft64(a, 17)
}

// advance adds what g has learned to its history.
func (r *Run) advance(g *goroutine, learned uint64) {
	r.histories -= spread(g.history)
	g.history = mix(g.history, learned)
	r.histories += spread(g.history)
}

// fingerprint returns the fingerprint of the current state.
func (r *Run) fingerprint() uint64 {
	f := r.histories + spread(r.observed) + r.fairness()
	for _, g := range r.goroutines {
		for _, p := range g.places {
			if p.changes != r.changes {
				f += mix(mix(g.history, renewed), p.id)
			}
		}
	}
	return f
}
