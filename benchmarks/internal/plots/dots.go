package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A dotPlot has a row for each pool and a panel for each column: a dot at the
// median, a line for its confidence interval, and the median in figures. Most axes are
// logarithmic. A bar would begin at a zero that such an axis does not have.
type dotPlot struct {
	title   string
	about   string                        // conditions, and which end is better
	note    string                        // for the caption
	looks   func(set *samples.Set) []look // nil for looksOf
	first   bool                          // the first column alone says which is best
	higher  bool                          // is better
	apart   bool                          // each panel has an axis of its own
	whole   bool                          // the distance of the processors does not matter
	columns []column
}

// A column is one situation in which all pools are measured.
type column struct {
	label  string
	figure func(set *samples.Set, impl string) (samples.Figure, bool)
	format func(float64) string
	even   bool // its axis is not logarithmic, and begins at zero
}

// A row is what a pool has in each column, and the zero Figure where it was not
// measured.
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

// mean returns the geometric mean of what the pool has.
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

// measured returns the plot with those columns only for which the set has figures.
func (d *dotPlot) measured(set *samples.Set) *dotPlot {
	less := *d
	less.columns = slices.DeleteFunc(slices.Clone(d.columns), func(c column) bool {
		one := dotPlot{looks: d.looks, columns: []column{c}}
		return len(one.rows(set)) == 0
	})
	return &less
}

// draw returns the picture, or nil if the set has no figure for it.
func (d *dotPlot) draw(set *samples.Set) *element {
	d = d.measured(set)
	if len(d.columns) == 0 {
		return nil
	}
	list, more := parts(set), ""
	if d.whole {
		list, more = []part{{set: set}}, together(set)
	}
	rows := make([][]row, len(list))
	var figures []samples.Figure
	for i, p := range list {
		rows[i] = d.rows(p.set)
		for _, r := range rows[i] {
			figures = append(figures, r.figures...)
		}
	}
	// One axis for all parts, so that they can be compared.
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
	return s.finish(d.title, words, caption(set, figures, d.scales(), d.note, more))
}

// scales says for the caption what axes there are.
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

// words returns the figures as text, for those who do not see the picture.
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
