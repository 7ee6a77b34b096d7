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

// A ruling is a verdict with the figures behind it.
type ruling struct {
	verdict
	text  string
	cells map[verdict]int // if it is on cells, how many have which verdict
}

// A limit is how much of the other pool's time (or of its CPU time, or of its
// overhead) ours may need.
type limit float64

// times is the limit for "at least n times as fast".
func times(n float64) limit { return limit(1 / n) }

// share is the limit for "at most x of".
func share(x float64) limit { return limit(x) }

// noSlower is the limit for "no slower". Two equal pools never have figures that are
// exactly equal, so it takes a margin to say that one is not slower; and a twentieth
// is less than a service would notice.
const noSlower limit = 1.05

// ratio estimates how much of the time of cell b cell a takes: the median ratio of
// neighbours, as a logarithm.
func ratio(set *samples.Set, a, b, unit string) estimate {
	var visits [][]float64
	for _, visit := range set.Pairs(a, b, unit) {
		var logs []float64
		for _, p := range visit {
			if p.A > 0 && p.B > 0 {
				logs = append(logs, math.Log(p.A/p.B))
			}
		}
		if logs != nil {
			visits = append(visits, logs)
		}
	}
	if visits == nil {
		return estimate{figure: math.NaN()}
	}
	return bootstrap(a+" "+b+" "+unit, visits)
}

// within writes an estimated ratio, of two figures that are not neighbours, too.
func (e estimate) within(l limit) verdict { return e.verdict(math.Log(float64(l))) }

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

// names returns the names of a contestant's cells, or a ruling that says how many
// have no samples.
func (g group) names(set *samples.Set, impl string) (names []string, missing ruling) {
	for _, rest := range g.cells {
		name := samples.Cell(g.benchmark, impl, rest)
		if _, ok := set.Figure(name, g.unit); ok {
			if g.above != nil {
				if _, ok := set.Figure(g.above(rest), g.unit); !ok {
					continue
				}
			}
			names = append(names, name)
		}
	}
	switch n := len(names); {
	case n == 0:
		return nil, ruling{verdict: notMeasured}
	case n < len(g.cells):
		return nil, ruling{verdict: notMeasured, text: fmt.Sprintf("%d of %d cells", n, len(g.cells))}
	}
	return names, ruling{}
}

// pairs returns the names for two contestants, cell by cell, or why there are none.
func (g group) pairs(set *samples.Set, impl, base string) (ours, theirs []string, missing ruling) {
	if ours, missing = g.names(set, impl); ours == nil {
		return nil, nil, missing
	}
	if theirs, missing = g.names(set, base); theirs == nil {
		return nil, nil, missing
	}
	return ours, theirs, missing
}

// whole compares two contestants by the geometric mean of their ratios in all cells
// of the group.
func (g group) whole(set *samples.Set, impl, base string, l limit, as shown) ruling {
	ours, theirs, missing := g.pairs(set, impl, base)
	if ours == nil {
		return missing
	}
	ratios := make([]estimate, len(ours))
	for i := range ours {
		ratios[i] = ratio(set, ours[i], theirs[i], g.unit)
	}
	e := join(ratios, arithmetic) // of the logarithms
	return ruling{verdict: e.within(l), text: as(e)}
}

// overheads compares two contestants by the mean over all cells of what they take
// above the same tasks without a pool. That may be less than nothing, by chance, so
// what is estimated is not a ratio, but how much ours is above the limit.
func (g group) overheads(set *samples.Set, impl, base string, l limit) ruling {
	ours, theirs, missing := g.pairs(set, impl, base)
	if ours == nil {
		return missing
	}
	mean := func(cells []string) estimate {
		list := make([]estimate, len(cells))
		for i, cell := range cells {
			ideal := g.above(g.cells[i])
			list[i] = join([]estimate{
				bootstrap(cell+" "+g.unit, set.ByVisit(cell, g.unit)),
				bootstrap(ideal+" "+g.unit, set.ByVisit(ideal, g.unit)),
			}, func(v []float64) float64 { return v[0] - v[1] })
		}
		return join(list, arithmetic)
	}
	a, b := mean(ours), mean(theirs)
	over := join([]estimate{a, b}, func(v []float64) float64 { return v[0] - float64(l)*v[1] })
	class := benchunit.ClassOf(g.unit)
	return ruling{verdict: over.verdict(0), text: fmt.Sprintf("%.2f = %s/%s", a.figure/b.figure,
		benchunit.Scale(a.figure, class), benchunit.Scale(b.figure, class))}
}

// each compares two contestants cell by cell, or one with the fastest of several.
// The verdict is the worst of those on the cells, and the cell shown is, of those
// with that verdict, the one with the worst ratio.
func (g group) each(set *samples.Set, impl string, bases []string, l limit, as shown) ruling {
	ours, missing := g.names(set, impl)
	if ours == nil {
		return missing
	}
	best := make([]float64, len(ours)) // of the bases, cell by cell the fastest
	who := make([]string, len(ours))
	for _, base := range bases {
		theirs, missing := g.names(set, base)
		if theirs == nil {
			return missing
		}
		for i, name := range theirs {
			if m := median(set.Values(name, g.unit)); who[i] == "" || m < best[i] {
				best[i], who[i] = m, base
			}
		}
	}
	var w worst
	for i := range ours {
		e := ratio(set, ours[i], samples.Cell(g.benchmark, who[i], g.cells[i]), g.unit)
		if w.add(e.within(l), e.figure) {
			w.text = fmt.Sprintf("%s (%s)", as(e), g.name(i, who[i], bases))
		}
	}
	return w.ruling()
}

// below compares each cell of a contestant with a fixed figure, and shows the
// worst.
func (g group) below(set *samples.Set, impl string, figure float64) ruling {
	ours, missing := g.names(set, impl)
	if ours == nil {
		return missing
	}
	var w worst
	for i, name := range ours {
		values := set.Values(name, g.unit)
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
	return ruling{w.verdict, text, w.count}
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

func arithmetic(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// Shown is how to write an estimated ratio, of which the logarithm is known.
type shown func(estimate) string

// asSpeed shows how many times as fast ours is.
func asSpeed(e estimate) string {
	lo, hi := e.interval()
	return withInterval(math.Exp(-e.figure), math.Exp(-hi), math.Exp(-lo), "×")
}

// asShare shows how much of theirs ours is.
func asShare(e estimate) string {
	lo, hi := e.interval()
	return withInterval(math.Exp(e.figure), math.Exp(lo), math.Exp(hi), "")
}

func withInterval(figure, lo, hi float64, suffix string) string {
	text := fmt.Sprintf("%.2f%s", figure, suffix)
	if lo > 0 && !math.IsInf(hi, 0) {
		text += fmt.Sprintf(" [%.2f, %.2f]", lo, hi)
	}
	return text
}
