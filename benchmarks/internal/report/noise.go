package report

import (
	"slices"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A Noise says by how much chanpool differs from itself.
type Noise struct {
	Median, Worst float64 // relative differences of the medians
	Where         string  // the cell of the worst
	Cells         int
}

// NoiseFloor compares the A/A pair in time per operation, over all cells. A
// difference between two pools that is not clearly above it says nothing.
func NoiseFloor(set *samples.Set) (Noise, bool) {
	var n Noise
	var all []float64
	for _, cell := range set.Cells() {
		twin := strings.Replace(cell, "/impl=chan/", "/impl=chan2/", 1)
		a, okA := set.Figure(cell, "sec/op")
		b, okB := set.Figure(twin, "sec/op")
		if twin == cell || !okA || !okB {
			continue
		}
		d := max(a.Median, b.Median)/min(a.Median, b.Median) - 1
		all = append(all, d)
		if d > n.Worst {
			n.Worst, n.Where = d, cell
		}
	}
	if len(all) == 0 {
		return Noise{}, false
	}
	slices.Sort(all)
	n.Cells, n.Median = len(all), all[len(all)/2]
	return n, true
}
