package plots

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A colour is one for readers with a light page, and one for those with a dark one.
type colour struct{ name, light, dark string }

// Orange, blue or purple, and grey are told apart by all kinds of eyes. Each has a contrast to
// the page that is enough for text.
var (
	page   = colour{"page", "#ffffff", "#0d1117"}
	ink    = colour{"ink", "#1f2328", "#e6edf3"}
	muted  = colour{"muted", "#59636e", "#9198a1"}
	grid   = colour{"grid", "#d8dee4", "#2f353d"}
	band   = colour{"band", "#fff3ea", "#2a1c10"} // behind the row of ringpool
	orange = colour{"orange", "#b54708", "#ff9d4d"}
	blue   = colour{"blue", "#0a5fb4", "#5eb1ff"}
	purple = colour{"purple", "#7a3eb1", "#c297ff"}
	grey   = colour{"grey", "#656d76", "#9aa3ad"}
)

var palette = []colour{page, ink, muted, grid, band, orange, blue, purple, grey}

// fill returns the attributes of an element that is filled with the colour, and
// stroke those of one that is drawn with it. The light colour is an attribute, so
// that it is also seen where stylesheets are ignored.
func (c colour) fill() []string   { return []string{"class", c.name, "fill", c.light} }
func (c colour) stroke() []string { return []string{"class", c.name + "-line", "stroke", c.light} }

// stylesheet changes all colours if the reader prefers dark pages. A browser
// applies it to a picture in a page as well.
func stylesheet() *element {
	var b strings.Builder
	b.WriteString("@media (prefers-color-scheme: dark) {")
	for _, c := range palette {
		fmt.Fprintf(&b, " .%s { fill: %s } .%[1]s-line { stroke: %[2]s }", c.name, c.dark)
	}
	b.WriteString(" }")
	e := newElement("style")
	e.text = b.String()
	return e
}

// A look is how a pool appears in every picture.
type look struct {
	impl  string // as in impl=ring, or more of a cell's name
	label string
	colour
	bold bool
}

// text returns the colour of the pool's name and figures. Grey is for its marks only.
func (l look) text() colour {
	if l.colour == grey {
		return ink
	}
	return l.colour
}

// looks are those of the pools that do not look like the rest, or have other names
// in words. The noise of chanpool under its second name is no pool's figure, and is
// not drawn.
var looks = map[string]look{
	"ring":  {"ring", "ringpool", orange, true},
	"chan":  {"chan", "chanpool", blue, false},
	"gosem": {"gosem", "go + semaphore", grey, false},
	"none":  {"none", "no pool", grey, false},
}

const hidden = "chan2"

// looksOf returns the looks of all contestants that the set has figures of, in the
// order of their names.
func looksOf(set *samples.Set) []look {
	var list []look
	seen := map[string]bool{hidden: true}
	for _, c := range set.Cells() {
		_, impl, _ := strings.Cut(c, "/impl=")
		impl, _, _ = strings.Cut(impl, "/")
		if impl == "" || seen[impl] {
			continue
		}
		seen[impl] = true
		l, ok := looks[impl]
		if !ok {
			l = look{impl, impl, grey, false}
		}
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b look) int { return strings.Compare(a.label, b.label) })
	return list
}

// Sizes of text, in pixels of a picture that is 800 wide. A phone shows it at half
// of that.
const (
	titleSize = 23
	textSize  = 16
	smallSize = 13.5
)

// textWidth returns how wide a text is at most, in any of the usual fonts without
// serifs. The widest of these is DejaVu Sans.
func textWidth(text string, size float64, bold bool) float64 {
	sum := 0.0
	for _, r := range text {
		switch {
		case strings.ContainsRune("mwMW%@", r):
			sum += 0.96
		case strings.ContainsRune(" \u00a0.,:;'|/()-ijlfrt", r):
			sum += 0.41
		default:
			sum += 0.65
		}
	}
	if bold {
		sum *= 1.1
	}
	return sum * size
}

// wrap breaks a text at its spaces into lines that are not wider than the width. Of a
// word that is wider, such as a long regular expression, the end is left out.
func wrap(text string, size float64, bold bool, width float64) []string {
	var lines []string
	for _, word := range strings.Split(text, " ") {
		for runes := []rune(word); textWidth(word, size, bold) > width; {
			runes = runes[:len(runes)-1]
			word = string(runes) + "…"
		}
		if n := len(lines); n > 0 && textWidth(lines[n-1]+" "+word, size, bold) <= width {
			lines[n-1] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// label returns a text. The anchor is start, middle or end; y is its base line.
func label(x, y, size float64, anchor string, c colour, bold bool, text string) *element {
	attrs := append(c.fill(), "x", number(x), "y", number(y), "font-size", number(size))
	if anchor != "start" {
		attrs = append(attrs, "text-anchor", anchor)
	}
	if bold {
		attrs = append(attrs, "font-weight", "bold")
	}
	e := newElement("text", attrs...)
	e.text = text
	return e
}

// line returns a straight line.
func line(x1, y1, x2, y2, width float64, c colour, more ...string) *element {
	attrs := append(c.stroke(), "x1", number(x1), "y1", number(y1), "x2", number(x2), "y2", number(y2), "stroke-width", number(width))
	return newElement("line", append(attrs, more...)...)
}

// box returns a filled rectangle with round corners.
func box(x, y, width, height, round float64, c colour) *element {
	return newElement("rect", slices.Concat(c.fill(), []string{"x", number(x), "y", number(y),
		"width", number(width), "height", number(height), "rx", number(round)})...)
}
