package plots

import "github.com/seed62337844/workerpool/benchmarks/internal/samples"

// A part is what was measured at one distance of the processors. Its name is empty
// if distances are not told apart.
type part struct {
	name, meaning string
	set           *samples.Set
}

// parts returns the parts of a set, also those of which it has no samples.
func parts(set *samples.Set) []part {
	return []part{{set: set}}
}

// heading begins the panels of a part.
func (s *sheet) heading(p part, seen bool) {
	if p.name == "" {
		return
	}
	s.y += textSize * 1.9
	s.add(label(margin, s.y, textSize, "start", ink, true, p.name))
	meaning := p.meaning
	if !seen {
		meaning = "not seen in this run"
	}
	s.add(label(margin+textWidth(p.name+" ", textSize, true), s.y, textSize, "start", muted, false, meaning))
}
