// Package samples reads a raw file and sorts its figures by cell, by unit and by
// the distance of the processors.
//
// A raw file is what "go test -bench" writes, and what benchstat reads. It has a
// line for each sample, that is, for each time that a cell was measured, in the
// order in which they were made:
//
//	BenchmarkThroughput/impl=ring/size=50/producers=4/task=0/distance=near-2  100000  26.1 ns/op … 112.0 probe-after-ns  110.5 probe-before-ns
//
// The last key of the name is the distance: near, far or mixed (see package
// distance). It is made of the two probes, which are figures of the sample like
// its others. Where there was one processor there are neither probes nor this key,
// and a file that "go test -bench" has just written has the probes alone: Read
// treats it as if it had the key, and Sort writes it.
//
// The name of a cell, as here, is without the distance and without the -2:
//
//	Throughput/impl=ring/size=50/producers=4/task=0
//
// What was measured at one distance is a column, and each table and plot is made
// of the samples of one column at a time:
//
//	for _, d := range set.Columns() {
//		column := set.At(d)
//		column.Figure(cell, unit)
//	}
package samples

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
)

// A Set is what one raw file holds, or the samples in it of one distance.
type Set struct {
	cells   []string // in the order of their first appearance
	samples map[string][]sample
	config  map[string]string
	count   map[distance.Distance]int
}

// A sample is one result.
type sample struct {
	when
	distance distance.Distance
	values   map[string]float64 // by unit
}

// Read reads a raw file. Units are the basic ones into which benchstat turns
// the testing package's: seconds, not nanoseconds.
func Read(file string) (s *Set, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()

	s = newSet()
	r := benchfmt.NewReader(f, file)
	var v visits
	for r.Scan() {
		switch record := r.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, record
		case *benchfmt.Result:
			name := Name(record)
			one := sample{v.next(name), distanceOf(record), map[string]float64{}}
			for _, f := range record.Values {
				one.values[f.Unit] = f.Value
			}
			s.add(name, one)
			for _, c := range record.Config {
				if c.File {
					s.config[c.Key] = string(c.Value)
				}
			}
		}
	}
	return s, r.Err()
}

func newSet() *Set {
	return &Set{samples: map[string][]sample{}, config: map[string]string{}, count: map[distance.Distance]int{}}
}

func (s *Set) add(cell string, one sample) {
	if _, ok := s.samples[cell]; !ok {
		s.cells = append(s.cells, cell)
	}
	s.samples[cell] = append(s.samples[cell], one)
	s.count[one.distance]++
}

// Name returns the name of a result's cell, without the distance and without the
// "-2" for GOMAXPROCS.
func Name(r *benchfmt.Result) string {
	base, parts := r.Name.Parts()
	var cell strings.Builder
	cell.Write(base)
	for _, p := range parts {
		if p[0] == '/' && !strings.HasPrefix(string(p), distanceKey) {
			cell.Write(p)
		}
	}
	return cell.String()
}

// Columns returns the distances that tables and plots have a column for: near and
// far, also if there are no samples of one of them. If no sample has a distance, or
// if most of those that were probed are mixed, which means that the limits do not fit
// this machine, all samples are in one column, distance.Unknown.
func (s *Set) Columns() []distance.Distance {
	sorted := s.count[distance.Near] + s.count[distance.Far]
	if sorted == 0 || s.count[distance.Mixed] > sorted {
		return []distance.Distance{distance.Unknown}
	}
	return []distance.Distance{distance.Near, distance.Far}
}

// At returns the samples of a distance; those of distance.Unknown are all.
func (s *Set) At(d distance.Distance) *Set {
	column := newSet()
	column.config = s.config
	for _, cell := range s.cells {
		for _, one := range s.samples[cell] {
			if d == distance.Unknown || d == one.distance {
				column.add(cell, one)
			}
		}
	}
	return column
}

// Unprobed returns the samples that have no distance though others have one: those of
// benchmarks in which so much else takes time that it does not matter.
func (s *Set) Unprobed() *Set {
	rest := newSet()
	rest.config = s.config
	if s.Columns()[0] == distance.Unknown {
		return rest
	}
	for _, cell := range s.cells {
		for _, one := range s.samples[cell] {
			if one.distance == distance.Unknown {
				rest.add(cell, one)
			}
		}
	}
	return rest
}

// Count returns how many samples there are of a distance.
func (s *Set) Count(d distance.Distance) int { return s.count[d] }

// Len returns how many samples there are.
func (s *Set) Len() int {
	n := 0
	for _, c := range s.count {
		n += c
	}
	return n
}

// Config returns a value of the file's head, "" if there is none.
func (s *Set) Config(key string) string { return s.config[key] }

// Cells returns the names of all cells, such as
// Throughput/impl=ring/size=50/producers=4/task=0.
func (s *Set) Cells() []string { return s.cells }

// Rounds returns how often the cell measured most often was measured.
func (s *Set) Rounds() int {
	most := 0
	for _, list := range s.samples {
		most = max(most, len(list))
	}
	return most
}

// Benchmarks returns which benchmarks have results.
func (s *Set) Benchmarks() map[string]bool {
	found := map[string]bool{}
	for _, c := range s.cells {
		name, _, _ := strings.Cut(c, "/")
		found[name] = true
	}
	return found
}

// Values returns the measurements of a cell in a unit, in the order in which
// they were made.
func (s *Set) Values(cell, unit string) []float64 {
	var list []float64
	for _, one := range s.samples[cell] {
		if v, ok := one.values[unit]; ok {
			list = append(list, v)
		}
	}
	return list
}

// Figure returns the figure of a cell in a unit, and whether there is one.
func (s *Set) Figure(cell, unit string) (Figure, bool) {
	values := s.Values(cell, unit)
	return Summarize(values), len(values) > 0
}

// Cell makes the name of a cell from a benchmark, a contestant and the rest of
// the parameters.
func Cell(benchmark, impl, rest string) string {
	return fmt.Sprintf("%s/impl=%s/%s", benchmark, impl, rest)
}
