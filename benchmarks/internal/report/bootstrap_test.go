package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// visitsOf makes n visits of two samples each.
func visitsOf(n int, sample func() float64) [][]float64 {
	visits := make([][]float64, n)
	for i := range visits {
		visits[i] = []float64{sample(), sample()}
	}
	return visits
}

// Of many runs of one and the same thing, nineteen in twenty have the true median
// in their interval, whatever the distribution: one that is even, one with a long
// tail, and one that takes one of two values, as a scheduler does that has two ways.
func TestNineteenInTwentyIntervalsHoldTheTruth(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	level := 0.0
	for _, c := range []struct {
		name   string
		sample func() float64
		truth  float64
	}{
		{"normal", random.NormFloat64, 0},
		{"exponential", random.ExpFloat64, math.Ln2},
		// Each visit has a level of its own, on which its two samples are: the first
		// draws it, and the second is on it as well.
		{"of visits that differ", func() func() float64 {
			first := true
			return func() float64 {
				if first {
					level = 2 * random.NormFloat64()
				}
				first = !first
				return level + random.NormFloat64()
			}
		}(), 0},
		// Three in ten about 10, and the others about 1: the median is where two
		// sevenths of those about 1 are above it.
		{"of two modes", func() float64 {
			mode := 1.0
			if random.Float64() < 0.3 {
				mode = 10
			}
			return mode + random.NormFloat64()/100
		}, 1 + math.Sqrt2*math.Erfinv(2*5/7.0-1)/100},
	} {
		const runs = 400
		hold := 0
		for i := range runs {
			e := bootstrap(fmt.Sprint(i), visitsOf(20, c.sample))
			if lo, hi := e.interval(); lo <= c.truth && c.truth <= hi {
				hold++
			}
		}
		// Twelve hundred more runs would not move the share by three hundredths.
		if share := float64(hold) / runs; share < 0.91 || share > 0.99 {
			t.Errorf("%s: %.3f of the intervals hold the median, want 0.95", c.name, share)
		}
	}
}

// Each visit has a level of its own, which varies as much as the samples on it, and both
// have a long tail. The shares are 0.89, 0.95, 0.95 and 0.95. With a fortieth cut off on
// each side, whatever the number of visits, they are 0.85, 0.92, 0.92 and 0.93.
func TestIntervalsOfFewVisitsAreWideEnough(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const runs = 400
	mean := 0.0
	for _, c := range []struct {
		visits int
		least  float64
	}{{6, 0.88}, {8, 0.92}, {12, 0.93}, {20, 0.93}} {
		hold := 0
		for i := range runs {
			visits := make([][]float64, c.visits)
			for k := range visits {
				level := random.NormFloat64()
				visits[k] = []float64{math.Exp(level + random.NormFloat64()), math.Exp(level + random.NormFloat64())}
			}
			if lo, hi := bootstrap(fmt.Sprint(i), visits).interval(); lo <= 1 && 1 <= hi {
				hold++
			}
		}
		share := float64(hold) / runs
		mean += share / 4
		if share < c.least || share > 0.985 {
			t.Errorf("%d visits: %.3f of the intervals hold the median, want 0.95, and %v at least", c.visits, share, c.least)
		}
	}
	if mean < 0.93 {
		t.Errorf("%.3f of all intervals hold the median, want 0.93 at least", mean)
	}
}

// Of two pools, one takes exactly as much more as "no slower" allows. Then a run says
// that it is no slower in at most one case in forty, and that it is slower in as many;
// of equal pools a run with so little noise says that neither is slower.
func TestNoSlowerIsSaidInVainInOneCaseInForty(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	shares := func(runs int, truth, noise float64) (yes, no float64) {
		one := 1 / float64(runs)
		for i := range runs {
			e := bootstrap(fmt.Sprint(i), visitsOf(30, func() float64 {
				return math.Log(truth) + noise*random.NormFloat64()
			}))
			switch e.within(noSlower) {
			case reached:
				yes += one
			case missed:
				no += one
			}
		}
		return yes, no
	}
	// A fortieth of 400 is 10, and 20 are more than three standard deviations away.
	if yes, no := shares(400, float64(noSlower), 0.1); yes > 0.05 || no > 0.05 {
		t.Errorf("at the margin: %.3f are no slower, and %.3f are slower, want a fortieth of each", yes, no)
	}
	if yes, no := shares(100, 1, 0.1); yes < 0.6 || no > 0 {
		t.Errorf("equal pools: %.3f are no slower, and %.3f are slower, want most and none", yes, no)
	}
	if yes, no := shares(100, 1.2, 0.1); yes > 0 || no < 0.8 {
		t.Errorf("a fifth more: %.3f are no slower, and %.3f are slower, want none and most", yes, no)
	}
}

func TestVisitsAreDrawnAsAWhole(t *testing.T) {
	// The two samples of a visit are the same, so there are but 10 of their kind,
	// and not 20: the interval must be as wide as that of 10.
	random := rand.New(rand.NewPCG(1, 2))
	width := func(e estimate) float64 { lo, hi := e.interval(); return hi - lo }
	var twice, once, apart float64
	for i := range 100 {
		var double, single, both [][]float64
		for range 10 {
			v := random.NormFloat64()
			double = append(double, []float64{v, v})
			single = append(single, []float64{v})
			both = append(both, []float64{v}, []float64{v})
		}
		name := fmt.Sprint(i)
		twice += width(bootstrap(name, double))
		once += width(bootstrap(name, single))
		apart += width(bootstrap(name, both))
	}
	if ratio := twice / once; ratio < 0.99 || ratio > 1.01 {
		t.Errorf("each sample twice gives an interval %.2f times as wide, want the same", ratio)
	}
	if apart > 0.9*once {
		t.Errorf("drawn one by one they give %.2f of the width, want clearly less", apart/once)
	}
}

// Six visits, one of which has most of the samples. The median is its value wherever it
// is drawn, which is so in all but (5/6)^6 of the resamples.
func TestAVisitCountsWithAllItsSamples(t *testing.T) {
	long := 0.0
	for _, v := range bootstrap("a", [][]float64{{0}, {0}, {1, 1, 1, 1, 1, 1, 1}, {0}, {0}, {0}}).again {
		long += v / resamples
	}
	if want := 1 - math.Pow(5./6, 6); math.Abs(long-want) > 0.03 {
		t.Errorf("the long visit decides in %.3f of the resamples, want %.3f", long, want)
	}
}

func TestTheSameFileGivesTheSameInterval(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	visits := visitsOf(20, random.NormFloat64)
	a, b, c := bootstrap("a", visits), bootstrap("a", visits), bootstrap("b", visits)
	if !slices.Equal(a.again, b.again) {
		t.Error("the same name and visits give other resamples")
	}
	if slices.Equal(a.again, c.again) {
		t.Error("another name gives the same resamples")
	}
}

func TestFewVisitsDecideNothing(t *testing.T) {
	for n, want := range map[int]verdict{leastVisits - 1: undecided, leastVisits: reached} {
		e := bootstrap("a", visitsOf(n, func() float64 { return 1 }))
		if got := e.verdict(2); got != want {
			t.Errorf("%d visits: %s, want %s", n, got, want)
		}
	}
}

func TestTheIntervalDecides(t *testing.T) {
	var again []float64
	for i := range resamples {
		again = append(again, float64(i)/resamples) // of 20 visits, its interval is 0.016 to 0.984
	}
	for most, want := range map[float64]verdict{0.99: reached, 0.98: undecided, 0.02: undecided, 0.01: missed} {
		if got := (estimate{0.5, again, 20}).verdict(most); got != want {
			t.Errorf("at most %v: %s, want %s", most, got, want)
		}
	}
}

func TestAJointFigureHasTheSpreadOfItsParts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var parts []estimate
	for i := range 16 {
		parts = append(parts, bootstrap(fmt.Sprint(i), visitsOf(20, random.NormFloat64)))
	}
	width := func(e estimate) float64 { lo, hi := e.interval(); return hi - lo }
	var one float64
	for _, p := range parts {
		one += width(p) / 16
	}
	// The mean of 16 independent figures differs a quarter as much as each.
	if ratio := width(join(parts, arithmetic)) / one; ratio < 0.15 || ratio > 0.35 {
		t.Errorf("the interval of the mean is %.2f of that of one, want a quarter", ratio)
	}
	few := bootstrap("few", visitsOf(2, random.NormFloat64))
	if join(append(parts, few), arithmetic).verdict(1000) != undecided {
		t.Error("decided though one part has too few visits")
	}
}

// By a table of Student's t, such as 2.571 for five degrees of freedom, and of the normal
// distribution.
func TestTheFewerVisitsTheLessIsCutOff(t *testing.T) {
	for n, student := range map[int]float64{6: 2.5706, 8: 2.3646, 20: 2.0930, 121: 1.9799} {
		z := student * math.Sqrt(float64(n)/float64(n-1))
		if want := math.Erfc(z/math.Sqrt2) / 2; math.Abs(tail(n)-want) > 1e-5 {
			t.Errorf("%d visits: %.5f is cut off, want %.5f", n, tail(n), want)
		}
	}
}

func TestAJointFigureHasTheFewestVisitsOfItsParts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	many, few := bootstrap("many", visitsOf(20, random.NormFloat64)), bootstrap("few", visitsOf(7, random.NormFloat64))
	for _, list := range [][]estimate{{many, few}, {few, many}} {
		if got := join(list, arithmetic).visits; got != 7 {
			t.Errorf("%d visits, want 7", got)
		}
	}
}
