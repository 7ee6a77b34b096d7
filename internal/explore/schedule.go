package explore

import (
	"fmt"
	"strings"
)

// A schedule determines a run: it has all decisions, and says whether turns end
// before the steps or after them.
type schedule struct {
	afterSteps bool
	decisions  []decision
}

// A decision is the number of the goroutine that has the next turn, or outcome
// plus the number of an outcome.
type decision uint16

const outcome decision = 1 << 8

// afterPrefix begins the text of a schedule whose turns end after the steps.
const afterPrefix = "after:"

// String returns the schedule as a text: 0x12,2x3 is twelve turns of the first
// goroutine, main, and then three of the third. ?0 is the usual outcome of a
// step, and ?1 another one.
func (s schedule) String() string {
	var b strings.Builder
	for i := 0; i < len(s.decisions); {
		d, n := s.decisions[i], 1
		if d >= outcome {
			fmt.Fprintf(&b, ",?%d", d-outcome)
		} else {
			for i+n < len(s.decisions) && s.decisions[i+n] == d {
				n++
			}
			fmt.Fprintf(&b, ",%dx%d", d, n)
		}
		i += n
	}
	text := strings.TrimPrefix(b.String(), ",")
	if s.afterSteps {
		text = afterPrefix + text
	}
	return text
}

// parseSchedule is the inverse of String.
func parseSchedule(text string) (s schedule, err error) {
	text, s.afterSteps = strings.CutPrefix(text, afterPrefix)
	for part := range strings.SplitSeq(text, ",") {
		d, n, ok := parseDecisions(part)
		if !ok {
			return s, fmt.Errorf("explore: bad schedule: %q is neither a goroutine and its number of turns, as 2x17, nor an outcome, as ?1", part)
		}
		for range n {
			s.decisions = append(s.decisions, d)
		}
	}
	return s, nil
}

// parseDecisions reads the text between two commas: a decision, n times.
func parseDecisions(part string) (d decision, n int, ok bool) {
	var i int
	if _, err := fmt.Sscanf(part, "?%d", &i); err == nil {
		return outcome + decision(i), 1, fmt.Sprintf("?%d", i) == part && i >= 0 && i < int(outcome)
	}
	if _, err := fmt.Sscanf(part, "%dx%d", &i, &n); err != nil || fmt.Sprintf("%dx%d", i, n) != part {
		return 0, 0, false
	}
	return decision(i), n, i >= 0 && i < int(outcome) && n >= 1 && n <= tooLong
}

// A replay makes the given decisions, and after them always the first that is
// possible.
type replay struct{ decisions []decision }

func (p *replay) choose(r *Run, _ bool) *goroutine {
	d, ok := p.next(r)
	if !ok {
		return r.options[0]
	}
	for _, g := range r.options {
		if g.id == int(d) {
			return g
		}
	}
	r.Failf("the schedule is not one of this program: decision %d is %v, which is impossible", len(r.chosen), schedule{decisions: []decision{d}})
	return nil
}

func (p *replay) outcome(r *Run, n int, _ choice) int {
	d, ok := p.next(r)
	if !ok {
		return 0
	}
	if d < outcome || int(d-outcome) >= n {
		r.Failf("the schedule is not one of this program: decision %d is %v, but must be one of %d outcomes", len(r.chosen), schedule{decisions: []decision{d}}, n)
	}
	return int(d - outcome)
}

// next returns the decision to make now, if there is one left.
func (p *replay) next(r *Run) (d decision, ok bool) {
	if len(r.chosen) >= len(p.decisions) {
		return 0, false
	}
	return p.decisions[len(r.chosen)], true
}
