package report

import (
	"errors"
	"os"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// sorted writes the results of a raw file to a temporary one, with the distance in
// their names if they are sorted by it, and returns its name. They are in the order
// of the grid, each cell near before far: benchstat shows rows in the order in which
// they come first, which in the raw file is random.
func sorted(raw string, set *samples.Set) (name string, err error) {
	rank := map[string]int{}
	for i, c := range benchmarks.Grid() {
		rank[c.String()] = i
	}
	in, err := os.Open(raw)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, in.Close()) }()

	var results []*benchfmt.Result
	r := benchfmt.NewReader(in, raw)
	for r.Scan() {
		if record, ok := r.Result().(*benchfmt.Result); ok {
			result := record.Clone()
			samples.SetDistance(result, set)
			results = append(results, result)
		}
	}
	if err := r.Err(); err != nil {
		return "", err
	}
	slices.SortStableFunc(results, func(a, b *benchfmt.Result) int {
		if d := rank[samples.Name(a)] - rank[samples.Name(b)]; d != 0 {
			return d
		}
		return -strings.Compare(string(a.Name), string(b.Name)) // near, far
	})

	out, err := os.CreateTemp("", "workerpool-bench-*.txt")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := benchfmt.NewWriter(out)
	for _, unit := range r.Units() {
		if err := w.Write(unit); err != nil {
			return out.Name(), err
		}
	}
	for _, result := range results {
		if err := w.Write(result); err != nil {
			return out.Name(), err
		}
	}
	return out.Name(), nil
}
