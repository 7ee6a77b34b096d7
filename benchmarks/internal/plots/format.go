package plots

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A prefix is a unit that is so many basic ones.
type prefix struct {
	name string
	size float64
}

var (
	timeUnits = []prefix{{"ns", 1e-9}, {"µs", 1e-6}, {"ms", 1e-3}, {"s", 1}}
	byteUnits = []prefix{{"B", 1}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}}
)

// space stands between a number and its unit. No line ends there.
const space = "\u00a0"

// duration writes seconds with two significant digits and the unit that suits them.
func duration(v float64) string { return scaled(v, timeUnits) }

// memory writes bytes so.
func memory(v float64) string { return scaled(v, byteUnits) }

// times writes a multiple, with two decimals: what is above 1 is of interest.
func times(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "×" }

// share writes percents.
func share(v float64) string { return digits(v) + space + "%" }

func scaled(v float64, prefixes []prefix) string {
	v = rounded(v)
	p := prefixes[0]
	for _, q := range prefixes {
		if math.Abs(v) >= q.size {
			p = q
		}
	}
	return digits(v/p.size) + space + p.name
}

// rounded returns v with two significant digits.
func rounded(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 1, 64), 64)
	if err != nil {
		panic(err) // it has just been written
	}
	return r
}

// digits writes two significant digits, without an exponent: 0.12, 1.2, 12 and 120.
func digits(v float64) string {
	v = rounded(v)
	decimals := 0
	if v != 0 {
		decimals = max(0, 1-int(math.Floor(math.Log10(math.Abs(v))+1e-9)))
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// short leaves out decimals that are zero, as a label of an axis and a text do.
func short(text string) string {
	number, unit, found := strings.Cut(text, space)
	if !found {
		number, unit = strings.TrimSuffix(text, "×"), text[len(strings.TrimSuffix(text, "×")):]
	} else {
		unit = space + unit
	}
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + unit
}

// readable writes a duration of a cell's name, such as 20us, as one writes it.
func readable(name string) string { return short(duration(seconds(name))) }

// seconds returns the length of such a duration.
func seconds(name string) float64 {
	d, err := time.ParseDuration(name)
	if err != nil {
		panic("plots: " + err.Error())
	}
	return d.Seconds()
}
