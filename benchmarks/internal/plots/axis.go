package plots

import (
	"math"
	"slices"
)

// An axis maps values to places between from and to, in pixels.
type axis struct {
	lo, hi   float64 // of the values
	from, to float64 // of the places
	log      bool
}

// at returns the place of a value. A logarithmic axis has none for zero and less:
// these are put at its beginning.
func (a axis) at(v float64) float64 {
	if a.log {
		if v <= 0 {
			return a.from
		}
		return a.from + (a.to-a.from)*math.Log(v/a.lo)/math.Log(a.hi/a.lo)
	}
	return a.from + (a.to-a.from)*(v-a.lo)/(a.hi-a.lo)
}

// leastSpan is the least ratio of a logarithmic axis's ends, so that noise does not
// fill the panel.
const leastSpan = 4

// logAxis returns an axis that has room for all these values, and a little more at
// both ends. It passes over values of zero and less.
func logAxis(values []float64) axis {
	lo, hi := math.Inf(1), 0.0
	for _, v := range values {
		if v > 0 {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if hi == 0 {
		lo, hi = 1, 1
	}
	room := max(math.Pow(hi/lo, 0.06), math.Sqrt(leastSpan*lo/hi))
	return axis{lo: lo / room, hi: hi * room, log: true}
}

// evenAxis returns an axis from zero that has room for all these values.
func evenAxis(values []float64) axis {
	hi := slices.Max(append(values, 0))
	if hi == 0 {
		hi = 1
	}
	return axis{hi: hi * 1.04}
}

// steps are the marks in each power of ten of a logarithmic axis, the closest first.
var steps = [][]float64{{1, 1.2, 1.5, 2, 3, 5, 7}, {1, 1.5, 2, 3, 5, 7}, {1, 2, 5}, {1, 3}, {1}}

// decades returns the powers of ten on a logarithmic axis.
func (a axis) decades() []float64 {
	if !a.log {
		return nil
	}
	return a.marks([]float64{1})
}

// marks returns the values on a logarithmic axis that are a step of a power of ten.
func (a axis) marks(steps []float64) []float64 {
	var list []float64
	for e := math.Floor(math.Log10(a.lo)); e <= math.Log10(a.hi); e++ {
		for _, s := range steps {
			if v := s * math.Pow(10, e); v >= a.lo && v <= a.hi {
				list = append(list, v)
			}
		}
	}
	return list
}

// ticks returns the values to be marked on an axis: of a logarithmic one the closest
// steps whose labels have room beside each other, or else as many of the outermost
// two as have.
func (a axis) ticks(format func(float64) string) []float64 {
	if !a.log {
		return a.evenTicks(func(ticks []float64) bool { return a.haveRoom(ticks, format) })
	}
	outermost := a.thinned(a.marks(steps[2]), format)
	outermost = outermost[:min(1, len(outermost))]
	for _, step := range steps {
		ticks := a.marks(step)
		if len(ticks) < 2 {
			break
		}
		if a.haveRoom(ticks, format) {
			return ticks
		}
		if two := []float64{ticks[0], ticks[len(ticks)-1]}; a.haveRoom(two, format) {
			outermost = two
		}
	}
	return outermost
}

// evenTicks returns the values to be marked on an axis from zero: the closest for
// which there is room.
func (a axis) evenTicks(haveRoom func(ticks []float64) bool) []float64 {
	power := math.Pow(10, math.Floor(math.Log10(a.hi)))
	for _, step := range []float64{power / 10, power / 5, power / 4, power / 2, power, 2 * power, 5 * power} {
		var ticks []float64
		for i := 0.0; i*step <= a.hi; i++ {
			ticks = append(ticks, i*step)
		}
		if haveRoom(ticks) {
			return ticks
		}
	}
	return nil
}

// thinned returns those of the values whose labels have room, the last one among them.
func (a axis) thinned(values []float64, format func(float64) string) []float64 {
	var ticks []float64
	for _, v := range slices.Backward(values) {
		if longer := append([]float64{v}, ticks...); a.haveRoom(longer, format) {
			ticks = longer
		}
	}
	return ticks
}

// haveRoom reports whether the labels of the ticks, centred on them, are apart.
func (a axis) haveRoom(ticks []float64, format func(float64) string) bool {
	end := math.Inf(-1)
	for _, v := range ticks {
		half := textWidth(short(format(v)), smallSize, false) / 2
		if a.at(v)-half < end {
			return false
		}
		end = a.at(v) + half + smallSize/2
	}
	return true
}
