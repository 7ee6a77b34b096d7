package plots

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

const (
	madeUp    = "testdata/made-up.txt"
	committed = "../../results/full/raw.txt"
)

func TestEachPoolIsInEachPanel(t *testing.T) {
	n := parsed(t, pictureOf(t, "time-per-task"), read(t, madeUp))
	for _, name := range []string{"ringpool", "chanpool", "barechan", "ants", "pond", "gammazero", "conc", "errgroup", "go + semaphore", "newcomer"} {
		for _, column := range []string{"1 producer", "4 producers", "100 producers"} {
			g := n.group(t, name+", "+column+": ")
			if len(g.all("circle")) != 1 || len(g.all("line")) != 1 || len(g.all("text")) != 1 {
				t.Errorf("%s, %s: want a dot, an interval and a value", name, column)
			}
		}
		if !slices.ContainsFunc(n.all("text"), func(text *node) bool { return text.Text == name }) {
			t.Errorf("no row is named %s", name)
		}
	}
	for title := range n.groups() {
		if strings.Contains(title, "chan2") {
			t.Errorf("the second name of chanpool is drawn: %s", title)
		}
	}
}

func TestAPoolThatWasNotMeasuredHasNoDot(t *testing.T) {
	d := &dotPlot{columns: append(byProducers("sec/op", 1),
		of("waking", "Wake", "size=50/gap=20us/then=wait", "p50-sec", 1))}
	g := parsed(t, d, read(t, madeUp)).group(t, "gammazero, waking: not measured")
	if len(g.all("circle")) != 0 || g.all("text")[0].Text != "–" {
		t.Error("there is a dot or a value")
	}
}

// The axis is read off two of its ticks.
func TestDotsAndIntervalsStandAtTheirValues(t *testing.T) {
	set := read(t, madeUp)
	n := parsed(t, pictureOf(t, "time-per-task"), set)
	ticks := map[string]float64{}
	for _, text := range n.all("text") {
		if text.attr("text-anchor") == "middle" && ticks[text.Text] == 0 { // of the first panel
			ticks[text.Text] = text.at(t, "x")
		}
	}
	left, right := ticks["100\u00a0ns"], ticks["1\u00a0µs"]
	if left == 0 || right <= left {
		t.Fatalf("the ticks are %v", ticks)
	}
	place := func(v float64) float64 { return left + (right-left)*math.Log10(v/1e-7) }
	for impl, name := range map[string]string{"ring": "ringpool", "pond": "pond", "gosem": "go + semaphore"} {
		f, ok := set.Figure(samples.Cell("Throughput", impl, "size=50/producers=1/task=0"), "sec/op")
		if !ok || !f.Bounded {
			t.Fatalf("%s: no figure with an interval", impl)
		}
		g := n.group(t, name+", 1 producer: ")
		interval := g.all("line")[0]
		for _, c := range []struct {
			what      string
			got, want float64
		}{
			{"the dot", g.all("circle")[0].at(t, "cx"), place(f.Median)},
			{"the interval's begin", interval.at(t, "x1"), place(f.Lo)},
			{"the interval's end", interval.at(t, "x2"), place(f.Hi)},
		} {
			if math.Abs(c.got-c.want) > 0.3 { // coordinates are rounded
				t.Errorf("%s: %s is at %v, want %v", name, c.what, c.got, c.want)
			}
		}
		if got := g.all("text")[0].Text; got != duration(f.Median) {
			t.Errorf("%s: the value is %q, want %q", name, got, duration(f.Median))
		}
	}
}

func TestTheOverheadIsAMultipleOfTheIdeal(t *testing.T) {
	set := read(t, madeUp)
	n := parsed(t, pictureOf(t, "overhead"), set)
	f, _ := set.Figure("Throughput/impl=ants/size=50/producers=4/task=10us", "sec/op")
	n.group(t, "ants, tasks of 10\u00a0µs: "+times(f.Median/5e-6)) // two cores
	f, _ = set.Figure("Ideal/impl=none/workers=cores/task=1us", "sec/op")
	n.group(t, "no pool, tasks of 1\u00a0µs: "+times(f.Median/0.5e-6))
}

func TestTheBestPoolComesFirst(t *testing.T) {
	set := read(t, madeUp)
	order := func(d *dotPlot) (labels []string) {
		for _, r := range d.rows(set) {
			labels = append(labels, r.label)
		}
		return labels
	}
	low := order(&dotPlot{columns: byProducers("sec/op", 1)})
	high := order(&dotPlot{columns: byProducers("sec/op", 1), higher: true})
	slices.Reverse(high)
	if low[0] != "ringpool" || low[len(low)-1] != "newcomer" || !slices.Equal(low, high) {
		t.Errorf("lower is better: %q; higher is better, from the end: %q", low, high)
	}
}

// The committed results are checked as well as the made-up ones: they have other
// lengths of text, and intervals.
func TestTextsDoNotOverlapAndStayInThePicture(t *testing.T) {
	for file, set := range map[string]*samples.Set{
		"made up":   read(t, madeUp),
		"distances": madeUpAt(t, madeUp, "near", "far"),
		"near":      madeUpAt(t, madeUp, "near"),
		"overload":  read(t, madeUpOverload),
		"committed": read(t, committed),
	} {
		for _, p := range pictures {
			if p.draw(set) == nil {
				continue
			}
			n := parsed(t, p, set)
			height := n.at(t, "height")
			var boxes []textBox
			for _, text := range n.all("text") {
				boxes = append(boxes, boxOf(t, text))
			}
			for i, b := range boxes {
				if b.left < 0 || b.right > width || b.top < 0 || b.bottom > height {
					t.Errorf("%s, %s: %q leaves the picture", p.file, file, b.text)
				}
				for _, c := range boxes[:i] {
					if b.left < c.right && c.left < b.right && b.top < c.bottom && c.top < b.bottom {
						t.Errorf("%s, %s: %q overlaps %q", p.file, file, b.text, c.text)
					}
				}
			}
		}
	}
}

type textBox struct {
	text                     string
	left, right, top, bottom float64
}

func boxOf(t *testing.T, n *node) textBox {
	size := n.at(t, "font-size")
	w := textWidth(n.Text, size, n.attr("font-weight") == "bold")
	b := textBox{text: n.Text, left: n.at(t, "x"), top: n.at(t, "y") - 0.8*size, bottom: n.at(t, "y") + 0.2*size}
	switch n.attr("text-anchor") {
	case "middle":
		b.left -= w / 2
	case "end":
		b.left -= w
	}
	b.right = b.left + w
	return b
}

func TestTitlesSayWhichEndIsBetter(t *testing.T) {
	for _, set := range []*samples.Set{read(t, committed), read(t, madeUpOverload)} {
		for _, p := range pictures {
			if p.draw(set) == nil {
				continue
			}
			all := parsed(t, p, set).said()
			for _, want := range []string{"er\u00a0is\u00a0better", "pool of ", set.Config("commit"), set.Config("command")} {
				if !strings.Contains(all, want) {
					t.Errorf("%s does not say %q", p.file, want)
				}
			}
		}
	}
}

func TestTheCaptionSaysHowOftenWasMeasured(t *testing.T) {
	line := func(impl string, times int) string {
		return strings.Repeat("BenchmarkRejection/impl="+impl+"/size=50/producers=1-2 1000 50 ns/op\n", times)
	}
	for text, want := range map[string]string{
		line("ring", 1):                    "Dot: one measurement.",
		line("ring", 3):                    "Dot: median of 3 measurements; line: their range.",
		line("ring", 8):                    "Dot: median of 8 measurements; line: its 95\u00a0% confidence interval.",
		line("ring", 6) + line("chan", 12): "Dot: median of 6 to 12 measurements; line: its 95\u00a0% confidence interval.",
		line("ring", 6) + line("chan", 2):  "Dot: median of 2 to 6 measurements; line: its 95\u00a0% confidence interval, or the range of too few for one.",
	} {
		if got := parsed(t, pictureOf(t, "rejection"), setOf(t, text)).said(); !strings.Contains(got, want+" ") {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
}

// A cell or a unit that gets another name must not lose its picture.
func TestEveryColumnAndCurveIsOfCellsOfTheGrid(t *testing.T) {
	var raw strings.Builder
	raw.WriteString("cores: 2\n")
	for _, c := range benchmarks.Grid() {
		fmt.Fprintf(&raw, "Benchmark%s 1 50 ns/op 50 p50-ns 50 p90-ns 50 p99-ns 50 p99.9-ns 1 min/median 50 cpu-sec/Mtask 50 goodput-%% 50 peak-B\n", c)
	}
	set := setOf(t, raw.String())
	for _, p := range pictures {
		switch d := p.drawer.(type) {
		case *dotPlot:
			if n := len(d.measured(parts(set)).columns); n != len(d.columns) {
				t.Errorf("%s: %d of %d columns have figures", p.file, n, len(d.columns))
			}
		case *curvePlot:
			if n := len(parsed(t, d, set).all("polyline")); n != len(d.curves) {
				t.Errorf("%s: %d of %d curves have figures", p.file, n, len(d.curves))
			}
		default:
			t.Errorf("%s is a %T", p.file, d)
		}
	}
}

func TestNoFiguresMakeNoPicture(t *testing.T) {
	files, err := Draw(setOf(t, "goos: linux\nBenchmarkOther/impl=ring/size=1-2 1000 50 ns/op\n"), t.TempDir())
	if err != nil || len(files) != 0 {
		t.Errorf("the files are %q, the error is %v, want none", files, err)
	}
}

func TestDrawNamesTheFilesThatItWrites(t *testing.T) {
	dir := t.TempDir()
	files, err := Draw(read(t, madeUp), dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(files, "time-per-task.svg") || slices.Contains(files, "wake-then-work.svg") {
		t.Errorf("the files are %q", files)
	}
	for _, f := range files {
		if info, err := os.Stat(filepath.Join(dir, f)); err != nil || info.Size() == 0 {
			t.Errorf("%s is missing or empty: %v", f, err)
		}
	}
}

func TestADirectoryThatIsMissingIsAnError(t *testing.T) {
	if _, err := Draw(read(t, madeUp), filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error")
	}
}

// Directories named run-… are not committed.
func TestCommittedPicturesAreThoseOfTheirRawFile(t *testing.T) {
	compared := 0
	for _, raw := range glob(t, "../../results/*/raw.txt") {
		committed := filepath.Dir(raw)
		pictures := glob(t, filepath.Join(committed, "*.svg"))
		if strings.HasPrefix(filepath.Base(committed), "run-") || len(pictures) == 0 {
			continue
		}
		dir := t.TempDir()
		files, err := Draw(read(t, raw), dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			got, err1 := os.ReadFile(filepath.Join(committed, f))
			want, err2 := os.ReadFile(filepath.Join(dir, f))
			if err1 != nil || err2 != nil || string(got) != string(want) {
				t.Errorf("%s of %s is old or missing: run \"go run ./cmd/plot results/%[2]s\"", f, filepath.Base(committed))
			}
			compared++
		}
		for _, p := range pictures {
			if !slices.Contains(files, filepath.Base(p)) {
				t.Errorf("%s is drawn no more: remove it", p)
			}
		}
	}
	if compared == 0 {
		t.Error("no pictures were compared")
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.FromSlash(pattern))
	if err != nil {
		t.Fatal(err)
	}
	return names
}
