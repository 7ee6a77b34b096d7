package plots

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

const (
	width   = 9 * vg.Inch
	height  = 5.2 * vg.Inch
	margin  = 5 * vg.Millimeter
	legendW = 1.65 * vg.Inch
)

// newPlot returns an empty plot in the style that all share.
func newPlot(title, x string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.White
	p.Title.Text = title
	p.Title.TextStyle.Font.Size = 15
	p.Title.Padding = vg.Points(8)
	p.X.Label.Text = x
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Font.Size = 12
		a.Label.Padding = vg.Points(6)
		a.Tick.Label.Font.Size = 11
		a.Padding = vg.Points(4)
	}
	return p
}

// A drawing is a plot, with the legend and the caption that go beside and below
// it. They have room of their own, so that they never hide a figure. The name
// of the y axis is drawn here too: gonum makes room for it in the middle of a
// logarithmic axis as if that were linear, and shrinks the plot.
type drawing struct {
	plot    *plot.Plot
	y       string
	legend  plot.Legend
	caption []string
}

// newLegend returns an empty legend in the common style.
func newLegend() plot.Legend {
	l := plot.NewLegend()
	l.Top, l.Left = true, true
	l.TextStyle.Font.Size = 11
	l.Padding = vg.Points(3)
	l.ThumbnailWidth = vg.Points(28)
	return l
}

func (d drawing) draw(c draw.Canvas) {
	c.FillPolygon(color.White, []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
	c = draw.Crop(c, margin, -margin, margin, -margin)

	small := d.plot.Title.TextStyle
	small.Font = font.From(small.Font, 9)
	small.XAlign, small.YAlign = draw.XLeft, draw.YBottom
	line := vg.Points(12)
	below := line * vg.Length(len(d.caption))
	for i, text := range d.caption {
		for small.Width(text) > c.Size().X { // a long --only, say
			runes := []rune(text)
			text = string(runes[:len(runes)-2]) + "…"
		}
		c.FillText(small, vg.Point{X: c.Min.X, Y: c.Min.Y + line*vg.Length(len(d.caption)-1-i)}, text)
	}
	area := draw.Crop(c, vg.Points(22), -legendW, below+vg.Points(6), 0)
	name := d.plot.X.Label.TextStyle
	name.Rotation = math.Pi / 2
	name.XAlign, name.YAlign = draw.XCenter, draw.YTop
	c.FillText(name, vg.Point{X: c.Min.X, Y: area.Center().Y}, d.y)
	d.plot.Draw(area)
	d.legend.Draw(draw.Crop(c, width-2*margin-legendW+vg.Points(10), 0, 0, -vg.Points(34)))
}

// save writes the drawing as name.svg and name.png into dir.
func (d drawing) save(dir, name string) error {
	svg := vgsvg.New(width, height)
	d.draw(draw.New(svg))
	png := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(150))}
	d.draw(draw.New(png))
	return errors.Join(
		write(filepath.Join(dir, name+".svg"), svg),
		write(filepath.Join(dir, name+".png"), png),
	)
}

func write(file string, content io.WriterTo) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = content.WriteTo(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("plots: %w", err)
	}
	return nil
}
