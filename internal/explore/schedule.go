package explore

import (
	"fmt"
	"strings"
)

// formatSchedule writes the goroutine of each turn, with how many turns it has
// in a row: 0x12,2x3 is twelve turns for the first goroutine, main, and three
// for the third.
func formatSchedule(chosen []uint8) string {
	var b strings.Builder
	for i := 0; i < len(chosen); {
		n := 1
		for i+n < len(chosen) && chosen[i+n] == chosen[i] {
			n++
		}
		fmt.Fprintf(&b, ",%dx%d", chosen[i], n)
		i += n
	}
	return strings.TrimPrefix(b.String(), ",")
}

// parseSchedule is the inverse of formatSchedule.
func parseSchedule(s string) (chosen []uint8, err error) {
	for part := range strings.SplitSeq(s, ",") {
		var g, n int
		if _, err := fmt.Sscanf(part, "%dx%d", &g, &n); err != nil || fmt.Sprintf("%dx%d", g, n) != part || g < 0 || g > 255 || n < 1 || n > tooLong {
			return nil, fmt.Errorf("explore: bad schedule: %q is not a goroutine and its number of turns, as 2x17", part)
		}
		for range n {
			chosen = append(chosen, uint8(g))
		}
	}
	return chosen, nil
}

// A replay is a given schedule, and after its end the first option always.
type replay struct{ chosen []uint8 }

func (p *replay) choose(r *Run, _ bool) *goroutine {
	turn := len(r.chosen)
	if turn >= len(p.chosen) {
		return r.options[0]
	}
	for _, g := range r.options {
		if g.id == int(p.chosen[turn]) {
			return g
		}
	}
	r.Failf("the schedule is not one of this program: at turn %d goroutine %d cannot go on", turn, p.chosen[turn])
	return nil
}
