package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchunit"

	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A duel is a cell of ours beside the same of the base.
type duel struct {
	label, unit string
	ours, base  string // names of cells
}

// A score is what the samples of one distance say of a duel.
type score struct {
	ours, base float64 // medians
	time, cpu  estimate
	any        bool // there are neighbours
}

const cpuUnit = "cpu-sec/Mtask"

// duels lists what was measured of both, in every unit in which less is better.
func duels(set *samples.Set) []duel {
	var list []duel
	for _, v := range views {
		if !v.duel {
			continue
		}
		ours := oursIn(v.benchmark)
		for _, rest := range rows(set, v.benchmark) {
			d := duel{
				label: label(v.benchmark, rest, v.unit), unit: v.unit,
				ours: samples.Cell(v.benchmark, ours, rest), base: samples.Cell(v.benchmark, "chan", rest),
			}
			_, mine := set.Figure(d.ours, d.unit)
			if _, theirs := set.Figure(d.base, d.unit); mine && theirs {
				list = append(list, d)
			}
		}
	}
	return list
}

// oursIn returns who stands for this module in a benchmark: in that of queues, the bare ring.
func oursIn(benchmark string) string {
	if benchmark == "Queue" {
		return "mpmc"
	}
	return "ring"
}

// ofQueues tells whether it is between queues, and not between pools.
func (d duel) ofQueues() bool { return strings.HasPrefix(d.base, "Queue/") }

// label names a row, by its benchmark, the parameters behind impl, and its unit.
func label(benchmark, rest, unit string) string {
	l := benchmark + " " + strings.ReplaceAll(rest, "/", " ")
	if unit != "sec/op" {
		l += " " + strings.TrimSuffix(unit, "-sec")
	}
	return l
}

func (d duel) score(set *samples.Set) score {
	s := score{time: ratio(set, d.ours, d.base, d.unit)}
	if s.any = !math.IsNaN(s.time.figure); !s.any {
		return s
	}
	s.ours, s.base = median(set.Values(d.ours, d.unit)), median(set.Values(d.base, d.unit))
	s.cpu = ratio(set, d.ours, d.base, cpuUnit)
	return s
}

// A line is a row of a table: a duel, and its score in each column.
type line struct {
	duel
	scores []score
}

// first returns the ratio in the first column that has one. In another column there may
// be too few samples for an interval, and a row is not bad because of them.
func (l line) first() float64 {
	i := slices.IndexFunc(l.scores, func(s score) bool { return s.any })
	return l.scores[i].time.figure
}

// lines scores all duels of which a column has neighbours, the worst ratio first.
func lines(set *samples.Set, at []*samples.Set) []line {
	var list []line
	for _, d := range duels(set) {
		l := line{duel: d}
		for _, column := range at {
			l.scores = append(l.scores, d.score(column))
		}
		if slices.ContainsFunc(l.scores, func(s score) bool { return s.any }) {
			list = append(list, l)
		}
	}
	slices.SortStableFunc(list, func(a, b line) int { return cmp.Compare(b.first(), a.first()) })
	return list
}

// Comparison writes how ringpool compares with chanpool, cell by cell, and then how the
// bare ring does with Go's channel: the cells in which it loses first. Columns for each
// distance.
func Comparison(set *samples.Set, w io.Writer) error {
	columns := set.Columns()
	at := make([]*samples.Set, len(columns))
	for i, d := range columns {
		at[i] = set.At(d)
	}
	var pools, queues []line
	for _, l := range lines(set, at) {
		if l.ofQueues() {
			queues = append(queues, l)
		} else {
			pools = append(pools, l)
		}
	}
	var b strings.Builder
	if len(pools) > 0 {
		fmt.Fprintf(&b, "\nringpool's share of chanpool's time and CPU time, with the 95 %% interval; below 1 is better. Losses first.\n"+
			"The ratio is the median of pairs of neighbours, and not the quotient of the two medians beside it.\n"+
			"\"No slower\" and \"no more\" allow %.0f %%: yes, if the whole interval is below %.2f, no, if it is above, else undecided.\n\n",
			100*(float64(noSlower)-1), float64(noSlower))
		writeLines(&b, columns, "chanpool", "ringpool", pools)
		for i, d := range columns {
			tallyColumn(&b, title(d), at[i], i, pools)
		}
	}
	if len(queues) > 0 {
		b.WriteString("\nThe bare ring's share of the time of Go's channel, by the same rules. There is no pool around them, so these rows are in no count.\n\n")
		writeLines(&b, columns, "Go's channel", "the ring", queues)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeLines writes a table, with these names of the base and of ours.
func writeLines(b *strings.Builder, columns []distance.Distance, base, ours string, list []line) {
	width := 6
	if list[0].ofQueues() {
		width = 4 // their CPU time is not measured
	}
	table := tabwriter.NewWriter(b, 0, 0, 1, ' ', 0)
	heads, rule := []string{"cell"}, []string{"---"}
	for _, d := range columns {
		suffix := ""
		if d != distance.Unknown {
			suffix = ", " + string(d)
		}
		heads = append(heads, []string{base + suffix, ours, "time", "no slower", "CPU time", "no more"}[:width]...)
		rule = append(rule, []string{"---:", "---:", "---", "---", "---", "---"}[:width]...)
	}
	write := func(fields []string) { fmt.Fprintln(table, "| "+strings.Join(fields, "\t| ")+"\t|") }
	write(heads)
	write(rule)
	for _, l := range list {
		fields := []string{l.label}
		for _, s := range l.scores {
			fields = append(fields, s.fields(l.unit)[:width]...)
		}
		write(fields)
	}
	_ = table.Flush() // a strings.Builder takes all
}

// tallyColumn tallies a column of a table, and the same rows of chan2.
func tallyColumn(b *strings.Builder, at string, column *samples.Set, i int, list []line) {
	var ring, double []score
	for _, l := range list {
		ring = append(ring, l.scores[i])
		double = append(double, duel{ours: twinOf(l.base), base: l.base, unit: l.unit}.score(column))
	}
	tally(b, at, ring, double)
}

// tally writes how many rows are decided, and how wide their intervals are.
func tally(b *strings.Builder, at string, ring, double []score) {
	var widths []float64
	for _, s := range ring {
		if s.any && s.time.bounded() {
			lo, hi := s.time.interval()
			widths = append(widths, math.Exp((hi-lo)/2)-1)
		}
	}
	if len(widths) == 0 {
		return
	}
	slices.Sort(widths)
	byTime, byCPU := ring, slices.DeleteFunc(slices.Clone(ring), func(s score) bool { return math.IsNaN(s.cpu.figure) })
	either := 0
	for _, s := range byCPU {
		if s.time.within(noSlower) == undecided && s.cpu.within(noSlower) != undecided {
			either++
		}
	}
	fmt.Fprintf(b, "\nHow much of that is decided%s:\n\n", at)
	count(b, "ringpool is no slower", byTime, func(s score) estimate { return s.time })
	count(b, "ringpool takes no more CPU time", byCPU, func(s score) estimate { return s.cpu })
	fmt.Fprintf(b, "- Of the rows that are undecided by time, %d are decided by CPU time.\n", either)
	count(b, "chan2, which is chanpool, is no slower", double, func(s score) estimate { return s.time })
	fmt.Fprintf(b, "- The intervals of the time are ±%.1f %% at the median of %d rows, and ±%.0f %% at most.\n",
		100*widths[len(widths)/2], len(widths), 100*widths[len(widths)-1])
}

// count writes of how many scores "no slower", or "no more", is true, open and false.
func count(b *strings.Builder, what string, scores []score, of func(score) estimate) {
	n := map[verdict]int{}
	all := 0
	for _, s := range scores {
		if s.any {
			n[of(s).within(noSlower)]++
			all++
		}
	}
	if all > 0 {
		fmt.Fprintf(b, "- %s: %d yes, %d undecided, %d no; %.0f %% of %d rows are decided.\n",
			what, n[reached], n[undecided], n[missed], 100*float64(all-n[undecided])/float64(all), all)
	}
}

func (s score) fields(unit string) []string {
	if !s.any {
		return []string{"", "", "", "", "", ""}
	}
	class := benchunit.ClassOf(unit)
	list := []string{benchunit.Scale(s.base, class), benchunit.Scale(s.ours, class), asShare(s.time), answer(s.time), "", ""}
	if !math.IsNaN(s.cpu.figure) {
		list[4], list[5] = asShare(s.cpu), answer(s.cpu)
	}
	return list
}

// answer tells whether ours is no slower, or takes no more.
func answer(e estimate) string {
	return map[verdict]string{reached: "yes", undecided: "undecided", missed: "no"}[e.within(noSlower)]
}
