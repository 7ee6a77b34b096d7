package explore

// Two goroutines that write while they wait in loops, for a third, would each be
// the other's reason to look again, forever: the third could always be made to
// wait a little longer. A real scheduler does not starve it, and neither does a
// run. The rounds of a loop that wrote something are counted, and their number is
// limited:
//
//	After maxUnfair such rounds, the goroutine gets its next turn only when
//	every goroutine that could have made a step all the while has had a turn.
//
// So if a run has no end, it has none although nobody is starved, and that is a
// failure. This is the idea of Musuvathi and Qadeer, "Fair Stateless Model
// Checking" (PLDI 2008).
//
// Somebody always has a turn. If g has to wait for h, then g has yielded since the
// last turn of h. In a circle of such goroutines this cannot be so of the one that
// had the last turn.
//
// A run in which somebody is passed over in more rounds than that is not shown.
// A loop that waits and does not write has as many rounds as it is given reasons
// to look, and is not limited.

// maxUnfair is how many rounds that write a loop may make while others stand still.
const maxUnfair = 3

// endRound notes a Yield of g, the end of a round of its loop.
func (r *Run) endRound(g *goroutine) {
	if !g.wrote {
		return
	}
	g.wrote = false
	copy(g.rounds[:], g.rounds[1:])
	g.rounds[maxUnfair-1] = r.turn
	r.rounds = true
}

// passedOver returns in how many of g's last rounds that wrote h could have made
// a step, and had no turn.
func passedOver(h, g *goroutine) (rounds int) {
	for _, turn := range g.rounds {
		if turn > h.idle {
			rounds++
		}
	}
	return rounds
}

// mustWait reports whether g, which yields, has to let another have a turn first.
// For all that cannot make a step, idle is up to date.
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

// fairness is the part of a fingerprint that says who will have to wait for whom.
func (r *Run) fairness() (f uint64) {
	if !r.rounds {
		return 0
	}
	for _, g := range r.goroutines {
		for _, h := range r.goroutines {
			if n := passedOver(h, g); h != g && n > 0 {
				f += mix(mix(g.past, h.past), uint64(n))
			}
		}
	}
	return f
}
