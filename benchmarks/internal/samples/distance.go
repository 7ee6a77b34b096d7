package samples

import (
	"bytes"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
)

// distanceKey is the part of a name that says how far apart the processors were.
const distanceKey = "/distance="

// The units that benchfmt makes of distance.BeforeUnit and distance.AfterUnit.
const (
	beforeUnit = "probe-before-sec"
	afterUnit  = "probe-after-sec"
)

// Sort adds to the name of a result how far apart the processors were, unless it
// is there or there were no probes.
func Sort(r *benchfmt.Result) {
	if d := distanceOf(r); d != distance.Unknown && keyOf(r) == distance.Unknown {
		base, parts := r.Name.Parts()
		name := bytes.Clone(base)
		for _, p := range parts {
			if p[0] == '-' { // GOMAXPROCS, which comes last
				name = append(name, distanceKey+d...)
			}
			name = append(name, p...)
		}
		if n := len(parts); n == 0 || parts[n-1][0] != '-' {
			name = append(name, distanceKey+d...)
		}
		r.Name = name
	}
}

// SortLine does the same to a line that the testing package wrote.
func SortLine(line string) string {
	r := benchfmt.NewReader(strings.NewReader(line), "")
	if !r.Scan() {
		return line
	}
	result, ok := r.Result().(*benchfmt.Result)
	if !ok {
		return line
	}
	prefix := "Benchmark" + string(result.Name)
	Sort(result)
	return "Benchmark" + string(result.Name) + strings.TrimPrefix(line, prefix)
}

// distanceOf returns what the name says, or else the probes.
func distanceOf(r *benchfmt.Result) distance.Distance {
	if d := keyOf(r); d != distance.Unknown {
		return d
	}
	before, ok1 := r.Value(beforeUnit)
	after, ok2 := r.Value(afterUnit)
	if !ok1 || !ok2 {
		return distance.Unknown
	}
	return distance.Of(before*1e9, after*1e9)
}

func keyOf(r *benchfmt.Result) distance.Distance {
	_, parts := r.Name.Parts()
	for _, p := range parts {
		if value, ok := bytes.CutPrefix(p, []byte(distanceKey)); ok {
			return distance.Distance(value)
		}
	}
	return distance.Unknown
}
