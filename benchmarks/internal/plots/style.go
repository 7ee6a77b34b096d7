package plots

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Without serifs, which are hard to read at the size of a README's picture.
func init() { plot.DefaultFont.Variant = "Sans" }

// A look is how a pool appears in every plot. The colours are the eight that
// Okabe and Ito chose to be told apart by all kinds of eyes, and grey; in lines
// the dashes and the glyphs differ as well, for print in black and white.
type look struct {
	impl   string
	label  string
	colour color.RGBA
	dashes []vg.Length
	glyph  draw.GlyphDrawer
}

// looks is also the order in which pools are drawn. The A/A double of chan is
// not drawn: it is in the caption, as a number.
var looks = []look{
	{"ring", "ringpool", color.RGBA{213, 94, 0, 255}, nil, draw.CircleGlyph{}},
	{"chan", "chanpool", color.RGBA{0, 114, 178, 255}, nil, draw.BoxGlyph{}},
	{"barechan", "barechan", color.RGBA{86, 180, 233, 255}, dash(6, 2), draw.BoxGlyph{}},
	{"ants", "ants", color.RGBA{0, 158, 115, 255}, dash(4, 3), draw.PyramidGlyph{}},
	{"pond", "pond", color.RGBA{230, 159, 0, 255}, dash(8, 3), draw.TriangleGlyph{}},
	{"gammazero", "gammazero", color.RGBA{204, 121, 167, 255}, dash(2, 2), draw.CrossGlyph{}},
	{"gopool", "gopool", color.RGBA{136, 34, 85, 255}, dash(3, 3), draw.PyramidGlyph{}},
	{"conc", "conc", color.RGBA{0, 0, 0, 255}, dash(8, 2, 2, 2), draw.PlusGlyph{}},
	{"errgroup", "errgroup", color.RGBA{240, 228, 66, 255}, dash(4, 2, 1, 2), draw.SquareGlyph{}},
	{"gosem", "go + semaphore", color.RGBA{153, 153, 153, 255}, dash(1, 2), draw.RingGlyph{}},
}

func dash(lengths ...vg.Length) []vg.Length {
	for i := range lengths {
		lengths[i] = vg.Points(float64(lengths[i]))
	}
	return lengths
}
