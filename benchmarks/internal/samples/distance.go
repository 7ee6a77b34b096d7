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
func Sort(r *benchfmt.Result) { rename(r, distanceOf(r)) }

// SetDistance does the same if the set has columns for near and far, and else takes
// the distance off the name.
func SetDistance(r *benchfmt.Result, set *Set) {
	if set.Columns()[0] == distance.Unknown {
		rename(r, distance.Unknown)
		return
	}
	Sort(r)
}

// rename gives a result's name the distance as its last key, or none.
func rename(r *benchfmt.Result, d distance.Distance) {
	base, parts := r.Name.Parts()
	name := bytes.Clone(base)
	suffix := ""
	for _, p := range parts {
		switch {
		case p[0] == '-': // GOMAXPROCS, which comes last
			suffix = string(p)
		case !bytes.HasPrefix(p, []byte(distanceKey)):
			name = append(name, p...)
		}
	}
	if d != distance.Unknown {
		name = append(name, distanceKey+d...)
	}
	r.Name = append(name, suffix...)
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
