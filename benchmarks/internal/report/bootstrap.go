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
}

const (
	resamples = 1000

	// With fewer visits a resample is too often nothing but one of them.
	leastVisits = 6
)

// bootstrap estimates a figure of some visits. The resamples depend on the name, so
// the same raw file always gives the same interval, and two cells are drawn
// independently of each other.
func bootstrap[V any](name string, visits []V, figure func([]V) float64) estimate {
	e := estimate{figure: figure(visits)}
	if len(visits) < leastVisits {
		return e
	}
	hash := fnv.New64a()
	hash.Write([]byte(name))
	random := rand.New(rand.NewPCG(hash.Sum64(), 0))
	drawn := make([]V, len(visits))
	e.again = make([]float64, resamples)
	for i := range e.again {
		for k := range drawn {
			drawn[k] = visits[random.IntN(len(visits))]
		}
		e.again[i] = figure(drawn)
	}
	return e
}

// join makes an estimate of some, resample by resample.
func join(list []estimate, figure func([]float64) float64) estimate {
	of := func(get func(estimate) float64) float64 {
		values := make([]float64, len(list))
		for i, e := range list {
			values[i] = get(e)
		}
		return figure(values)
	}
	joint := estimate{figure: of(func(e estimate) float64 { return e.figure })}
	if slices.ContainsFunc(list, func(e estimate) bool { return e.again == nil }) {
		return joint
	}
	joint.again = make([]float64, resamples)
	for i := range joint.again {
		joint.again[i] = of(func(e estimate) float64 { return e.again[i] })
	}
	return joint
}

// interval returns the 95 % interval of the figure: what is left when the lowest and
// the highest fortieth of the resamples are cut off. It is without end if there are
// too few visits to tell.
func (e estimate) interval() (lo, hi float64) {
	if e.again == nil {
		return math.Inf(-1), math.Inf(1)
	}
	sorted := slices.Sorted(slices.Values(e.again))
	cut := len(sorted) / 40
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

// middle returns the median of what is in some visits.
func middle(visits [][]float64) float64 {
	all := make([]float64, 0, 2*len(visits)) // two samples in most
	for _, v := range visits {
		all = append(all, v...)
	}
	slices.Sort(all)
	n := len(all)
	if n%2 == 1 {
		return all[n/2]
	}
	return (all[n/2-1] + all[n/2]) / 2
}
