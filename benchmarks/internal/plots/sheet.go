package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// Width and margin of a picture, in pixels.
const (
	width  = 800
	margin = 20
	inner  = width - 2*margin
)

// A sheet is a picture that is filled from top to bottom: y is where it is empty.
type sheet struct {
	body []*element
	y    float64
}

func (s *sheet) add(e ...*element) { s.body = append(s.body, e...) }

// text adds a text, in lines as wide as the sheet.
func (s *sheet) text(text string, size float64, c colour, bold bool) {
	for _, l := range wrap(text, size, bold, inner) {
		s.y += size * 1.3
		s.add(label(margin, s.y, size, "start", c, bold, l))
	}
}

// newSheet returns a sheet with a title and the text below it.
func newSheet(title, about string) *sheet {
	s := &sheet{y: margin - 6}
	s.text(title, titleSize, ink, true)
	s.y += 3
	s.text(about, textSize, muted, false)
	s.y += 4
	return s
}

// finish adds the caption and returns the sheet as an SVG element. Screen readers read
// the title and the alternative text.
func (s *sheet) finish(title, alternative, caption string) *element {
	s.y += 8
	s.text(caption, smallSize, muted, false)
	height := s.y + margin - 4
	root := newElement("svg",
		"xmlns", "http://www.w3.org/2000/svg", "viewBox", fmt.Sprintf("0 0 %d %s", width, number(height)),
		"width", fmt.Sprint(width), "height", number(height), "role", "img",
		"font-family", "-apple-system, 'Segoe UI', Roboto, 'Noto Sans', Helvetica, Arial, sans-serif")
	name, description := newElement("title"), newElement("desc")
	name.text, description.text = title, alternative
	root.add(name, description, stylesheet(), box(0, 0, width, height, 6, page))
	root.add(s.body...)
	return root
}

// caption returns the text at the foot of a picture: the machine, what dots and lines
// mean, more sentences, and the command.
func caption(set *samples.Set, figures []samples.Figure, more ...string) string {
	least, most := math.MaxInt, 0
	bounded, ranges := false, false
	for _, f := range figures {
		if f.N > 0 {
			least, most = min(least, f.N), max(most, f.N)
			bounded = bounded || f.Bounded
			ranges = ranges || !f.Bounded
		}
	}
	n := fmt.Sprint(most)
	if least < most {
		n = fmt.Sprintf("%d to %d", least, most)
	}
	dot := "Dot: median of " + n + " measurements; line: "
	switch {
	case most == 1:
		dot = "Dot: one measurement."
	case bounded && ranges:
		dot += "its 95\u00a0% confidence interval, or the range of too few for one."
	case bounded:
		dot += "its 95\u00a0% confidence interval."
	default:
		dot += "their range."
	}
	words := []string{fmt.Sprintf("%s, %s cores, %s, commit %s.", set.Config("cpu"), set.Config("cores"),
		set.Config("goversion"), set.Config("commit")), dot}
	words = append(append(words, more...), set.Config("command"))
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}
