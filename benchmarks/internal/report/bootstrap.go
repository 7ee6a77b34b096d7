package report

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
)

// An estimate is a figure, and the same figure of many resamples: as many visits as
// there were, drawn from them at random, each as often as it comes. How far the
// resamples differ says how far chance may have moved the figure (the bootstrap of
// Bradley Efron). What is drawn is whole visits, since the samples of one visit have
// more in common than others.
type estimate struct {
	figure float64
	again  []float64 // of the resamples; nil if there are too few visits
	visits int       // that were drawn from
}

const (
	// Of the fewest visits, the interval leaves out nine of them on each side.
	resamples = 4000

	// With fewer visits a resample is too often nothing but one of them.
	leastVisits = 6
)

// bootstrap estimates the median of what is in some visits. The resamples depend on
// the name, so the same raw file always gives the same interval, and two cells are
// drawn independently of each other.
func bootstrap(name string, visits [][]float64) estimate {
	all := sortVisits(visits)
	times := make([]int, len(visits)) // that a visit is there
	for i := range times {
		times[i] = 1
	}
	e := estimate{figure: all.median(times, len(all)), visits: len(visits)}
	if len(visits) < leastVisits {
		return e
	}
	hash := fnv.New64a()
	hash.Write([]byte(name))
	random := rand.New(rand.NewPCG(hash.Sum64(), 0))
	e.again = make([]float64, resamples)
	for i := range e.again {
		clear(times)
		n := 0
		for range visits {
			k := random.IntN(len(visits))
			times[k]++
			n += len(visits[k])
		}
		e.again[i] = all.median(times, n)
	}
	return e
}

// join makes an estimate of some, resample by resample. For its interval the fewest
// visits of any count, as in Tim Hesterberg's R package resample. That is rather too wide
// than too narrow: each of them is resampled too narrowly, which their mean does not mend,
// but all together have more degrees of freedom than one.
func join(list []estimate, figure func([]float64) float64) estimate {
	values := make([]float64, len(list))
	of := func(get func(estimate) float64) float64 {
		for i, e := range list {
			values[i] = get(e)
		}
		return figure(values)
	}
	joint := estimate{figure: of(func(e estimate) float64 { return e.figure }), visits: list[0].visits}
	for _, e := range list {
		joint.visits = min(joint.visits, e.visits)
	}
	if slices.ContainsFunc(list, func(e estimate) bool { return e.again == nil }) {
		return joint
	}
	joint.again = make([]float64, resamples)
	for i := range joint.again {
		joint.again[i] = of(func(e estimate) float64 { return e.again[i] })
	}
	return joint
}

// bounded tells whether there were enough visits for an interval.
func (e estimate) bounded() bool { return e.again != nil }

// interval returns the 95 % interval of the figure: what is left when the lowest and
// the highest of the resamples are cut off, as many as tail says. It is without end if
// there are too few visits to tell.
func (e estimate) interval() (lo, hi float64) {
	if !e.bounded() {
		return math.Inf(-1), math.Inf(1)
	}
	sorted := slices.Sorted(slices.Values(e.again))
	cut := int(tail(e.visits) * float64(len(sorted)))
	return sorted[cut], sorted[len(sorted)-1-cut]
}

// verdict tells whether the figure is at most another one, and chance is ruled out:
// whether the whole interval is on the one side, or on the other.
func (e estimate) verdict(most float64) verdict {
	switch lo, hi := e.interval(); {
	case hi <= most:
		return reached
	case lo > most:
		return missed
	}
	return undecided
}
