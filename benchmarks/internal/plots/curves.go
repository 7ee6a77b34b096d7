package plots

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A curvePlot shows how figures depend on x: a line for each contestant, with its name
// and its last value at the right end.
type curvePlot struct {
	title  string
	about  string // conditions, and which end is better
	x      string // the name of the axis
	xs     []float64
	curves []curve
	figure func(set *samples.Set, c curve, x float64) (samples.Figure, bool)
	format func(float64) string
	least  float64                   // the upper end of the axis is at least here
	note   func(shown []look) string // a sentence of the caption
}

// A curve is a contestant and how its line looks.
type curve struct {
	look
	dashes string // as for stroke-dasharray, "" for none
}

// A drawnCurve is a curve with two figures or more.
type drawnCurve struct {
	curve
	xs      []float64
	figures []samples.Figure
}

func (c drawnCurve) last() float64 { return c.figures[len(c.figures)-1].Median }

// Sizes of a curve plot, in pixels.
const (
	plotHeight  = 290
	labelHeight = textSize * 1.3
	leader      = 26 // from the end of a curve to its name
)

// draw returns the picture, or nil if no curve has two points.
func (p *curvePlot) draw(set *samples.Set) *element {
	var curves []drawnCurve
	var figures []samples.Figure
	var shown []look
	for _, c := range p.curves {
		d := drawnCurve{curve: c}
		for _, x := range p.xs {
			if f, ok := p.figure(set, c, x); ok {
				d.xs, d.figures = append(d.xs, x), append(d.figures, f)
			}
		}
		if len(d.xs) > 1 {
			curves = append(curves, d)
			figures = append(figures, d.figures...)
			shown = append(shown, c.look)
		}
	}
	if len(curves) == 0 {
		return nil
	}
	s := newSheet(p.title, p.about)
	p.panel(s, curves)
	words := p.about
	for _, c := range curves {
		words += fmt.Sprintf(" %s, from %s to %s: %s to %s.", c.label, digits(c.xs[0]), digits(c.xs[len(c.xs)-1]),
			p.format(c.figures[0].Median), p.format(c.last()))
	}
	return s.finish(p.title, words, caption(set, figures, p.note(shown), together(set)))
}

// layer returns the layer of a curve. Higher layers are in front: dashes hide less than
// a line, and nothing hides the bold curve.
func (c curve) layer() int {
	switch {
	case c.bold:
		return 2
	case c.dashes != "":
		return 1
	}
	return 0
}

// panel adds the axes and the curves.
func (p *curvePlot) panel(s *sheet, curves []drawnCurve) {
	top := s.y + 16
	bottom := top + plotHeight
	y := axis{hi: p.least, from: bottom, to: top}
	var xs []float64
	names, values := 0.0, 0.0
	for _, c := range curves {
		names = max(names, textWidth(c.label+" ", textSize, c.bold))
		values = max(values, textWidth(p.format(c.last()), textSize, c.bold))
		xs = append(xs, c.xs...)
		for _, f := range c.figures {
			y.hi = max(y.hi, f.Hi)
		}
	}
	y.hi *= 1.03 // room for a dot
	marks := y.evenTicks(func(ticks []float64) bool { return len(ticks) <= 6 })
	scale := 0.0
	for _, v := range marks {
		scale = max(scale, textWidth(short(p.format(v)), smallSize, false))
	}
	slices.Sort(xs)
	xs = slices.Compact(xs)
	x := axis{lo: xs[0], hi: xs[len(xs)-1], from: margin + scale + 16, to: width - margin - values - names - leader - 8}

	for _, v := range marks {
		s.add(line(x.from-8, y.at(v), x.to+8, y.at(v), 1, grid),
			label(x.from-12, y.at(v)+smallSize*0.36, smallSize, "end", muted, false, short(p.format(v))))
	}
	for _, v := range x.thinned(xs, digits) {
		s.add(label(x.at(v), bottom+smallSize+8, smallSize, "middle", muted, false, digits(v)))
	}
	s.add(label((x.from+x.to)/2, bottom+smallSize*2.6+6, smallSize, "middle", muted, false, p.x))

	slices.SortStableFunc(curves, func(a, b drawnCurve) int { return -cmp.Compare(a.last(), b.last()) })
	want := make([]float64, len(curves))
	for i, c := range curves {
		want[i] = y.at(c.last())
	}
	places := spread(want, labelHeight, top, bottom)
	for layer := range 3 {
		for i, c := range curves {
			if c.layer() == layer {
				s.add(p.curve(x, y, c, places[i]))
			}
		}
	}
	s.y = bottom + smallSize*2.6 + 6
}

// curve returns one contestant's line, dots, intervals, name and last value.
func (p *curvePlot) curve(x, y axis, c drawnCurve, place float64) *element {
	g := newElement("g")
	tip := g.add(newElement("title"))
	thick, radius := 2.0, 3.5
	if c.bold {
		thick, radius = 3.5, 5
	}
	var points, said []string
	for i, f := range c.figures {
		at := x.at(c.xs[i])
		points = append(points, number(at)+","+number(y.at(f.Median)))
		said = append(said, fmt.Sprintf("%s at %s", p.format(f.Median), digits(c.xs[i])))
		if f.Hi > f.Lo {
			g.add(line(at, y.at(f.Lo), at, y.at(f.Hi), thick+1, c.colour, "stroke-opacity", "0.4", "stroke-linecap", "round"))
		}
	}
	tip.text = c.label + ": " + strings.Join(said, ", ")
	path := append(c.stroke(), "points", strings.Join(points, " "), "fill", "none",
		"stroke-width", number(thick), "stroke-linejoin", "round")
	if c.dashes != "" {
		path = append(path, "stroke-dasharray", c.dashes)
	}
	g.add(newElement("polyline", path...))
	for i, f := range c.figures {
		g.add(newElement("circle", append(c.fill(), "cx", number(x.at(c.xs[i])), "cy", number(y.at(f.Median)), "r", number(radius))...))
	}
	end := x.at(c.xs[len(c.xs)-1])
	g.add(line(end+radius+3, y.at(c.last()), x.to+leader-4, place, 1, c.colour, "stroke-opacity", "0.6"))
	g.add(label(x.to+leader, place+drop, textSize, "start", c.colour, c.bold, c.label))
	g.add(label(width-margin, place+drop, textSize, "end", c.colour, c.bold, p.format(c.last())))
	return g
}
