package plots

import (
	"fmt"

	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A part is what was measured at one distance of the processors. Its name is empty
// if distances are not told apart.
type part struct {
	name, meaning string
	set           *samples.Set
}

// parts returns the parts of a set, also those of which it has no samples.
func parts(set *samples.Set) []part {
	var list []part
	for _, d := range set.Columns() {
		p := part{set: set.At(d)}
		switch d {
		case distance.Near:
			p.name = "Processors near"
			p.meaning = fmt.Sprintf("a round trip between them takes less than %d%sns", distance.NearBelow, space)
		case distance.Far:
			p.name = "Processors far"
			p.meaning = fmt.Sprintf("a round trip between them takes more than %d%sns", distance.FarAbove, space)
		}
		list = append(list, p)
	}
	return list
}

// together says for the caption that a picture makes no difference between parts, if
// there are some.
func together(set *samples.Set) string {
	if len(parts(set)) < 2 {
		return ""
	}
	return "Near and far processors together."
}

// heading begins the panels of a part.
func (s *sheet) heading(p part, seen bool) {
	if p.name == "" {
		return
	}
	s.y += textSize * 2
	s.add(label(margin, s.y, textSize, "start", ink, true, p.name))
	meaning := p.meaning
	if !seen {
		meaning = "not seen in this run"
	}
	s.add(label(margin+textWidth(p.name+" ", textSize, true), s.y, textSize, "start", muted, false, meaning))
}
