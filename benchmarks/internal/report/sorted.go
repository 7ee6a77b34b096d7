package report

import (
	"errors"
	"os"
	"slices"

	"golang.org/x/perf/benchfmt"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// sorted writes the results of a raw file to a temporary one, in the order of
// the grid, and returns its name. benchstat shows rows in the order in which
// they come first, which in the raw file is random.
func sorted(raw string) (name string, err error) {
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
			results = append(results, record.Clone())
		}
	}
	if err := r.Err(); err != nil {
		return "", err
	}
	slices.SortStableFunc(results, func(a, b *benchfmt.Result) int {
		return rank[samples.Name(a)] - rank[samples.Name(b)]
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
