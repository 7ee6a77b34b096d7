package plots

import (
	"encoding/xml"
	"io"
	"math"
	"strconv"
)

// An element is one element of an SVG file.
type element struct {
	name     string
	attrs    []xml.Attr
	text     string // instead of children
	children []*element
}

// newElement returns an element with attributes, given as names and values in turn.
func newElement(name string, attrs ...string) *element {
	e := &element{name: name}
	for i := 0; i < len(attrs); i += 2 {
		e.attrs = append(e.attrs, xml.Attr{Name: xml.Name{Local: attrs[i]}, Value: attrs[i+1]})
	}
	return e
}

// add appends children, and returns the last one.
func (e *element) add(children ...*element) *element {
	e.children = append(e.children, children...)
	return children[len(children)-1]
}

// write writes the element and its children. The encoder escapes the texts: the
// command in a caption may be a regular expression.
func (e *element) write(w *xml.Encoder) error {
	start := xml.StartElement{Name: xml.Name{Local: e.name}, Attr: e.attrs}
	if err := w.EncodeToken(start); err != nil {
		return err
	}
	if e.text != "" {
		if err := w.EncodeToken(xml.CharData(e.text)); err != nil {
			return err
		}
	}
	for _, c := range e.children {
		if err := c.write(w); err != nil {
			return err
		}
	}
	return w.EncodeToken(start.End())
}

// writeDocument writes the element as a document, one element on each line.
func (e *element) writeDocument(w io.Writer) error {
	encoder := xml.NewEncoder(w)
	encoder.Indent("", " ")
	if err := e.write(encoder); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// number writes a coordinate. Nobody sees a tenth of a pixel.
func number(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}
