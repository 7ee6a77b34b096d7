package plots

import (
	"math"
	"slices"
)

// An axis maps the values lo to hi to the places from to to, in pixels.
type axis struct {
	lo, hi   float64
	from, to float64
	log      bool
}

// at returns the place of a value. A logarithmic axis has no place for zero and less:
// they are put at from.
func (a axis) at(v float64) float64 {
	if a.log {
		if v <= 0 {
			return a.from
		}
		return a.from + (a.to-a.from)*math.Log(v/a.lo)/math.Log(a.hi/a.lo)
	}
	return a.from + (a.to-a.from)*(v-a.lo)/(a.hi-a.lo)
}

// leastSpan is the least hi/lo of a logarithmic axis. With less, noise would fill the
// panel.
const leastSpan = 4

// logAxis returns a logarithmic axis with room for all these values. It ignores zero and
// less.
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

// evenAxis returns a linear axis from zero to least, or farther, with room for all these
// values.
func evenAxis(values []float64, least float64) axis {
	hi := slices.Max(append(values, least))
	if hi == 0 {
		hi = 1
	}
	return axis{hi: hi * 1.04}
}

// steps are the ticks in each power of ten of a logarithmic axis, the closest first.
var steps = [][]float64{{1, 1.2, 1.5, 2, 3, 5, 7}, {1, 1.5, 2, 3, 5, 7}, {1, 2, 5}, {1, 3}, {1}}

// decades returns the powers of ten on a logarithmic axis.
func (a axis) decades() []float64 {
	if !a.log {
		return nil
	}
	return a.marks([]float64{1})
}

// marks returns all steps of all powers of ten on a logarithmic axis.
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

// ticks returns the ticks of a horizontal axis: the closest ones whose labels do not
// overlap. If no steps fit, a logarithmic axis has its outermost two ticks, or one.
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

// evenTicks returns the ticks of a linear axis from zero: the closest that have room,
// or else its outermost two.
func (a axis) evenTicks(haveRoom func(ticks []float64) bool) []float64 {
	power := math.Pow(10, math.Floor(math.Log10(a.hi)))
	var outermost []float64
	for _, step := range []float64{power / 10, power / 5, power / 4, power / 2, power, 2 * power, 5 * power} {
		var ticks []float64
		for i := 0.0; i*step <= a.hi; i++ {
			ticks = append(ticks, i*step)
		}
		if len(ticks) < 2 {
			break
		}
		if haveRoom(ticks) {
			return ticks
		}
		outermost = []float64{0, ticks[len(ticks)-1]}
	}
	return outermost
}

// thinned returns the last of the values and those before it whose labels have room.
func (a axis) thinned(values []float64, format func(float64) string) []float64 {
	var ticks []float64
	for _, v := range slices.Backward(values) {
		if longer := append([]float64{v}, ticks...); a.haveRoom(longer, format) {
			ticks = longer
		}
	}
	return ticks
}

// haveRoom reports whether the labels of the ticks are apart.
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
