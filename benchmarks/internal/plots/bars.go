package plots

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A group is a set of bars that stand together: the pools in one situation.
type group struct{ label, rest string }

// barChart draws a bar per group and pool, with the confidence interval on
// it. scale turns the unit of the figures into that of the axis.
func barChart(set *samples.Set, benchmark, unit string, scale float64, groups []group, title, x, y string) (drawing, bool) {
	d := drawing{plot: newPlot(title, x), y: y, legend: newLegend()}
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color = color.Gray{220}
	d.plot.Add(grid)

	shown := present(set, benchmark, unit, groups)
	var labels []string
	for i, l := range shown {
		b := &bars{colour: l.colour, width: 0.84 / float64(len(shown))}
		for k, g := range groups {
			f, ok := set.Figure(samples.Cell(benchmark, l.impl, g.rest), unit)
			if !ok {
				continue
			}
			x := float64(k) + (float64(i)-float64(len(shown)-1)/2)*b.width
			b.add(x, f, scale)
		}
		d.plot.Add(b)
		d.legend.Add(l.label, b)
	}
	for _, g := range groups {
		labels = append(labels, g.label)
	}
	d.plot.NominalX(labels...)
	d.plot.X.Min, d.plot.X.Max = -0.5, float64(len(groups))-0.5
	d.plot.Y.Min = 0
	d.caption = caption(set)
	return d, len(shown) > 0
}

// present returns the looks of the pools that have a figure in any group.
func present(set *samples.Set, benchmark, unit string, groups []group) []look {
	var list []look
	for _, l := range looks {
		for _, g := range groups {
			if _, ok := set.Figure(samples.Cell(benchmark, l.impl, g.rest), unit); ok {
				list = append(list, l)
				break
			}
		}
	}
	return list
}

// Bars are one pool's bars. gonum's own have a width in points, which cannot be
// made to follow the number of pools.
type bars struct {
	colour color.Color
	width  float64 // in units of x
	at     []float64
	figure []samples.Figure
}

func (b *bars) add(x float64, f samples.Figure, scale float64) {
	b.at = append(b.at, x)
	b.figure = append(b.figure, samples.Figure{Median: f.Median * scale, Lo: f.Lo * scale, Hi: f.Hi * scale, N: f.N})
}

// Plot implements plot.Plotter.
func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	for i, f := range b.figure {
		left, right := toX(b.at[i]-b.width*0.46), toX(b.at[i]+b.width*0.46)
		box(c, b.colour, vg.Rectangle{
			Min: vg.Point{X: left, Y: toY(max(0, p.Y.Min))},
			Max: vg.Point{X: right, Y: toY(f.Median)},
		})
		if f.Hi > f.Lo {
			whisker(c, (left+right)/2, toY(f.Lo), toY(f.Hi))
		}
	}
}

// DataRange implements plot.DataRanger.
func (b *bars) DataRange() (xmin, xmax, ymin, ymax float64) {
	for i, f := range b.figure {
		xmin, xmax = min(xmin, b.at[i]), max(xmax, b.at[i])
		ymin, ymax = min(ymin, f.Lo), max(ymax, f.Hi*1.03)
	}
	return
}

// Thumbnail implements plot.Thumbnailer.
func (b *bars) Thumbnail(c *draw.Canvas) {
	r := c.Rectangle
	r.Min.X += (r.Max.X - r.Min.X) / 2
	box(*c, b.colour, r)
}

// box fills a rectangle, and outlines it, since yellow on white needs that.
func box(c draw.Canvas, fill color.Color, r vg.Rectangle) {
	corners := []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}, r.Min}
	c.FillPolygon(fill, corners)
	c.StrokeLines(draw.LineStyle{Color: color.Gray{60}, Width: vg.Points(0.4)}, corners)
}

// whisker draws a vertical interval with caps.
func whisker(c draw.Canvas, x, lo, hi vg.Length) {
	const half = 2
	style := draw.LineStyle{Color: color.Gray{40}, Width: vg.Points(0.8)}
	c.StrokeLines(style,
		[]vg.Point{{X: x, Y: lo}, {X: x, Y: hi}},
		[]vg.Point{{X: x - half, Y: lo}, {X: x + half, Y: lo}},
		[]vg.Point{{X: x - half, Y: hi}, {X: x + half, Y: hi}})
}

// caption says what was measured on what, in two lines.
func caption(set *samples.Set) []string {
	interval := ", with its 95 % confidence interval"
	if set.Rounds() < 6 { // as benchmath has it
		interval = "; too few for a confidence interval"
	}
	return []string{
		fmt.Sprintf("%s, %s cores, %s, commit %s. Median of %d rounds%s.", set.Config("cpu"), set.Config("cores"),
			set.Config("goversion"), set.Config("commit"), set.Rounds(), interval),
		set.Config("command"),
	}
}
