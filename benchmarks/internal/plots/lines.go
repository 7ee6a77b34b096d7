package plots

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A point is a figure at a place on the x axis.
type point struct {
	x float64
	samples.Figure
}

// lineChart returns a drawing with a line per pool through its points.
func lineChart(set *samples.Set, points func(impl string) []point, title, x, y string) (drawing, bool) {
	d := drawing{plot: newPlot(title, x), y: y, legend: newLegend(), caption: caption(set)}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{225}, color.Gray{240}
	d.plot.Add(grid)
	any := false
	for _, l := range looks {
		list := points(l.impl)
		if len(list) == 0 {
			continue
		}
		any = true
		line := &line{l, list}
		d.plot.Add(line)
		d.legend.Add(l.label, line)
	}
	return d, any
}

// A line is one pool's points, joined.
type line struct {
	look
	points []point
}

func (l *line) stroke() draw.LineStyle {
	return draw.LineStyle{Color: l.colour, Width: vg.Points(2), Dashes: l.dashes}
}

func (l *line) mark() draw.GlyphStyle {
	return draw.GlyphStyle{Color: l.colour, Radius: vg.Points(4), Shape: l.glyph}
}

// Plot implements plot.Plotter.
func (l *line) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	var path []vg.Point
	for _, q := range l.points {
		path = append(path, vg.Point{X: toX(q.x), Y: toY(q.Median)})
		if q.Hi > q.Lo {
			whisker(c, toX(q.x), toY(q.Lo), toY(q.Hi))
		}
	}
	c.StrokeLines(l.stroke(), path)
	for _, at := range path {
		c.DrawGlyph(l.mark(), at)
	}
}

// DataRange implements plot.DataRanger.
func (l *line) DataRange() (xmin, xmax, ymin, ymax float64) {
	first := l.points[0]
	xmin, xmax, ymin, ymax = first.x, first.x, first.Lo, first.Hi
	for _, q := range l.points {
		xmin, xmax = min(xmin, q.x), max(xmax, q.x)
		ymin, ymax = min(ymin, q.Lo), max(ymax, q.Hi)
	}
	return
}

// Thumbnail implements plot.Thumbnailer.
func (l *line) Thumbnail(c *draw.Canvas) {
	y := c.Center().Y
	c.StrokeLine2(l.stroke(), c.Min.X, y, c.Max.X, y)
	c.DrawGlyph(l.mark(), c.Center())
}
