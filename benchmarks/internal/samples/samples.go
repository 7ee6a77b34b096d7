// Package samples reads a raw file and sorts its figures by cell and unit.
package samples

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// A Set is what one raw file holds.
type Set struct {
	cells  []string // in the order of their first appearance
	values map[key][]float64
	config map[string]string
}

type key struct{ cell, unit string }

// Read reads a raw file. Units are the basic ones into which benchstat turns
// the testing package's: seconds, not nanoseconds.
func Read(file string) (s *Set, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()

	s = &Set{values: map[key][]float64{}, config: map[string]string{}}
	r := benchfmt.NewReader(f, file)
	for r.Scan() {
		switch record := r.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, record
		case *benchfmt.Result:
			s.add(record)
		}
	}
	return s, r.Err()
}

func (s *Set) add(r *benchfmt.Result) {
	name := Name(r)
	if !slices.Contains(s.cells, name) {
		s.cells = append(s.cells, name)
	}
	for _, v := range r.Values {
		k := key{name, v.Unit}
		s.values[k] = append(s.values[k], v.Value)
	}
	for _, c := range r.Config {
		if c.File {
			s.config[c.Key] = string(c.Value)
		}
	}
}

// Name returns the name of a result's cell, without the "-2" for GOMAXPROCS.
func Name(r *benchfmt.Result) string {
	base, parts := r.Name.Parts()
	var cell strings.Builder
	cell.Write(base)
	for _, p := range parts {
		if p[0] == '/' {
			cell.Write(p)
		}
	}
	return cell.String()
}

// Config returns a value of the file's head, "" if there is none.
func (s *Set) Config(key string) string { return s.config[key] }

// Cells returns the names of all cells, such as
// Throughput/impl=ring/size=50/producers=4/task=0.
func (s *Set) Cells() []string { return s.cells }

// Rounds returns how often the cell measured most often was measured.
func (s *Set) Rounds() int {
	most := 0
	for _, values := range s.values {
		most = max(most, len(values))
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
	return slices.Clone(s.values[key{cell, unit}])
}

// Figure returns the figure of a cell in a unit, and whether there is one.
func (s *Set) Figure(cell, unit string) (Figure, bool) {
	values := s.values[key{cell, unit}]
	return Summarize(values), len(values) > 0
}

// Cell makes the name of a cell from a benchmark, a contestant and the rest of
// the parameters.
func Cell(benchmark, impl, rest string) string {
	return fmt.Sprintf("%s/impl=%s/%s", benchmark, impl, rest)
}
