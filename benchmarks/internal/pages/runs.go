package pages

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
	"github.com/seed62337844/workerpool/benchmarks/internal/report"
	"github.com/seed62337844/workerpool/benchmarks/internal/runner"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// functions returns what a template can call, beside the methods of what it gets:
//
//	run "default"            the run in results/default
//	holds CONDITION "words"  nothing; the page is not written if the condition is false
//	against A B              "27 against 86 ns"
//	between LIST             "36 to 44 ns"
//	list A B …               a list of numbers
//	words "0,1,2"            a list of words, to range over
//	least LIST               the least of a list, and greatest LIST the greatest
//	apart LIST               by how much the greatest is above the least, "16 %"
//	less A B                 A less B
//	contains TEXT WORDS      whether the text has these words
func (w *Writer) functions() template.FuncMap {
	return template.FuncMap{
		"run":      w.run,
		"holds":    holds,
		"against":  against,
		"between":  between,
		"list":     func(n ...Number) []Number { return n },
		"contains": strings.Contains,
		"words":    func(s string) []string { return strings.Split(s, ",") },
		"least":    least, "greatest": greatest, "apart": apart, "less": less,
	}
}

func holds(condition bool, what string) (string, error) {
	if !condition {
		return "", fmt.Errorf("this no longer holds, so write something else: %s", what)
	}
	return "", nil
}

// A Run is one raw file.
type Run struct {
	Name    string
	set     *samples.Set
	columns map[distance.Distance]*Column

	unprobed *Column // once its losses have been asked for
}

func (w *Writer) run(name string) (*Run, error) {
	if r, ok := w.runs[name]; ok {
		return r, nil
	}
	set, err := samples.Read(filepath.Join(w.results, name, runner.RawFile))
	if err != nil {
		return nil, err
	}
	r := &Run{Name: name, set: set, columns: map[distance.Distance]*Column{}}
	w.runs[name] = r
	return r, nil
}

// Head is a value of the head of the raw file, such as "commit".
func (r *Run) Head(key string) (string, error) {
	v := r.set.Config(key)
	if v == "" {
		return "", fmt.Errorf("results/%s has no %q", r.Name, key)
	}
	return v, nil
}

// Commit is the commit that was measured. It says so if the tree had changes.
func (r *Run) Commit() (string, error) {
	c, err := r.Head("commit")
	if clean, ok := strings.CutSuffix(c, "-dirty"); ok {
		c = clean + " with changes that were not committed"
	}
	return c, err
}

// Day is the day of the run.
func (r *Run) Day() (string, error) {
	v, err := r.Head("date")
	if err != nil {
		return "", err
	}
	t, err := time.Parse(time.RFC3339, v)
	return t.Format(time.DateOnly), err
}

// Machine is where the run was made.
func (r *Run) Machine() (string, error) {
	var parts [3]string
	for i, key := range []string{"cpu", "cores", "goversion"} {
		v, err := r.Head(key)
		if err != nil {
			return "", err
		}
		parts[i] = v
	}
	return fmt.Sprintf("%s with %s cores, %s", parts[0], parts[1], parts[2]), nil
}

// Load is the load of the machine in the minute before the run.
func (r *Run) Load() (string, error) {
	v, err := r.Head("load-before")
	load, _, _ := strings.Cut(v, " ")
	return load, err
}

// Samples is how many samples there are.
func (r *Run) Samples() string { return thousands(r.set.Len()) }

// NearCount is how many of them are near, FarCount far, and AsideCount set aside.
func (r *Run) NearCount() string { return thousands(r.set.Count(distance.Near)) }

// FarCount is described at NearCount.
func (r *Run) FarCount() string { return thousands(r.set.Count(distance.Far)) }

// AsideCount is described at NearCount.
func (r *Run) AsideCount() string { return thousands(r.aside()) }

// UnsortedCount is how many were not probed.
func (r *Run) UnsortedCount() string { return thousands(r.set.Count(distance.Unknown)) }

// AsideShare is the share of those that were set aside.
func (r *Run) AsideShare() string {
	return fmt.Sprintf("%.1f %%", 100*float64(r.aside())/float64(r.set.Len()))
}

// aside counts those that were probed and are neither near nor far.
func (r *Run) aside() int {
	return r.set.Len() - r.set.Count(distance.Near) - r.set.Count(distance.Far) - r.set.Count(distance.Unknown)
}

// Near is the samples of that distance.
func (r *Run) Near() *Column { return r.at(distance.Near) }

// Far is the samples of that distance.
func (r *Run) Far() *Column { return r.at(distance.Far) }

// All is all samples.
func (r *Run) All() *Column { return r.at(distance.Unknown) }

// First is what the tables show first: Near, or All if the run is not sorted.
func (r *Run) First() *Column { return r.at(r.set.Columns()[0]) }

func (r *Run) at(d distance.Distance) *Column {
	if r.columns[d] == nil {
		r.columns[d] = &Column{run: r.Name, set: r.set.At(d)}
	}
	return r.columns[d]
}

// A Column is the samples of one distance. The methods name a cell as the benchmark does,
// with * where impl=NAME stands: Throughput/*/size=50/producers=4/task=0.
type Column struct {
	run    string
	set    *samples.Set
	losses []*Loss // once they have been asked for
	noise  *Noise  // likewise: to resample the pair takes longer than all else
}

func cell(impl, row string) string { return strings.Replace(row, "*", "impl="+impl, 1) }

// Of is the figure of a contestant.
func (c *Column) Of(impl, row, unit string) (Number, error) {
	f, ok := c.set.Figure(cell(impl, row), unit)
	if !ok {
		return Number{}, fmt.Errorf("results/%s has no %s of %s", c.run, unit, cell(impl, row))
	}
	return Number{f.Median, f.Lo, f.Hi, f.Bounded, unit}, nil
}

// Time is the time per operation of a contestant, and CPU its processor time.
func (c *Column) Time(impl, row string) (Number, error) { return c.Of(impl, row, "sec/op") }
func (c *Column) CPU(impl, row string) (Number, error)  { return c.Of(impl, row, "cpu-sec/Mtask") }

// Each returns the figures of some contestants, such as "chan,chan2".
func (c *Column) Each(impls, row, unit string) ([]Number, error) {
	var list []Number
	for impl := range strings.SplitSeq(impls, ",") {
		n, err := c.Of(impl, row, unit)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// Everybody returns the figures of all who have one.
func (c *Column) Everybody(row, unit string) []Number {
	var list []Number
	for _, impl := range benchmarks.Contestants {
		if n, err := c.Of(impl.Name, row, unit); err == nil {
			list = append(list, n)
		}
	}
	return list
}

// Share is ringpool's part of chanpool's figure.
func (c *Column) Share(row, unit string) (Share, error) { return c.ShareOf("ring", "chan", row, unit) }

// ShareOf is a contestant's part of another's figure.
func (c *Column) ShareOf(ours, base, row, unit string) (Share, error) {
	r, ok := report.RatioOf(c.set, cell(ours, row), cell(base, row), unit)
	if !ok {
		return Share{}, fmt.Errorf("results/%s cannot compare %s and %s in %s of %s", c.run, ours, base, unit, row)
	}
	return Share{r}, nil
}

// A Line is a row of a table that compares the two pools.
type Line struct {
	Label      string
	Row, Unit  string
	Ring, Chan Number
	Share      Share
	Fastest    string // of the public pools, with its time, if one was measured
}

// Lines returns rows, each of which takes a label, a cell and a unit, with the worst first.
func (c *Column) Lines(rows ...string) ([]Line, error) {
	var list []Line
	for ; len(rows) >= 3; rows = rows[3:] {
		row, unit := rows[1], rows[2]
		l := Line{Label: rows[0], Row: row, Unit: unit}
		var err error
		if l.Ring, err = c.Of("ring", row, unit); err != nil {
			return nil, err
		}
		if l.Chan, err = c.Of("chan", row, unit); err != nil {
			return nil, err
		}
		if l.Share, err = c.Share(row, unit); err != nil {
			return nil, err
		}
		l.Fastest, _ = c.Fastest(row, unit) // there may be none
		list = append(list, l)
	}
	slices.SortStableFunc(list, func(a, b Line) int { return cmp.Compare(b.Share.Figure, a.Share.Figure) })
	return list, nil
}

// Fastest is the figure of the fastest public pool, with its name. A semaphore and a
// channel by hand are none.
func (c *Column) Fastest(row, unit string) (string, error) {
	var who string
	var least Number
	for _, impl := range benchmarks.Contestants {
		if slices.Contains([]string{"ring", "chan", "chan2", "barechan", "gosem"}, impl.Name) {
			continue
		}
		if n, err := c.Of(impl.Name, row, unit); err == nil && (who == "" || n.Value < least.Value) {
			who, least = impl.Name, n
		}
	}
	if who == "" {
		return "", fmt.Errorf("results/%s has no public pool in %s of %s", c.run, unit, row)
	}
	return fmt.Sprintf("%s (%s)", least, who), nil
}

// A Loss is what ringpool, or the bare ring, loses to another contestant in a benchmark.
type Loss struct {
	Who         string
	Benchmark   string
	Unit        string
	Cells, Lost int    // that have an interval, and of which all of it is a loss
	Worst       string // of these, as the tables name it
	Cell        string // its parameters behind impl
	Ours        Number
	Theirs      Number
	Share       Share
}

// Losses returns what is lost by more than the interval, by contestant and benchmark, the
// worst first: of First, and of the benchmarks in which no distance was probed.
func (r *Run) Losses() []*Loss {
	list := r.First().Losses()
	if r.unprobed == nil {
		r.unprobed = &Column{run: r.Name, set: r.set.Unprobed()}
	}
	list = append(list[:len(list):len(list)], r.unprobed.Losses()...)
	slices.SortStableFunc(list, func(a, b *Loss) int { return cmp.Compare(b.Share.Figure, a.Share.Figure) })
	return list
}

// Losses returns those of one column.
func (c *Column) Losses() []*Loss {
	if c.losses == nil {
		c.losses = c.compare()
	}
	return c.losses
}

func (c *Column) compare() []*Loss {
	type key struct{ who, benchmark, unit string }
	found := map[key]*Loss{}
	list := []*Loss{}
	for _, r := range report.Rows(c.set) {
		who := r.Who
		if r.Benchmark == "Queue" && who == "chan" {
			who = "Go's channel" // elsewhere chan is chanpool
		}
		k := key{who, r.Benchmark, r.Unit}
		l, ok := found[k]
		if !ok {
			l = &Loss{Who: who, Benchmark: r.Benchmark, Unit: r.Unit}
			found[k] = l
			list = append(list, l)
		}
		if share := (Share{r.Ratio}); share.bounded() {
			l.Cells++
		}
		if r.Lo <= 1 {
			continue
		}
		if l.Lost++; l.Lost == 1 {
			number := func(v float64) Number { return Number{Value: v, Unit: r.Unit} }
			l.Worst, l.Cell = r.Label(), strings.ReplaceAll(r.Rest, "/", " ")
			l.Ours, l.Theirs, l.Share = number(r.Ours), number(r.Theirs), Share{r.Ratio}
		}
	}
	return slices.DeleteFunc(list, func(l *Loss) bool { return l.Lost == 0 })
}

// Lost returns what is lost to a contestant in one unit of a benchmark, or nil.
func (c *Column) Lost(who, benchmark, unit string) *Loss {
	for _, l := range c.Losses() {
		if l.Who == who && l.Benchmark == benchmark && l.Unit == unit {
			return l
		}
	}
	return nil
}

// LosesTo reports whether anything is lost to a contestant.
func (c *Column) LosesTo(who string) bool {
	return slices.ContainsFunc(c.Losses(), func(l *Loss) bool { return l.Who == who })
}

// Noise says by how much chanpool differs from itself.
func (c *Column) Noise() (Noise, error) {
	if c.noise == nil {
		n, ok := report.NoiseFloor(c.set, "Throughput")
		if !ok {
			return Noise{}, fmt.Errorf("results/%s has no A/A pair", c.run)
		}
		c.noise = &Noise{n}
	}
	return *c.noise, nil
}

type Noise struct{ report.Noise }

func (n Noise) Typical() string { return fmt.Sprintf("%s %%", digits(100*n.Median, 2)) }
func (n Noise) Most() string    { return fmt.Sprintf("%s %%", digits(100*n.Worst, 2)) }

// At says in which cell it is most.
func (n Noise) At() string {
	parts := strings.Split(n.Where, "/")
	return strings.Join(parts[2:], " ")
}

// Aims counts the rulings on the figures to reach.
func (c *Column) Aims() Aims {
	_, t := report.Rulings(c.set)
	return Aims{t}
}

// Missed returns the rulings that say "not reached".
func (c *Column) Missed() []report.Ruling {
	list, _ := report.Rulings(c.set)
	return slices.DeleteFunc(list, func(r report.Ruling) bool { return r.Verdict != "not reached" })
}

type Aims struct{ report.Tally }

// Measured is how many of them the run measures, and All how many there are.
func (a Aims) Measured() int { return a.Reached + a.Undecided + a.Missed }
func (a Aims) All() int      { return a.Measured() + a.NotMeasured }

// Sorted reports whether the samples are of one distance.
func (c *Column) Sorted() bool {
	return c.set.Count(distance.Near)+c.set.Count(distance.Far) == c.set.Len()
}

// Maybe is the figure of a contestant, or an empty text if there is none.
func (c *Column) Maybe(impl, row, unit string) string {
	n, err := c.Of(impl, row, unit)
	if err != nil {
		return ""
	}
	return n.String()
}

// Samples returns every measurement of a contestant.
func (c *Column) Samples(impl, row, unit string) ([]Number, error) {
	var list []Number
	for _, v := range c.set.Values(cell(impl, row), unit) {
		list = append(list, Number{Value: v, Unit: unit})
	}
	if list == nil {
		return nil, fmt.Errorf("results/%s has no %s of %s", c.run, unit, cell(impl, row))
	}
	return list, nil
}

// Any returns every measurement of the cells whose names begin and end so.
func (c *Column) Any(begin, end, unit string) ([]Number, error) {
	var list []Number
	for _, name := range c.set.Cells() {
		if strings.HasPrefix(name, begin) && strings.HasSuffix(name, end) {
			for _, v := range c.set.Values(name, unit) {
				list = append(list, Number{Value: v, Unit: unit})
			}
		}
	}
	if list == nil {
		return nil, fmt.Errorf("results/%s has no %s of %s…%s", c.run, unit, begin, end)
	}
	return list, nil
}

// Repeat is by how much the measurements of one cell differ at most, in the cells whose
// names begin so.
func (c *Column) Repeat(begin, unit string) Number {
	most := Number{Unit: unit}
	for _, name := range c.set.Cells() {
		if values := c.set.Values(name, unit); strings.HasPrefix(name, begin) && len(values) > 0 {
			most.Value = max(most.Value, slices.Max(values)-slices.Min(values))
		}
	}
	return most
}
