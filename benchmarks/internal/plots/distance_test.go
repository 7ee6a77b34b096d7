package plots

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// madeUpAt returns the made-up figures of a file as if they had been measured at each
// of these distances.
func madeUpAt(t *testing.T, file string, distances ...string) *samples.Set {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, d := range distances {
		all.WriteString(regexp.MustCompile(`(?m)^(Benchmark\S+)-2`).ReplaceAllString(string(text), "${1}/distance="+d+"-2"))
	}
	return setOf(t, all.String())
}

// headings returns the texts at the left margin that are bold and no title, with
// what stands beside them.
func headings(t *testing.T, n *node) map[string]string {
	t.Helper()
	found := map[string]string{}
	texts := n.all("text")
	for i, text := range texts {
		if strings.HasPrefix(text.Text, "Processors ") {
			found[text.Text] = texts[i+1].Text
		}
	}
	return found
}

func TestEachDistanceHasItsPanels(t *testing.T) {
	one := parsed(t, pictureOf(t, "time-per-task"), read(t, madeUp))
	n := parsed(t, pictureOf(t, "time-per-task"), madeUpAt(t, madeUp, "near", "far"))
	if got, want := len(n.all("circle")), 2*len(one.all("circle")); got != want {
		t.Errorf("%d dots, want %d", got, want)
	}
	got := headings(t, n)
	if len(headings(t, one)) != 0 || !strings.Contains(got["Processors near"], "less than") || !strings.Contains(got["Processors far"], "more than") {
		t.Errorf("the headings are %q", got)
	}
}

func TestDistancesHaveTheSameAxis(t *testing.T) {
	d := &dotPlot{columns: byProducers("sec/op", 1)}
	near, far := row{figures: make([]samples.Figure, 3)}, row{figures: make([]samples.Figure, 3)}
	near.figures[0] = samples.Figure{Median: 1e-8, Lo: 1e-8, Hi: 1e-8, N: 1}
	far.figures[2] = samples.Figure{Median: 1e-6, Lo: 1e-6, Hi: 1e-6, N: 1}
	for i, a := range d.axes([]row{near, far}) {
		if a.lo > 1e-8 || a.hi < 1e-6 {
			t.Errorf("panel %d shows %v to %v", i, a.lo, a.hi)
		}
	}
	d.apart = true
	if a := d.axes([]row{near, far}); a[0].hi >= 1e-6 || a[2].lo <= 1e-8 {
		t.Error("a panel with an axis of its own has room for the values of another")
	}
}

func TestADistanceThatWasNotSeenIsNamed(t *testing.T) {
	n := parsed(t, pictureOf(t, "time-per-task"), madeUpAt(t, madeUp, "near"))
	if got := headings(t, n)["Processors far"]; got != "not seen in this run" {
		t.Errorf("beside the heading stands %q", got)
	}
}

func TestMeasurementsAtNeitherDistanceAreCounted(t *testing.T) {
	line := func(distance string, times int) string {
		return strings.Repeat("BenchmarkRejection/impl=ring/size=50/producers=1/distance="+distance+"-2 1000 50 ns/op\n", times)
	}
	for text, want := range map[string]string{
		line("near", 4):  "",
		line("mixed", 4): "", // no distances, as most are of neither
		line("near", 4) + line("mixed", 2) + line("far", 1): "Of the run's 7 measurements 2 are left out, as they were at neither distance.",
	} {
		got := parsed(t, pictureOf(t, "rejection"), setOf(t, text)).said()
		if !strings.Contains(got, want) || (want == "" && strings.Contains(got, "left out")) {
			t.Errorf("want %q in %q", want, got)
		}
	}
}

func TestOverloadIsDrawnWithoutRegardToDistance(t *testing.T) {
	set := madeUpAt(t, madeUpOverload, "near", "far")
	for _, file := range []string{"overload-goodput", "overload-200"} {
		one, n := parsed(t, pictureOf(t, file), read(t, madeUpOverload)), parsed(t, pictureOf(t, file), set)
		if len(n.all("circle")) != len(one.all("circle")) {
			t.Errorf("%s: %d dots, want %d", file, len(n.all("circle")), len(one.all("circle")))
		}
		if want := "median of 4 measurements; line: their range."; !strings.Contains(n.said(), want) {
			t.Errorf("%s: %q is missing in %q", file, want, n.said())
		}
		if want := "Near and far processors together."; !strings.Contains(n.said(), want) || strings.Contains(one.said(), want) {
			t.Errorf("%s: %q is missing, or said of one distance", file, want)
		}
	}
}
