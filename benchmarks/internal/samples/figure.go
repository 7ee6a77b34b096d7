package samples

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// A Figure is the median of some measurements, with the 95 % confidence
// interval around it, in which Lo and Hi are the median itself if there are
// too few measurements to tell.
type Figure struct {
	Median, Lo, Hi float64
	N              int
	Bounded        bool // enough measurements for an interval
}

// Summarize returns the figure of these measurements, the zero Figure if there
// are none.
func Summarize(values []float64) Figure {
	if len(values) == 0 {
		return Figure{}
	}
	sum := benchmath.AssumeNothing.Summary(copied(values), 0.95)
	if math.IsInf(sum.Lo, 0) || math.IsInf(sum.Hi, 0) {
		return Figure{sum.Center, sum.Center, sum.Center, len(values), false}
	}
	return Figure{sum.Center, sum.Lo, sum.Hi, len(values), true}
}

// P returns the probability, by the Mann-Whitney test, that measurements of one
// and the same thing differ as much as these two lists do. It is 1 if the lists
// are too short or too uniform to tell.
func P(a, b []float64) float64 {
	return benchmath.AssumeNothing.Compare(copied(a), copied(b)).P
}

// copied makes a copy, since benchmath sorts what it is given, and the order of
// the measurements is the order of the rounds.
func copied(values []float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds)
}
