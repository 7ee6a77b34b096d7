package report

import (
	"math"
	"slices"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A Noise says by how much chanpool differs from itself.
type Noise struct {
	Median, Worst float64 // relative differences, by the median ratio of neighbours
	Where         string  // the cell of the worst
	Cells         int

	// How many intervals of the time and of the CPU time there are, and how many of
	// them exclude 1, which is the truth.
	Intervals, Excluding int
}

// NoiseFloor compares the A/A pair in time per operation, over all cells of a
// benchmark, and for the intervals in CPU time too. A difference between two pools that
// is not clearly above it says nothing.
func NoiseFloor(set *samples.Set, benchmark string) (Noise, bool) {
	var n Noise
	var all []float64
	for _, cell := range set.Cells() {
		twin := twinOf(cell)
		if twin == cell || !strings.HasPrefix(cell, benchmark+"/") {
			continue
		}
		time := ratio(set, cell, twin, "sec/op")
		n.count(time)
		n.count(ratio(set, cell, twin, cpuUnit))
		d := math.Exp(math.Abs(time.figure)) - 1
		if math.IsNaN(d) {
			continue
		}
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

// twinOf returns the cell of chan2 for one of chan, and any other as it is.
func twinOf(cell string) string { return strings.Replace(cell, "/impl=chan/", "/impl=chan2/", 1) }

// count counts the interval of a ratio of the pair, unless there are too few visits for
// one.
func (n *Noise) count(e estimate) {
	if !e.bounded() {
		return
	}
	n.Intervals++
	if lo, hi := e.interval(); lo > 0 || hi < 0 { // the logarithm of 1
		n.Excluding++
	}
}
