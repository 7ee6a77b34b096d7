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

func TestTextIsEscaped(t *testing.T) {
	n := parsed(t, pictureOf(t, "time-per-task"), read(t, madeUp))
	for _, text := range n.all("text") {
		if strings.Contains(text.Text, "Made up & <escaped>") {
			return
		}
	}
	t.Error("the processor's name is not in the caption")
}

func TestLinesBreakAtSpacesOnly(t *testing.T) {
	const text = "aaaa bbbb 95\u00a0% cccc"
	lines := wrap(text, 10, false, textWidth("aaaa bbbb 95", 10, false))
	if got, want := strings.Join(lines, "|"), "aaaa bbbb|95\u00a0% cccc"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheEndOfALongWordIsLeftOut(t *testing.T) {
	lines := wrap("a "+strings.Repeat("b", 1000)+" c", 10, false, 100)
	if len(lines) != 3 || !strings.HasSuffix(lines[1], "b…") || textWidth(lines[1], 10, false) > 100 || lines[2] != "c" {
		t.Errorf("the lines are %q", lines)
	}
}
