package plots

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// luminance and contrast are those of the Web Content Accessibility Guidelines, 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	rgb, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8) + 0.0722*linear(rgb)
}

func contrast(t *testing.T, a, b string) float64 {
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// The guidelines ask for 4.5 for text.
func TestTextIsLegibleInBothSchemes(t *testing.T) {
	for _, c := range palette {
		if c == page || c == grid || c == band {
			continue
		}
		for _, behind := range []colour{page, band} {
			if got := contrast(t, c.light, behind.light); got < 4.5 {
				t.Errorf("light: %s on %s has a contrast of %.1f", c.name, behind.name, got)
			}
			if got := contrast(t, c.dark, behind.dark); got < 4.5 {
				t.Errorf("dark: %s on %s has a contrast of %.1f", c.name, behind.name, got)
			}
		}
	}
}

// Each element that has a colour has the class by which the stylesheet changes it.
func TestEveryColourFollowsTheScheme(t *testing.T) {
	coloured := 0
	for _, n := range []*node{
		parsed(t, pictureOf(t, "time-per-task"), read(t, madeUp)),
		parsed(t, pictureOf(t, "overload-goodput"), read(t, madeUpOverload)),
	} {
		sheet := n.all("style")[0].Text
		if !strings.HasPrefix(sheet, "@media (prefers-color-scheme: dark) {") {
			t.Fatalf("the stylesheet is %q", sheet)
		}
		for name, property := range map[string]string{"text": "fill", "circle": "fill", "rect": "fill", "line": "stroke", "polyline": "stroke"} {
			for _, e := range n.all(name) {
				coloured++
				if class := e.attr("class"); e.attr(property) == "" || !strings.Contains(sheet, " ."+class+" { "+property+": #") {
					t.Errorf("<%s> of class %q has no %s or no dark one", name, class, property)
				}
			}
		}
	}
	if coloured < 150 {
		t.Errorf("there are only %d elements", coloured)
	}
}
