package report

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed62337844/workerpool/benchmarks/internal/runner"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A run as it is left by Ctrl-C: one cell has more results than another, and
// one contestant is missing.
const interrupted = `goos: linux
goarch: amd64
pkg: github.com/seed62337844/workerpool/benchmarks
cpu: Test
cores: 2
commit: abc
Unit tasks/s better=higher
# round 1 of 3, load 0 0 0
BenchmarkThroughput/impl=ring/size=50/producers=4/task=0-2 1000 50 ns/op 0.1 cpu-sec/Mtask
BenchmarkThroughput/impl=chan/size=50/producers=4/task=0-2 1000 150 ns/op 0.3 cpu-sec/Mtask
BenchmarkThroughput/impl=chan2/size=50/producers=4/task=0-2 1000 165 ns/op 0.3 cpu-sec/Mtask
BenchmarkThroughput/impl=chan/size=2/producers=4/task=0-2 1000 250 ns/op 0.3 cpu-sec/Mtask
# round 2 of 3, load 0 0 0
BenchmarkThroughput/impl=ring/size=50/producers=4/task=0-2 1000 70 ns/op 0.1 cpu-sec/Mtask
`

func resultsIn(t *testing.T, raw string) (dir string) {
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, runner.RawFile), []byte(raw), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAnInterruptedRunGivesTablesAndPlots(t *testing.T) {
	dir := resultsIn(t, interrupted)
	var out strings.Builder
	if err := Write(context.Background(), ".", dir, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "Throughput/size=50/producers=4/task=0-2") {
		t.Errorf("benchstat's table is missing in:\n%s", out.String())
	}
	if n := strings.Count(out.String(), "time per task, saturated"); n != 1 {
		t.Errorf("%d tables of the time per task, want 1: no peer was measured:\n%s", n, out.String())
	}
	for _, name := range []string{"table.txt", "aims.md", "summary.md", "time-per-task.svg", "cpu-per-task.svg"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s is missing or empty: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "wake-then-wait.svg")); err == nil {
		t.Error("there is a plot of a benchmark that was not measured")
	}
}

func TestARunWithoutAPlotSaysSo(t *testing.T) {
	dir := resultsIn(t, "goos: linux\nBenchmarkNewClose/impl=ring/size=50-2 1000 50 ns/op\n")
	var out strings.Builder
	if err := Write(context.Background(), ".", dir, &out); err != nil {
		t.Fatal(err)
	}
	if want := "No plot: none shows what was measured."; !strings.Contains(out.String(), want) {
		t.Errorf("%q is missing in:\n%s", want, out.String())
	}
}

func TestRowsAreInTheOrderOfTheGrid(t *testing.T) {
	dir := resultsIn(t, interrupted)
	var out strings.Builder
	if err := Write(context.Background(), ".", dir, &out); err != nil {
		t.Fatal(err)
	}
	small, large := strings.Index(out.String(), "size=2/"), strings.Index(out.String(), "size=50/")
	if small < 0 || large < small {
		t.Errorf("size=2 at %d, size=50 at %d, want them in this order:\n%s", small, large, out.String())
	}
}

func TestARunWithoutResultsIsAnError(t *testing.T) {
	dir := resultsIn(t, "goos: linux\n")
	if err := Write(context.Background(), ".", dir, new(strings.Builder)); err == nil {
		t.Error("no error")
	}
}

func TestTheNoiseFloorIsTheDifferenceOfThePair(t *testing.T) {
	set, err := samples.Read(filepath.Join(resultsIn(t, interrupted), runner.RawFile))
	if err != nil {
		t.Fatal(err)
	}
	n, ok := NoiseFloor(set, "Throughput")
	if !ok || n.Cells != 1 || math.Abs(n.Worst-0.1) > 1e-9 || math.Abs(n.Median-0.1) > 1e-9 {
		t.Errorf("%+v, %v, want one cell that differs by a tenth", n, ok)
	}
}

// Eight visits to each of three cells. In one the pair differs in time and CPU time, each
// time by a tenth; in one now this way and now that; and of the last there are too few.
func TestTheHeadSaysHowManyIntervalsOfThePairExcludeTheTruth(t *testing.T) {
	var raw strings.Builder
	raw.WriteString("goos: linux\n")
	for round := range 8 {
		for size, times := range map[string]float64{"1": 1.1, "8": []float64{0.9, 1.1}[round%2], "50": 1.1} {
			if size == "50" && round >= leastVisits-1 {
				continue
			}
			for impl, v := range map[string]float64{"chan": 100, "chan2": 100 * times, "ring": 1} {
				fmt.Fprintf(&raw, "BenchmarkThroughput/impl=%s/size=%s/producers=4/task=0 1 %g ns/op %g cpu-sec/Mtask\n", impl, size, v, v)
			}
			// Another row, so that the next visit is one of its own.
			raw.WriteString("BenchmarkFloor/impl=mpmc/cap=100 1 1 ns/op\n")
		}
	}
	if n, _ := NoiseFloor(measured(t, raw.String()), "Throughput"); n.Cells != 3 || n.Intervals != 4 || n.Excluding != 2 {
		t.Errorf("%+v, want three cells, and two of four intervals", n)
	}
	out := written(t, raw.String(), Head)
	if want := " The true ratio, 1, is outside 2 of its 4 intervals of time and CPU time there;"; !strings.Contains(out, want) {
		t.Errorf("%q is missing in:\n%s", want, out)
	}
}

func TestTheSummaryShowsMediansSideBySide(t *testing.T) {
	set, err := samples.Read(filepath.Join(resultsIn(t, interrupted), runner.RawFile))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := Summary(set, &out); err != nil {
		t.Fatal(err)
	}
	if want := "| size=50 producers=4 task=0 | 150.0n | 165.0n | 60.00n |"; !strings.Contains(out.String(), want) {
		t.Errorf("%q is missing in:\n%s", want, out.String())
	}
}
