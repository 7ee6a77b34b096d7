package explore

// Suppose that two goroutines wait in loops for a third, and write while they
// wait. Each write is a reason for the other to look again. So they could go on
// forever, and the third would never have a turn. A real scheduler does not
// starve a goroutine in this way, and neither does a run. It counts the rounds in
// which a loop has written something, and limits their number:
//
//	After maxUnfair such rounds, the goroutine has its next turn only when
//	every goroutine that could have made a step all the while has had a turn.
//
// So if a run does not end, that is not because a goroutine is starved, and the
// run fails. This is the idea of Musuvathi and Qadeer, "Fair Stateless Model
// Checking" (PLDI 2008).
//
// The rule never leaves all goroutines without a turn. If g must wait for h, then
// g has yielded since the last turn of h. So g has had a turn after h, and
// goroutines cannot wait for each other in a circle.
//
// Runs in which a goroutine is passed over more often are not explored. A loop
// that waits and does not write is not limited: it has one round for each reason
// to look again.

// maxUnfair is how many rounds with a write a loop may make while another goroutine
// has no turn.
const maxUnfair = 3

// endRound records a Yield of g, which ends a round of its loop.
func (r *Run) endRound(g *goroutine) {
	if !g.wrote {
		return
	}
	g.wrote = false
	copy(g.rounds[:], g.rounds[1:])
	g.rounds[maxUnfair-1] = r.turn
	r.rounds = true
}

// passedOver returns in how many of g's last rounds with a write h could have
// made a step but had no turn.
func passedOver(h, g *goroutine) (rounds int) {
	for _, turn := range g.rounds {
		if turn > h.idle {
			rounds++
		}
	}
	return rounds
}

// mustWait reports whether g, which yields, must wait until another goroutine has
// had a turn. The idle of each goroutine that cannot make a step must be up to
// date.
func (r *Run) mustWait(g *goroutine) bool {
	if !g.yields || !r.rounds {
		return false
	}
	for _, h := range r.goroutines {
		if h != g && passedOver(h, g) == maxUnfair {
			return true
		}
	}
	return false
}

// fairness is the part of a fingerprint that says which goroutine will have to
// wait for which.
func (r *Run) fairness() (f uint64) {
	if !r.rounds {
		return 0
	}
	for _, g := range r.goroutines {
		for _, h := range r.goroutines {
			if n := passedOver(h, g); h != g && n > 0 {
				f += mix(mix(g.history, h.history), uint64(n))
			}
		}
	}
	return f
}
