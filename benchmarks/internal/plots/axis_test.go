package plots

import (
	"math"
	"slices"
	"testing"
)

func TestALogarithmicAxisHasRoomForAllValues(t *testing.T) {
	for _, values := range [][]float64{{3e-8, 2e-6}, {5, 5}, {0, 7}, {1e-9, 1e3}, {0}, nil} {
		a := logAxis(values)
		a.from, a.to = 100, 200
		if !(a.lo > 0 && a.hi/a.lo > leastSpan*0.999) {
			t.Errorf("%v: from %v to %v", values, a.lo, a.hi)
		}
		for _, v := range values {
			if x := a.at(v); x < 100 || x > 200 {
				t.Errorf("%v: %v is at %v", values, v, x)
			}
		}
	}
}

func TestEqualFactorsAreEquallyFar(t *testing.T) {
	a := axis{lo: 1, hi: 1000, from: 0, to: 300, log: true}
	for v, want := range map[float64]float64{1: 0, 10: 100, 100: 200, 1000: 300, 0: 0} {
		if got := a.at(v); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v is at %v, want %v", v, got, want)
		}
	}
}

func TestTicksAreAsCloseAsTheirLabelsAllow(t *testing.T) {
	for _, c := range []struct {
		lo, hi, width float64
		want          []float64
	}{
		{0.9, 11, 250, []float64{1, 1.5, 2, 3, 5, 7, 10}},
		{0.9, 11, 160, []float64{1, 2, 5, 10}},
		{0.9, 110, 100, []float64{1, 10, 100}},
		{8, 35, 40, []float64{10, 30}},
		{0.9, 1.1e6, 160, []float64{1, 1e6}}, // the outermost, where there is room for no more
	} {
		a := axis{lo: c.lo, hi: c.hi, to: c.width, log: true}
		got := a.ticks(digits)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a/b-1) < 1e-9 }) {
			t.Errorf("%v to %v on %v pixels: %v, want %v", c.lo, c.hi, c.width, got, c.want)
		}
	}
}

func TestTicksOfAnEvenAxisBeginAtZero(t *testing.T) {
	for _, c := range []struct {
		hi, width float64
		want      []float64
	}{
		{104, 400, []float64{0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100}},
		{104, 130, []float64{0, 25, 50, 75, 100}},
		{104, 60, []float64{0, 50, 100}},
		{95, 60, []float64{0, 50}},
		{45, 50, []float64{0, 40}}, // the outermost, where there is room for no more
		{450, 150, []float64{0, 100, 200, 300, 400}},
	} {
		a := axis{hi: c.hi, to: c.width}
		if got := a.ticks(digits); !slices.Equal(got, c.want) {
			t.Errorf("0 to %v on %v pixels: %v, want %v", c.hi, c.width, got, c.want)
		}
	}
}

func TestAnEvenAxisHasRoomForAllValues(t *testing.T) {
	for _, values := range [][]float64{{3, 100}, {0}, nil} {
		a := evenAxis(values, 5)
		a.from, a.to = 100, 200
		for _, v := range append(values, 0, 5) {
			if x := a.at(v); !(x >= 100 && x <= 200) {
				t.Errorf("%v: %v is at %v", values, v, x)
			}
		}
	}
}
