package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchunit"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// Head writes what was measured on what, how it was sorted, and how much of it is
// noise.
func Head(set *samples.Set, w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s cores, %s, commit %s, %s. Load before the run: %s.\n",
		set.Config("cpu"), set.Config("cores"), set.Config("goversion"), set.Config("commit"),
		set.Config("date"), set.Config("load-before"))
	b.WriteString("\n" + sorting(set))
	for _, d := range set.Columns() {
		if noise, ok := NoiseFloor(set.At(d), "Throughput"); ok {
			fmt.Fprintf(&b, "\nThe A/A pair, chan under two names%s, differs by %.1f %% at the median of %d saturated cells and by %.1f %% at most (%s).",
				title(d), noise.Median*100, noise.Cells, noise.Worst*100, noise.Where)
			if noise.Intervals > 0 {
				fmt.Fprintf(&b, " The true ratio, 1, is outside %d of its %d intervals of time and CPU time there; if the intervals are right, it is outside about one in twenty.",
					noise.Excluding, noise.Intervals)
			}
			b.WriteString("\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sorting says by which rule the samples were sorted, and how many are where.
func sorting(set *samples.Set) string {
	near, far, mixed, all := set.Count(distance.Near), set.Count(distance.Far), set.Count(distance.Mixed), set.Len()
	if near+far+mixed == 0 {
		return fmt.Sprintf("%d samples, not sorted: there was one processor, or nobody probed how far apart they are.\n", all)
	}
	rule := fmt.Sprintf("%d samples. Right before and after each, two threads bounced a word. Near: both round trips took\n"+
		"less than %d ns; far: both took %d to %d ns; all else, and what changed in between, is set aside.\n"+
		"Near %d, far %d, set aside %d (%.1f %%).\n",
		all, distance.NearBelow, distance.FarAbove, distance.FarBelow, near, far, mixed, 100*float64(mixed)/float64(all))
	if rest := all - near - far - mixed; rest > 0 {
		rule += fmt.Sprintf("%d samples, of benchmarks in which the distance hardly matters, were not sorted.\n", rest)
	}
	switch {
	case set.Columns()[0] == distance.Unknown:
		rule += "That is more than half, so the rule does not fit this machine, or the machine was busy. All are taken together.\n"
	case near == 0:
		rule += "The processors of this machine were never near.\n"
	case far == 0:
		rule += "The processors of this machine were never far.\n"
	}
	return rule
}

// Summary writes the medians of all contestants side by side, a Markdown table
// for each view and distance, with the rows in which ringpool loses to chanpool first.
func Summary(set *samples.Set, w io.Writer) error {
	var b strings.Builder
	for _, d := range set.Columns() {
		summarizeAll(&b, set.At(d), title(d))
	}
	summarizeAll(&b, set.Unprobed(), "")
	_, err := io.WriteString(w, b.String())
	return err
}

// summarizeAll writes a table for each view.
func summarizeAll(b *strings.Builder, set *samples.Set, at string) {
	measured := set.Benchmarks()
	for _, v := range views {
		if measured[v.benchmark] {
			summarize(b, set, v, at)
		}
	}
}

// summarize writes one table: a column for each contestant that was measured, and a
// row for each cell that they share.
func summarize(b *strings.Builder, set *samples.Set, v view, at string) {
	figure := func(impl, rest string) (samples.Figure, bool) {
		return set.Figure(samples.Cell(v.benchmark, impl, rest), v.unit)
	}
	lines := slices.DeleteFunc(rows(set, v.benchmark), func(rest string) bool {
		return !slices.ContainsFunc(columns, func(impl string) bool { _, ok := figure(impl, rest); return ok })
	})
	present := slices.DeleteFunc(slices.Clone(columns), func(impl string) bool {
		return !slices.ContainsFunc(lines, func(rest string) bool { _, ok := figure(impl, rest); return ok })
	})
	if len(lines) == 0 {
		return
	}
	if v.duel {
		share := func(rest string) float64 {
			ring, ok1 := figure("ring", rest)
			base, ok2 := figure("chan", rest)
			if !ok1 || !ok2 {
				return 0
			}
			return ring.Median / base.Median
		}
		slices.SortStableFunc(lines, func(a, b string) int {
			// What is won stays in the order of the grid.
			return cmp.Compare(max(1, share(b)), max(1, share(a)))
		})
	}
	fmt.Fprintf(b, "\n%s: %s%s, %s\n\n| | %s |\n| --- |%s\n", v.benchmark, v.title, at, v.unit,
		strings.Join(present, " | "), strings.Repeat(" ---: |", len(present)))
	for _, rest := range lines {
		fmt.Fprintf(b, "| %s |", strings.ReplaceAll(rest, "/", " "))
		for _, impl := range present {
			if f, ok := figure(impl, rest); ok {
				b.WriteString(" " + show(f, v.unit))
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
}

// columns are the names of all contestants, of both kinds.
var columns = func() []string {
	var list []string
	for _, c := range benchmarks.Contestants {
		list = append(list, c.Name)
	}
	list = append(list, "none")
	for _, q := range benchmarks.Queues {
		if !slices.Contains(list, q.Name) {
			list = append(list, q.Name)
		}
	}
	return list
}()

// show writes a figure with its unit's prefix, and the wider half of its
// interval in percent.
func show(f samples.Figure, unit string) string {
	text := benchunit.Scale(f.Median, benchunit.ClassOf(unit))
	if f.Hi > f.Lo && f.Median != 0 {
		text += fmt.Sprintf(" ± %.0f%%", 100*max(f.Hi-f.Median, f.Median-f.Lo)/math.Abs(f.Median))
	}
	return text
}

// rows returns the parameters behind impl of the cells of a benchmark, in the
// order of the grid.
func rows(set *samples.Set, benchmark string) []string {
	measured := map[string]bool{}
	for _, c := range set.Cells() {
		if name, rest, ok := split(c); ok && name == benchmark {
			measured[rest] = true
		}
	}
	var list []string
	for _, c := range benchmarks.Grid() {
		if name, rest, ok := split(c.String()); ok && name == benchmark && measured[rest] {
			list = append(list, rest)
			delete(measured, rest)
		}
	}
	return list
}

// split returns the benchmark of a cell, and its parameters behind impl.
func split(cell string) (benchmark, rest string, ok bool) {
	parts := strings.SplitN(cell, "/", 3)
	if len(parts) < 3 {
		return "", "", false
	}
	return parts[0], parts[2], true
}
