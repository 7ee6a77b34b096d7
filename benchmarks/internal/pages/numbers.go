package pages

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks/internal/report"
)

// A Number is a median with its unit, and its interval if there is one.
type Number struct {
	Value, Lo, Hi float64
	Bounded       bool
	Unit          string
}

// String shows two significant digits, or three if the interval allows them.
func (n Number) String() string {
	value, unit := n.parts()
	if unit == "" {
		return value
	}
	return value + " " + unit
}

// Plain is the number without its unit.
func (n Number) Plain() string {
	value, _ := n.parts()
	return value
}

// Spread is the number with the wider half of its interval.
func (n Number) Spread() string {
	if !n.Bounded || n.Value == 0 {
		return n.String()
	}
	return fmt.Sprintf("%s ± %.0f %%", n, 100*max(n.Hi-n.Value, n.Value-n.Lo)/n.Value)
}

func (n Number) parts() (value, unit string) {
	places := 2
	if n.Bounded && n.Hi-n.Lo < 0.01*n.Value {
		places = 3
	}
	v := n.Value
	switch {
	case n.Unit == "cpu-sec/Mtask":
		return inTime(v/1e6, places)
	case strings.Contains(n.Unit, "sec"):
		return inTime(v, places)
	case n.Unit == "peak-B":
		return fmt.Sprintf("%.0f", v/1e6), "MB"
	case n.Unit == "min/median":
		return digits(100*v, places), "%"
	case strings.HasSuffix(n.Unit, "-%"):
		return fmt.Sprintf("%.0f", v), "%"
	}
	return digits(v, max(places, len(strconv.Itoa(int(v))))), ""
}

// inTime shows seconds.
func inTime(v float64, places int) (value, unit string) {
	for _, u := range []struct {
		name string
		of   float64
	}{{"ns", 1e-9}, {"µs", 1e-6}, {"ms", 1e-3}} {
		if rounded := round(v/u.of, places); rounded < 1000 {
			return digits(rounded, places), u.name
		}
	}
	return digits(v, places), "s"
}

// round rounds to a number of significant digits.
func round(v float64, places int) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, float64(places)-1-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// digits shows a number with so many significant digits.
func digits(v float64, places int) string {
	v = round(v, places)
	if v == 0 {
		return "0"
	}
	decimals := places - 1 - int(math.Floor(math.Log10(math.Abs(v))+1e-9))
	return strconv.FormatFloat(v, 'f', max(0, decimals), 64)
}

// against shows two numbers with one unit, if they have the same.
func against(a, b Number) string { return pair(a, " against ", b) }

// between shows the least and the greatest of some numbers.
func between(list []Number) string {
	lo, hi := least(list), greatest(list)
	if lo.String() == hi.String() {
		return lo.String()
	}
	return pair(lo, " to ", hi)
}

// greatest and least are of a list, and apart is by how much the one is above the other.
func greatest(list []Number) Number { return slices.MaxFunc(list, byValue) }
func least(list []Number) Number    { return slices.MinFunc(list, byValue) }
func apart(list []Number) string {
	return fmt.Sprintf("%s %%", digits(100*(greatest(list).Value/least(list).Value-1), 2))
}

// less is the difference of two numbers.
func less(a, b Number) Number { return Number{Value: a.Value - b.Value, Unit: a.Unit} }

func byValue(a, b Number) int { return cmp.Compare(a.Value, b.Value) }

func pair(a Number, word string, b Number) string {
	_, unit := a.parts()
	if _, other := b.parts(); unit == other {
		return a.Plain() + word + b.String()
	}
	return a.String() + word + b.String()
}

// A Share is how much of one figure another is.
type Share struct{ report.Ratio }

func (s Share) places() int {
	if s.Hi-s.Lo < 0.01*s.Figure {
		return 3
	}
	return 2
}

func (s Share) bounded() bool { return s.Lo > 0 && !math.IsInf(s.Hi, 0) }

// String shows the share with its 95 % interval.
func (s Share) String() string {
	if !s.bounded() {
		return s.Plain()
	}
	return fmt.Sprintf("%s [%s, %s]", s.Plain(), s.Low(), s.High())
}

func (s Share) Plain() string { return s.show(s.Figure) }
func (s Share) Low() string   { return s.show(s.Lo) }
func (s Share) High() string  { return s.show(s.Hi) }

// show shows two decimals from 1 to 2, as two significant digits are below 1. So it can be
// seen on which side of 1 an interval ends.
func (s Share) show(v float64) string {
	places := s.places()
	if 0.995 <= v && v < 2 {
		places = 3
	}
	return digits(v, places)
}

// About reports whether the two are the same as far as the run can tell: there is an interval,
// and it holds 1, or none of it is further from 1 than a tenth.
func (s Share) About() bool {
	return s.bounded() && (s.Lo <= 1 && 1 <= s.Hi || s.Lo >= 0.9 && s.Hi <= 1.1)
}

// Less reports whether the whole interval is below a share, and More whether it is above.
func (s Share) Less(than float64) bool { return s.Hi < than }
func (s Share) More(than float64) bool { return s.Lo > than }

// thousands writes 4170 as 4,170.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
