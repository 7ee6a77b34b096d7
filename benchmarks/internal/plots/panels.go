package plots

import (
	"slices"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// Sizes of a dot plot, in pixels.
const (
	rowHeight = 27
	gap       = 18              // between panels
	drop      = textSize * 0.36 // of a base line below the middle of its text
)

// panels adds the panels of a part, side by side, with the names at the left.
func (d *dotPlot) panels(s *sheet, rows []row, axes []axis) {
	names, values := 0.0, 0.0
	for _, r := range rows {
		names = max(names, textWidth(r.label, textSize, r.bold))
		for i, f := range r.figures {
			values = max(values, textWidth(d.columns[i].format(f.Median), textSize, r.bold))
		}
	}
	top := s.y + textSize*2.2
	bottom := top + rowHeight*float64(len(rows))
	middle := func(k int) float64 { return top + rowHeight*(float64(k)+0.5) }
	for k, r := range rows {
		if r.bold {
			s.add(box(margin-8, middle(k)-rowHeight/2, inner+16, rowHeight, 5, band))
		}
		s.add(label(margin, middle(k)+drop, textSize, "start", r.text(), r.bold, r.label))
	}
	width := (inner - names) / float64(len(d.columns)) // of a panel and the gap before it
	for i, c := range d.columns {
		right := margin + names + float64(i+1)*width
		a := axes[i]
		a.from, a.to = right-width+gap, right-values-gap/2
		s.add(label(a.from, top-8, textSize, "start", ink, true, c.label))
		ticks := a.ticks(c.format)
		for _, v := range slices.Concat(ticks, a.decades()) {
			s.add(line(a.at(v), top, a.at(v), bottom, 1, grid))
		}
		for _, v := range ticks {
			s.add(label(a.at(v), bottom+smallSize+3, smallSize, "middle", muted, false, short(c.format(v))))
		}
		for k, r := range rows {
			s.add(c.mark(a, middle(k), right, r.look, r.figures[i]))
		}
	}
	s.y = bottom + smallSize + 10
}

// axes returns the axis of each column, still without from and to.
func (d *dotPlot) axes(rows []row) []axis {
	values := make([][]float64, len(d.columns))
	for _, r := range rows {
		for i, f := range r.figures {
			values[i] = append(values[i], f.Median, f.Lo, f.Hi)
		}
	}
	axes := make([]axis, len(d.columns))
	for i := range axes {
		if !d.apart {
			values[i] = slices.Concat(values...)
		}
		if d.columns[i].even {
			axes[i] = evenAxis(values[i], d.columns[i].least)
		} else {
			axes[i] = logAxis(values[i])
		}
	}
	return axes
}

// mark returns the figure of one pool in one panel, with its value at the right.
func (c column) mark(a axis, y, right float64, l look, f samples.Figure) *element {
	g := newElement("g")
	tip := g.add(newElement("title"))
	tip.text = l.label + ", " + c.label + ": "
	if f.N == 0 {
		tip.text += "not measured"
		g.add(label(right, y+drop, textSize, "end", muted, false, "–"))
		return g
	}
	tip.text += c.format(f.Median)
	radius, thick := 4.5, 3.0
	if l.bold {
		radius, thick = 6, 4
	}
	if f.Hi > f.Lo {
		kind := "range"
		if f.Bounded {
			kind = "95\u00a0% confidence interval"
		}
		tip.text += ", " + kind + " " + c.format(f.Lo) + " to " + c.format(f.Hi)
		g.add(line(a.at(f.Lo), y, a.at(f.Hi), y, thick, l.colour, "stroke-opacity", "0.6", "stroke-linecap", "round"))
	}
	g.add(newElement("circle", append(l.fill(), "cx", number(a.at(f.Median)), "cy", number(y), "r", number(radius))...))
	g.add(label(right, y+drop, textSize, "end", l.text(), l.bold, c.format(f.Median)))
	return g
}
