package plots

import "slices"

// label returns a line of text on the base line y. The anchor says which end of it is
// at x: start, middle or end.
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

// box returns a filled rectangle with rounded corners.
func box(x, y, width, height, round float64, c colour) *element {
	return newElement("rect", slices.Concat(c.fill(), []string{"x", number(x), "y", number(y),
		"width", number(width), "height", number(height), "rx", number(round)})...)
}
