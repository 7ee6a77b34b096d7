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
		ours := "ring"
		if v.benchmark == "Queue" {
			ours = "mpmc"
		}
		for _, rest := range rows(set, v.benchmark) {
			d := duel{
				label: v.benchmark + " " + strings.ReplaceAll(rest, "/", " "), unit: v.unit,
				ours: samples.Cell(v.benchmark, ours, rest), base: samples.Cell(v.benchmark, "chan", rest),
			}
			if v.unit != "sec/op" {
				d.label += " " + strings.TrimSuffix(v.unit, "-sec")
			}
			_, mine := set.Figure(d.ours, d.unit)
			if _, theirs := set.Figure(d.base, d.unit); mine && theirs {
				list = append(list, d)
			}
		}
	}
	return list
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

// Comparison writes how ringpool compares with chanpool, cell by cell: the cells in
// which it loses first. A column for each distance.
func Comparison(set *samples.Set, w io.Writer) error {
	columns := set.Columns()
	type line struct {
		duel
		scores []score
		worst  float64
	}
	var lines []line
	at := make([]*samples.Set, len(columns))
	for i, d := range columns {
		at[i] = set.At(d)
	}
	for _, d := range duels(set) {
		l := line{duel: d, worst: math.Inf(-1)}
		for _, column := range at {
			s := d.score(column)
			l.scores = append(l.scores, s)
			if s.any {
				l.worst = max(l.worst, s.time.figure)
			}
		}
		if !math.IsInf(l.worst, -1) {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Compare(b.worst, a.worst)
	})

	var b strings.Builder
	fmt.Fprint(&b, "\nringpool's share of chanpool's time and CPU time, with the 95 % interval; below 1 is better. Losses first.\n\n")
	table := tabwriter.NewWriter(&b, 0, 0, 1, ' ', 0)
	heads, rule := []string{"cell"}, []string{"---"}
	for _, d := range columns {
		suffix := ""
		if d != distance.Unknown {
			suffix = ", " + string(d)
		}
		heads = append(heads, "chanpool"+suffix, "ringpool", "time", "CPU time")
		rule = append(rule, "---:", "---:", "---", "---")
	}
	write := func(fields []string) { fmt.Fprintln(table, "| "+strings.Join(fields, "\t| ")+"\t|") }
	write(heads)
	write(rule)
	for _, l := range lines {
		fields := []string{l.label}
		for _, s := range l.scores {
			fields = append(fields, s.fields(l.unit)...)
		}
		write(fields)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s score) fields(unit string) []string {
	if !s.any {
		return []string{"", "", "", ""}
	}
	class := benchunit.ClassOf(unit)
	list := []string{benchunit.Scale(s.base, class), benchunit.Scale(s.ours, class), asShare(s.time), ""}
	if !math.IsNaN(s.cpu.figure) {
		list[3] = asShare(s.cpu)
	}
	return list
}
