package report

import (
	"math"

	"github.com/aclements/go-moremath/stats"
)

// tail returns which share of the resamples of n visits is cut off on each side of a
// 95 % interval. It is less than a fortieth, for two reasons: a figure of n visits drawn
// again varies less than one of n new visits, by the root of (n-1)/n; and how much it
// varies is itself an estimate, so that Student's t takes the place of the normal
// distribution. That is the expanded percentile interval of Tim Hesterberg, "What
// Teachers Should Know About the Bootstrap" (The American Statistician, 2015). Of six to
// eight visits it is still somewhat too narrow; the tests say how much.
func tail(n int) float64 {
	t := stats.InvCDF(stats.TDist{V: float64(n - 1)})(1 - 1./40)
	return stats.StdNormal.CDF(-t * math.Sqrt(float64(n)/float64(n-1)))
}
