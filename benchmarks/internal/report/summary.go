package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchunit"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// Head writes what was measured on what, and how much of it is noise.
func Head(set *samples.Set, w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s, %s cores, %s, commit %s, %s. Load before the run: %s.\n",
		set.Config("cpu"), set.Config("cores"), set.Config("goversion"), set.Config("commit"),
		set.Config("date"), set.Config("load-before"))
	noise, ok := NoiseFloor(set)
	if err != nil || !ok {
		return err
	}
	_, err = fmt.Fprintf(w, "\nThe A/A pair, chan under two names, differs by %.1f %% at the median of %d cells and by %.1f %% at most (%s).\n",
		noise.Median*100, noise.Cells, noise.Worst*100, noise.Where)
	return err
}

// Summary writes the medians of all contestants side by side, a Markdown table
// for each view.
func Summary(set *samples.Set, w io.Writer) error {
	var b strings.Builder
	measured := set.Benchmarks()
	for _, v := range views {
		if measured[v.benchmark] {
			summarize(&b, set, v)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summarize writes one table: a column for each contestant that was measured, and a
// row for each cell that they share.
func summarize(b *strings.Builder, set *samples.Set, v view) {
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
	fmt.Fprintf(b, "\n%s: %s, %s\n\n| | %s |\n| --- |%s\n", v.benchmark, v.title, v.unit,
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
