package plots

import (
	"math"
	"slices"
	"strings"
	"testing"
)

const madeUpOverload = "testdata/made-up-overload.txt"

func TestEachCurveHasItsPointsNameAndLastValue(t *testing.T) {
	n := parsed(t, pictureOf(t, "overload-goodput"), read(t, madeUpOverload))
	for name, last := range map[string]string{
		"ringpool, queue of 20":           "94 %",
		"ringpool, queue of 40, default":  "0 %",
		"ringpool, queue of 200":          "0 %",
		"ringpool, deadline, queue of 40": "92 %",
		"semaphore, no queue":             "98 %",
		"goroutine per request":           "0 %",
	} {
		g := n.group(t, name+": ")
		var texts []string
		for _, text := range g.all("text") {
			texts = append(texts, strings.ReplaceAll(text.Text, space, " "))
		}
		if !slices.Equal(texts, []string{name, last}) {
			t.Errorf("the texts are %q, want %q and %q", texts, name, last)
		}
		points := strings.Fields(g.all("polyline")[0].attr("points"))
		if len(points) != len(loads) || len(g.all("circle")) != len(loads) {
			t.Errorf("%s: %d points, %d dots, want %d", name, len(points), len(g.all("circle")), len(loads))
		}
	}
	if got := len(n.all("polyline")); got != 6 {
		t.Errorf("there are %d curves", got)
	}
}

// Both axes are read off two of their ticks.
func TestCurvesPassThroughTheirValues(t *testing.T) {
	set := read(t, madeUpOverload)
	n := parsed(t, pictureOf(t, "overload-goodput"), set)
	xs, ys := map[string]float64{}, map[string]float64{}
	for _, text := range n.all("text") {
		switch text.attr("text-anchor") {
		case "middle":
			xs[text.Text] = text.at(t, "x")
		case "end":
			if text.at(t, "x") < width/2 {
				ys[text.Text] = text.at(t, "y") - smallSize*0.36
			}
		}
	}
	if xs["300"] <= xs["100"] || ys["100"+space+"%"] >= ys["0"+space+"%"] {
		t.Fatalf("the ticks are at %v and %v", xs, ys)
	}
	for key, name := range map[string]string{"ring/queue=1x": "ringpool, queue of 20", "go/queue=inf": "goroutine per request"} {
		dots := n.group(t, name+": ").all("circle")
		for i, load := range loads {
			f, ok := set.Figure(overloadCell(waiting, key, load), "goodput-%")
			if !ok {
				t.Fatalf("no figure of %s at %v", key, load)
			}
			x := xs["100"] + (xs["300"]-xs["100"])*(load-100)/200
			y := ys["0"+space+"%"] + (ys["100"+space+"%"]-ys["0"+space+"%"])*f.Median/100
			if math.Abs(dots[i].at(t, "cx")-x) > 0.3 || math.Abs(dots[i].at(t, "cy")-y) > 0.3 {
				t.Errorf("%s at %v: the dot is at %s, %s, want %v, %v", name, load, dots[i].attr("cx"), dots[i].attr("cy"), x, y)
			}
		}
	}
}

func TestFewMeasurementsShowTheirRange(t *testing.T) {
	n := parsed(t, pictureOf(t, "overload-200"), read(t, madeUpOverload))
	g := n.group(t, "ants, queue of 20, goodput: ")
	if title := g.Children[0].Text; !strings.Contains(title, "range 88"+space+"% to 89"+space+"%") {
		t.Errorf("the title is %q", title)
	}
	if len(g.all("line")) != 1 {
		t.Error("the range is not drawn")
	}
}

func TestEachWayIntoTheServiceHasARow(t *testing.T) {
	n := parsed(t, pictureOf(t, "overload-200"), read(t, madeUpOverload))
	for _, name := range []string{"ringpool, queue of 10", "ringpool, no queue", "chanpool, queue of 20", "pond, queue of 40",
		"gammazero, unbounded", "semaphore, unbounded", "newcomer, queue of 60"} {
		for _, column := range []string{"goodput", "99th percentile", "peak memory"} {
			n.group(t, name+", "+column+": ")
		}
	}
	n.group(t, "goroutine per request, 99th percentile: not measured") // nobody was served
	if strings.Contains(n.said(), "chan2") {
		t.Error("the second name of chanpool is drawn")
	}
}

func TestTheWayWithTheMostGoodputComesFirst(t *testing.T) {
	rows := overloadDots(waiting).rows(read(t, madeUpOverload))
	for i, r := range rows[1:] {
		if r.figures[0].Median > rows[i].figures[0].Median {
			t.Errorf("%s comes after %s", r.label, rows[i].label)
		}
	}
}

func TestNoCurveHidesTheBoldOne(t *testing.T) {
	groups := parsed(t, pictureOf(t, "overload-goodput"), read(t, madeUpOverload)).all("g")
	if title := groups[len(groups)-1].Children[0].Text; !strings.HasPrefix(title, "ringpool, queue of 20: ") {
		t.Errorf("the last is %q", title)
	}
}

func TestTheCaptionSaysWhatADeadlineIsIfOneIsShown(t *testing.T) {
	line := func(impl, load string) string {
		return "BenchmarkOverload/handler=wait/impl=" + impl + "/load=" + load + "-2 1 50 goodput-%\n"
	}
	ring := line("ring/queue=1x", "200") + line("ring/queue=1x", "300")
	atOne, atTwo := line("result/queue=2x", "200"), line("result/queue=2x", "300")
	for _, c := range []struct {
		file, raw string
		want      bool
	}{
		{"overload-200", ring, false},
		{"overload-200", ring + atOne, true},
		{"overload-goodput", ring + atOne, false}, // one point makes no curve
		{"overload-goodput", ring + atOne + atTwo, true},
	} {
		said := parsed(t, pictureOf(t, c.file), setOf(t, c.raw)).said()
		if strings.Contains(said, "Deadline: ") != c.want {
			t.Errorf("%s, with a deadline %v: %q", c.file, c.want, said)
		}
	}
}

func TestOneLoadMakesNoCurve(t *testing.T) {
	p := overloadCurves(waiting, goodput)
	p.xs = loads[:1]
	if p.draw(read(t, madeUpOverload)) != nil {
		t.Error("there is a picture")
	}
}

func TestNamesOfCurvesKeepApartInTheirOrder(t *testing.T) {
	for _, c := range []struct{ want, places []float64 }{
		{[]float64{10, 60}, []float64{10, 60}},
		{[]float64{50, 50}, []float64{40, 60}},
		{[]float64{0, 0, 50}, []float64{0, 20, 50}},      // not above the top
		{[]float64{90, 99, 100}, []float64{60, 80, 100}}, // nor below the bottom
		{[]float64{40, 45, 62}, []float64{29, 49, 69}},
	} {
		got := spread(c.want, 20, 0, 100)
		if !slices.EqualFunc(got, c.places, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }) {
			t.Errorf("%v: %v, want %v", c.want, got, c.places)
		}
	}
}
