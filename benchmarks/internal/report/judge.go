package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchunit"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A verdict says whether a figure was reached.
type verdict int

const (
	nothing     verdict = iota // there is nothing to judge
	notMeasured                // of the cells it takes, some have no results
	reached
	undecided // the figures lie on one side, but may do so by chance
	missed
)

func (v verdict) String() string {
	return [...]string{"", "not measured", "reached", "undecided", "not reached"}[v]
}

// alpha is the probability below which a difference is not taken for chance.
const alpha = 0.05

// A ruling is a verdict with the figures behind it.
type ruling struct {
	verdict
	text string
}

// A limit is how much of the other pool's time (or of its CPU time, or of its
// overhead) ours may need.
type limit struct {
	ratio float64

	// Being within is enough, and need not be shown to be no accident: so it is
	// with "no slower", which two equal pools must be able to reach.
	lenient bool
}

// times is the limit for "at least n times as fast".
func times(n float64) limit { return limit{ratio: 1 / n} }

// share is the limit for "at most x of".
func share(x float64) limit { return limit{ratio: x} }

// noSlower allows what the A/A pair differs by.
func noSlower(noise float64) limit { return limit{ratio: 1 + noise, lenient: true} }

// judge tells whether ours are within the limit of theirs. It compares ours with
// theirs times the limit, by the medians and the Mann-Whitney test, and returns
// how probable it is that chance alone makes them differ as much.
func judge(ours, theirs []float64, l limit) (verdict, float64) {
	most := make([]float64, len(theirs))
	for i, v := range theirs {
		most[i] = v * l.ratio
	}
	p := samples.P(ours, most)
	switch within := median(ours) <= median(most); {
	case within && (l.lenient || p < alpha):
		return reached, p
	case !within && p < alpha:
		return missed, p
	}
	return undecided, p
}

// judgeAbsolute tells whether a figure of ours is at most, or at least, a fixed
// one, by the interval around its median.
func judgeAbsolute(values []float64, figure float64, atLeast bool) verdict {
	f := samples.Summarize(values)
	lo, hi := f.Lo, f.Hi
	if atLeast {
		figure, lo, hi = -figure, -hi, -lo
	}
	switch {
	case !f.Bounded:
		return undecided
	case hi <= figure:
		return reached
	case lo > figure:
		return missed
	}
	return undecided
}

// lessMedian takes the median of base off the values. It returns nil without base.
func lessMedian(values, base []float64) []float64 {
	if len(base) == 0 {
		return nil
	}
	for i := range values {
		values[i] -= median(base)
	}
	return values
}

func median(values []float64) float64 { return samples.Summarize(values).Median }

// A group is what a row of the table is about: one benchmark, some of its cells,
// and the unit, of which less is better.
type group struct {
	benchmark, unit string
	cells           []string // their parameters behind impl

	// If set, gives for a cell the one whose median is taken off its figures.
	above func(rest string) string
}

// overhead is the group of the figures above those of the same tasks without a
// pool.
func (g group) overhead() group {
	g.above = benchmarks.IdealOf
	return g
}

// cells returns the group of all cells of a benchmark in the grid whose
// parameters have one of the values listed, as in "size=8,50".
func cells(benchmark, unit string, wanted ...string) group {
	g := group{benchmark: benchmark, unit: unit}
	for _, c := range benchmarks.Grid() {
		_, rest, _ := split(c.String())
		if c.Benchmark == benchmark && !slices.Contains(g.cells, rest) && !slices.ContainsFunc(wanted, func(w string) bool {
			key, values, _ := strings.Cut(w, "=")
			return !slices.Contains(strings.Split(values, ","), c.Get(key))
		}) {
			g.cells = append(g.cells, rest)
		}
	}
	return g
}

// of returns the measurements of a contestant, cell by cell, or a ruling that
// says how many are missing.
func (g group) of(set *samples.Set, impl string) (byCell [][]float64, missing ruling) {
	for _, rest := range g.cells {
		values := set.Values(samples.Cell(g.benchmark, impl, rest), g.unit)
		if g.above != nil {
			values = lessMedian(values, set.Values(g.above(rest), g.unit))
		}
		if len(values) > 0 {
			byCell = append(byCell, values)
		}
	}
	switch n := len(byCell); {
	case n == 0:
		return nil, ruling{verdict: notMeasured}
	case n < len(g.cells):
		return nil, ruling{notMeasured, fmt.Sprintf("%d of %d cells", n, len(g.cells))}
	}
	return byCell, ruling{}
}

// whole compares two contestants by one mean over all cells of the group. It
// takes the mean round by round, which gives as many values as there are rounds
// and thus an idea of their spread; the ratio shown is that of the means of the
// medians.
func (g group) whole(set *samples.Set, impl, base string, l limit, mean func([]float64) float64, as shown) ruling {
	ours, missing := g.of(set, impl)
	if ours == nil {
		return missing
	}
	theirs, missing := g.of(set, base)
	if theirs == nil {
		return missing
	}
	v, p := judge(rounds(ours, mean), rounds(theirs, mean), l)
	return ruling{v, fmt.Sprintf("%s (p=%.3f)", as(mean(medians(ours)), mean(medians(theirs)), g.unit), p)}
}

// each compares two contestants cell by cell, or one with the fastest of several.
// The verdict is the worst of those on the cells, and the cell shown is, of those
// with that verdict, the one with the worst ratio.
func (g group) each(set *samples.Set, impl string, bases []string, l limit, as shown) ruling {
	ours, missing := g.of(set, impl)
	if ours == nil {
		return missing
	}
	best := make([][]float64, len(ours)) // of the bases, cell by cell the fastest
	who := make([]string, len(ours))
	for _, base := range bases {
		theirs, missing := g.of(set, base)
		if theirs == nil {
			return missing
		}
		for i, values := range theirs {
			if best[i] == nil || median(values) < median(best[i]) {
				best[i], who[i] = values, base
			}
		}
	}
	var w worst
	for i := range ours {
		v, p := judge(ours[i], best[i], l)
		if a, b := median(ours[i]), median(best[i]); w.add(v, a/b) {
			w.text = fmt.Sprintf("%s (%s, p=%.3f)", as(a, b, g.unit), g.name(i, who[i], bases), p)
		}
	}
	return w.ruling()
}

// below compares each cell of a contestant with a fixed figure, and shows the
// worst.
func (g group) below(set *samples.Set, impl string, figure float64) ruling {
	ours, missing := g.of(set, impl)
	if ours == nil {
		return missing
	}
	var w worst
	for i, values := range ours {
		f := samples.Summarize(values)
		if w.add(judgeAbsolute(values, figure, false), f.Median) {
			w.text = fmt.Sprintf("%s (%s)", show(f, g.unit), g.name(i, "", nil))
		}
	}
	return w.ruling()
}

// Worst gathers the verdicts on the cells of a group, and keeps the text on one:
// of those with the worst verdict, that with the highest figure.
type worst struct {
	verdict
	figure float64
	text   string
	count  map[verdict]int
}

// add reports whether the cell is the worst so far; the text is then the
// caller's to set.
func (w *worst) add(v verdict, figure float64) bool {
	if w.count == nil {
		w.count = map[verdict]int{}
	}
	w.count[v]++
	if v < w.verdict || v == w.verdict && figure <= w.figure {
		return false
	}
	w.verdict, w.figure = v, figure
	return true
}

// ruling adds how the verdicts differ, if they do.
func (w *worst) ruling() ruling {
	text := w.text
	if len(w.count) > 1 {
		var parts []string
		for _, v := range []verdict{reached, undecided, missed} {
			if w.count[v] > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", w.count[v], v))
			}
		}
		text += "; cells: " + strings.Join(parts, ", ")
	}
	return ruling{w.verdict, text}
}

// name tells which cell it is, if there are several, and whom it is compared
// with, if that may be one or another.
func (g group) name(cell int, base string, bases []string) string {
	name := strings.ReplaceAll(g.cells[cell], "/", " ")
	if len(bases) > 1 {
		name = base + ", " + name
	}
	return name
}

// rounds takes the mean over all cells of the first measurements, of the second
// ones, and so on, as far as all cells have them.
func rounds(byCell [][]float64, mean func([]float64) float64) []float64 {
	n := math.MaxInt
	for _, values := range byCell {
		n = min(n, len(values))
	}
	list := make([]float64, n)
	for round := range list {
		var column []float64
		for _, values := range byCell {
			column = append(column, values[round])
		}
		list[round] = mean(column)
	}
	return list
}

func medians(byCell [][]float64) (list []float64) {
	for _, values := range byCell {
		list = append(list, median(values))
	}
	return list
}

func geometric(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += math.Log(v)
	}
	return math.Exp(sum / float64(len(values)))
}

func arithmetic(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// Shown is how to write a comparison of two figures.
type shown func(ours, theirs float64, unit string) string

// asSpeed shows how many times as fast ours is.
func asSpeed(ours, theirs float64, _ string) string { return fmt.Sprintf("%.2f×", theirs/ours) }

// asShare shows how much of theirs ours is.
func asShare(ours, theirs float64, unit string) string {
	class := benchunit.ClassOf(unit)
	return fmt.Sprintf("%.2f = %s/%s", ours/theirs, benchunit.Scale(ours, class), benchunit.Scale(theirs, class))
}
