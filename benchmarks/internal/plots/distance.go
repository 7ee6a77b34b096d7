package plots

import (
	"fmt"

	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A part is what was measured at one distance of the processors. Without distances
// there is one part, and its name is empty.
type part struct {
	name, meaning string
	set           *samples.Set
}

// parts returns the parts of a set. Some may have no samples.
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

// leftOut returns the sentence of the caption on measurements that are in no part, ""
// if there are none.
func leftOut(set *samples.Set) string {
	n := set.Count(distance.Mixed)
	if n == 0 || len(parts(set)) < 2 {
		return ""
	}
	return fmt.Sprintf("Of the run's %d measurements %d are left out, as they were at neither distance.", set.Len(), n)
}

// together returns the sentence of the caption of a picture that has all parts in one,
// "" if there is only one.
func together(set *samples.Set) string {
	if len(parts(set)) < 2 {
		return ""
	}
	return "Near and far processors together."
}

// heading adds the name of a part, and what it means or that it was not seen.
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
