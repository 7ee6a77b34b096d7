package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A dotPlot has a row for each pool and a panel for each column. In each panel a pool
// has a dot at its median, a line for the confidence interval, and the median as text.
// Dots and not bars, because a bar begins at zero, which a logarithmic axis lacks.
type dotPlot struct {
	title   string
	about   string                        // conditions, and which end is better
	note    func(shown []look) string     // a sentence of the caption, nil for none
	looks   func(set *samples.Set) []look // nil for looksOf
	first   bool                          // sort by the first column alone
	higher  bool                          // higher is better
	apart   bool                          // each panel has an axis of its own
	whole   bool                          // the distance of the processors does not matter
	columns []column
}

// A column is a situation in which all pools are measured.
type column struct {
	label  string
	figure func(set *samples.Set, impl string) (samples.Figure, bool)
	format func(float64) string
	even   bool    // a linear axis from zero, not a logarithmic one
	least  float64 // such an axis ends here or farther
}

// A row is a pool with its figures, one for each column. It is the zero Figure where
// the pool was not measured.
type row struct {
	look
	figures []samples.Figure
}

// rows returns the pools that have a figure in any column, the best first.
func (d *dotPlot) rows(set *samples.Set) []row {
	looks := d.looks
	if looks == nil {
		looks = looksOf
	}
	var rows []row
	for _, l := range looks(set) {
		r := row{look: l}
		found := false
		for _, c := range d.columns {
			f, ok := c.figure(set, l.impl)
			found = found || ok
			r.figures = append(r.figures, f)
		}
		if found {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if d.higher {
			a, b = b, a
		}
		if d.first {
			return cmp.Compare(a.figures[0].Median, b.figures[0].Median)
		}
		return cmp.Compare(a.mean(), b.mean())
	})
	return rows
}

// mean returns the geometric mean of the figures.
func (r row) mean() float64 {
	sum, n := 0.0, 0
	for _, f := range r.figures {
		if f.Median > 0 {
			sum += math.Log(f.Median)
			n++
		}
	}
	return math.Exp(sum / float64(max(n, 1)))
}

// measured returns the plot without the columns for which the parts have no figures.
func (d *dotPlot) measured(list []part) *dotPlot {
	less := *d
	less.columns = slices.DeleteFunc(slices.Clone(d.columns), func(c column) bool {
		one := dotPlot{looks: d.looks, columns: []column{c}}
		return !slices.ContainsFunc(list, func(p part) bool { return len(one.rows(p.set)) > 0 })
	})
	return &less
}

// draw returns the picture, or nil if the set has no figure for it.
func (d *dotPlot) draw(set *samples.Set) *element {
	list, more := parts(set), leftOut(set)
	if d.whole {
		list, more = []part{{set: set}}, together(set)
	}
	d = d.measured(list)
	if len(d.columns) == 0 {
		return nil
	}
	rows := make([][]row, len(list))
	var figures []samples.Figure
	var shown []look
	for i, p := range list {
		rows[i] = d.rows(p.set)
		for _, r := range rows[i] {
			figures = append(figures, r.figures...)
			shown = append(shown, r.look)
		}
	}
	// All parts have the same axes, so that they can be compared.
	axes := d.axes(slices.Concat(rows...))
	s := newSheet(d.title, d.about)
	words := d.about
	for i, p := range list {
		s.heading(p, len(rows[i]) > 0)
		if len(rows[i]) > 0 {
			d.panels(s, rows[i], axes)
			words += d.words(p, rows[i])
		}
	}
	return s.finish(d.title, words, caption(set, figures, d.scales(), noted(d.note, shown), more))
}

// noted returns a note, if there is one.
func noted(note func(shown []look) string, shown []look) string {
	if note == nil {
		return ""
	}
	return note(shown)
}

// scales returns the sentence of the caption on the axes.
func (d *dotPlot) scales() string {
	var even []string
	for _, c := range d.columns {
		if c.even {
			even = append(even, c.label)
		}
	}
	switch len(even) {
	case 0:
		return "Logarithmic axes."
	case len(d.columns):
		return ""
	}
	return "Logarithmic axes, except for " + strings.Join(even, " and ") + "."
}

// words returns the figures as text.
func (d *dotPlot) words(p part, rows []row) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, " %s", strings.TrimLeft(p.name+" "+r.label, " "))
		for i, f := range r.figures {
			if f.N > 0 {
				fmt.Fprintf(&b, ", %s %s", d.columns[i].label, d.columns[i].format(f.Median))
			}
		}
		b.WriteString(".")
	}
	return b.String()
}
