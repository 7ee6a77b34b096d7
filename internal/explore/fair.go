package explore

// Two goroutines may wait in loops for a third, and write while they wait. Each write
// lets the other look again. If the third never had a turn, the two would loop forever.
// A real scheduler gives the third a turn at some time, and so does a run. Its rule is:
//
//	If a goroutine could make a step, but had no turn, in each of the last maxUnfair
//	rounds in which a loop has written, the loop waits until it has had one.
//
// So a run that does not end is a failure: no goroutine was starved. The idea is that
// of Musuvathi and Qadeer, "Fair Stateless Model Checking" (PLDI 2008).
//
// Goroutines cannot wait for each other in a circle by this rule. If g must wait for h,
// then the last turn of g came after that of h.
//
// Schedules that pass a goroutine over more often are not explored. A loop that does not
// write needs no limit: it looks again only when something has changed.

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
		if turn > h.fairAt {
			rounds++
		}
	}
	return rounds
}

// mustWait reports whether g, which yields, must wait until another goroutine has
// had a turn. The fairAt of each goroutine that cannot make a step must be up to
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
