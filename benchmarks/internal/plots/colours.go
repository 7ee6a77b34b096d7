package plots

import (
	"fmt"
	"strings"
)

// A colour has a value for light pages and one for dark pages.
type colour struct{ name, light, dark string }

// Orange, blue or purple, and grey can be told apart with any kind of colour vision.
// What is used for text has enough contrast to the page for that.
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

// fill returns the attributes of an element that is filled with the colour, stroke
// those of one that is drawn with it. The light value is an attribute, so that a
// program that ignores stylesheets shows it.
func (c colour) fill() []string   { return []string{"class", c.name, "fill", c.light} }
func (c colour) stroke() []string { return []string{"class", c.name + "-line", "stroke", c.light} }

// stylesheet returns the dark values of all colours, for readers who prefer dark
// pages. A browser also follows it in a picture that a page shows.
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
