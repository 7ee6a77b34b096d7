package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// What the tables show, as numbers, for pages that name some of them.

// A Ratio is how much of a figure of one cell another cell has, with its 95 %
// interval, the expanded percentile interval of resampled visits. Lo is 0 and Hi is
// infinite if there are too few visits to tell.
type Ratio struct{ Figure, Lo, Hi float64 }

// RatioOf compares two cells of a set, as the tables do, and reports whether they
// can be compared.
func RatioOf(set *samples.Set, ours, base, unit string) (Ratio, bool) {
	e := ratio(set, ours, base, unit)
	lo, hi := e.interval()
	return Ratio{math.Exp(e.figure), math.Exp(lo), math.Exp(hi)}, !math.IsNaN(e.figure)
}

// A Row is a cell of ours beside the same cell of another contestant.
type Row struct {
	Benchmark, Rest, Unit string // Rest is the parameters behind impl
	Who                   string // the other
	Ours, Theirs          float64
	Ratio
}

// Rows compares ringpool, and the bare ring, with all others in all cells of a column, in
// every unit that can be lost, the worst first. Where more is better, the ratio is that of the
// other to ours. So above 1 is always a loss.
func Rows(column *samples.Set) []Row {
	var list []Row
	for _, v := range views {
		if v.better == neither {
			continue
		}
		ours := oursIn(v.benchmark)
		for _, rest := range rows(column, v.benchmark) {
			for _, who := range columns {
				if who == ours || who == "chan2" || who == "none" {
					continue
				}
				mine, theirs := samples.Cell(v.benchmark, ours, rest), samples.Cell(v.benchmark, who, rest)
				a, b := mine, theirs
				if v.better == more {
					a, b = b, a
				}
				if r, ok := RatioOf(column, a, b, v.unit); ok {
					list = append(list, Row{v.benchmark, rest, v.unit, who,
						median(column.Values(mine, v.unit)), median(column.Values(theirs, v.unit)), r})
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Row) int { return cmp.Compare(b.Figure, a.Figure) })
	return list
}

// Label names the row as the tables do.
func (r Row) Label() string { return label(r.Benchmark, r.Rest, r.Unit) }

// A Tally says how many rulings on the figures to reach have which verdict.
type Tally struct {
	Figures                                 int // that are judged, each in one ruling or more
	Reached, Undecided, Missed, NotMeasured int
}

// A Ruling is on one figure to reach: by whom it was missed, or not.
type Ruling struct {
	What, Figure string
	Against      string // "" for chanpool or a fixed figure
	Measured     string
	Verdict      string
}

// Rulings returns the rulings of the table of one column, and counts them.
func Rulings(column *samples.Set) ([]Ruling, Tally) {
	var list []Ruling
	t := Tally{Figures: len(aims)}
	for _, a := range aims {
		f := a.measure(column)
		for i, r := range []ruling{f.ring, f.bare, f.peers} {
			against := [...]string{"", "barechan", "the fastest other pool"}[i]
			switch r.verdict {
			case nothing:
				continue
			case reached:
				t.Reached++
			case undecided:
				t.Undecided++
			case missed:
				t.Missed++
			case notMeasured:
				t.NotMeasured++
			}
			list = append(list, Ruling{a.what, a.figure, against, r.text, r.verdict.String()})
		}
	}
	return list, t
}
