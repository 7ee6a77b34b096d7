package report

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/runner"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A figures function makes up a measurement of a cell: of its time, which all
// its units are given, for one round.
type figures func(c benchmarks.Cell, round int) float64

// steady is a run in which ringpool takes 100 and everybody else 1000, of
// whatever is measured. The rounds differ a little, so that no two measurements are
// the same.
func steady(c benchmarks.Cell, round int) float64 {
	wobble := 1 + float64(round)/1000
	if c.Get("impl") == "ring" {
		return 100 * wobble
	}
	return 1000 * wobble
}

// but is f with ringpool's figures changed in the cells whose name matches.
func (f figures) but(pattern string, change func(v float64, round int) float64) figures {
	re := regexp.MustCompile(pattern)
	return func(c benchmarks.Cell, round int) float64 {
		v := f(c, round)
		if re.MatchString(c.String()) {
			v = change(v, round)
		}
		return v
	}
}

// to returns a change to a fixed figure, with the wobble of steady.
func to(v float64) func(float64, int) float64 {
	return func(_ float64, round int) float64 { return v * (1 + float64(round)/1000) }
}

// spread returns a change to figures far below and far above v in turn.
func spread(v float64) func(float64, int) float64 {
	return func(_ float64, round int) float64 {
		return v * []float64{0.3, 3}[round%2] * (1 + float64(round)/1000)
	}
}

// run makes a set of the cells that are not left out.
func run(t *testing.T, rounds int, f figures, leftOut string) *samples.Set {
	t.Helper()
	out := regexp.MustCompile(leftOut)
	var raw strings.Builder
	raw.WriteString("goos: linux\npkg: github.com/seed62337844/workerpool/benchmarks\ncores: 2\n")
	for round := range rounds {
		for _, c := range benchmarks.Grid() {
			if leftOut != "" && out.MatchString(c.String()) {
				continue
			}
			v := f(c, round)
			fmt.Fprintf(&raw, "Benchmark%s-2 1000", c)
			switch c.Benchmark {
			case "Throughput", "OneProcessor":
				fmt.Fprintf(&raw, " %g ns/op %g cpu-sec/Mtask %g overhead-ns/op 0 allocs/op\n", v, v, v)
			case "Rejection":
				fmt.Fprintf(&raw, " %g ns/op 0 allocs/op\n", v)
			case "Wake", "OpenLoop":
				fmt.Fprintf(&raw, " %g ns/op %g p50-ns %g p99-ns %g p99.9-ns\n", v, v, v, v)
			case "Ideal":
				fmt.Fprintln(&raw, " 1e-9 ns/op") // so that all is overhead
			case "Fairness":
				fmt.Fprintf(&raw, " %g ns/op %g min/median\n", v, v/1000)
			default:
				fmt.Fprintf(&raw, " %g ns/op\n", v)
			}
		}
	}
	set, err := samples.Read(filepath.Join(resultsIn(t, raw.String()), runner.RawFile))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// rulings returns what a set says of each aim, by its first column.
func rulings(set *samples.Set) map[string]found {
	all := map[string]found{}
	for _, a := range aims {
		all[a.what] = a.measure(set)
	}
	return all
}

// rulingOn returns what a set says of one aim.
func rulingOn(t *testing.T, set *samples.Set, what string) found {
	t.Helper()
	for _, a := range aims {
		if a.what == what {
			return a.measure(set)
		}
	}
	t.Fatalf("there is no aim %q", what)
	return found{}
}

// In the steady run ringpool is ten times as fast as all others, and the floor
// is as slow as they are. It still refuses too slowly, and one of its producers
// gets a tenth of what the median one gets.
func TestASteadyRunReachesWhatIsRelativeAndMissesWhatIsFixed(t *testing.T) {
	for what, f := range rulings(run(t, 6, steady, "")) {
		want := reached
		switch what {
		case "refusing a task, every cell", "10,000 producers, share of the slowest":
			want = missed
		}
		if f.ring.verdict != want {
			t.Errorf("%s: %s, want %s", what, f.ring.cell(), want)
		}
		for _, r := range []ruling{f.bare, f.peers, f.double} {
			if r.verdict != nothing && r.verdict != reached {
				t.Errorf("%s, beside it: %s, want reached", what, r.cell())
			}
		}
	}
}

func TestEachVerdictOccursWhereItShould(t *testing.T) {
	const (
		headline = "empty tasks, all sizes and numbers of producers"
		big      = "empty tasks, every cell of size 8, 50, 1000"
		small    = "empty tasks, every cell of size 1, 2"
		over1us  = "tasks of 1 µs, time above no pool, mean of all cells"
		over10us = "tasks of 10 µs, time above no pool, mean of all cells"
		longer   = "tasks of 1 and 10 µs, every cell"
		floor4   = "an empty task against the floor, size 50, 4 producers"
		floor100 = "an empty task against the floor, size 50, 100 producers"
		refusal  = "refusing a task, every cell"
		p50      = "wake into an idle pool, median"
		p99      = "wake into an idle pool, 99th percentile"
		blocking = "burst of 2×size blocking tasks, size 50 and 1000"
		open     = "open loop at 80 % load, 99.9th percentile"
		fair     = "10,000 producers, share of the slowest"
		cpu      = "CPU time, empty tasks"
		cpuEach  = "CPU time, every saturated cell"
		one      = "GOMAXPROCS=1, every cell"
	)
	noop := "^Throughput/impl=ring/.*task=0$"
	for _, c := range []struct {
		what, name string
		pattern    string
		change     func(float64, int) float64
		want       verdict
	}{
		{headline, "3.6 times", noop, to(1000 / 3.6), reached},
		{headline, "3.4 times", noop, to(1000 / 3.4), missed},
		{headline, "about 3.5 times", noop, spread(1000 / 3.5), undecided},
		{headline, "3.6 times except in one cell", "^Throughput/impl=ring/size=8/producers=4/task=0$", to(1e9), missed},
		{big, "one cell slower", "^Throughput/impl=ring/size=50/producers=4/task=0$", to(1100), missed},
		{big, "one cell slower by accident", "^Throughput/impl=ring/size=50/producers=4/task=0$", spread(1300), undecided},
		{big, "as fast", noop, to(1000), reached},
		{small, "a cell of another size slower", "^Throughput/impl=ring/size=50/producers=4/task=0$", to(1100), reached},
		{small, "one cell slower", "^Throughput/impl=ring/size=1/producers=100/task=0$", to(1100), missed},
		{over1us, "half", "^Throughput/impl=ring/.*task=1us$", to(490), reached},
		{over1us, "over half", "^Throughput/impl=ring/.*task=1us$", to(510), missed},
		{over1us, "about half", "^Throughput/impl=ring/.*task=1us$", spread(500 / 1.65), undecided}, // the mean of 0.3 and 3
		{over10us, "below nothing", "^Throughput/impl=ring/.*task=10us$", to(-10), reached},
		{longer, "one cell slower", "^Throughput/impl=ring/size=2/producers=1/task=10us$", to(1100), missed},
		{longer, "a longer task slower", "^Throughput/impl=ring/.*task=100us$", to(1100), reached},
		{floor4, "1.4 times", "^Throughput/impl=ring/size=50/producers=4/task=0$", to(1400), reached},
		{floor4, "1.6 times", "^Throughput/impl=ring/size=50/producers=4/task=0$", to(1600), missed},
		{floor100, "1.6 times", "^Throughput/impl=ring/size=50/producers=100/task=0$", to(1600), reached},
		{refusal, "9 ns", "^Rejection/impl=ring/", to(9), reached},
		{refusal, "11 ns", "^Rejection/impl=ring/", to(11), missed},
		{refusal, "9 ns except in one cell", "^Rejection/impl=ring/size=(50|1000)", to(9), missed},
		{refusal, "about 10 ns", "^Rejection/impl=ring/", spread(10), undecided},
		{p50, "one kind slower", "^Wake/impl=ring/.*gap=1ms/then=work$", to(1100), missed},
		{p99, "another kind slower", "^Wake/impl=ring/.*gap=1ms/then=work$", to(1100), reached},
		{blocking, "slower in size 8", "^Burst/impl=ring/size=8/tasks=block$", to(1100), reached},
		{blocking, "slower in size 1000", "^Burst/impl=ring/size=1000/tasks=block$", to(1100), missed},
		{open, "slower at another load", "^OpenLoop/impl=ring/.*load=95$", to(1100), reached},
		{open, "slower", "^OpenLoop/impl=ring/.*load=80$", to(1100), missed},
		{fair, "six tenths", "^Fairness/impl=ring/.*producers=10000/", to(600), reached},
		{fair, "about a half", "^Fairness/impl=ring/.*producers=10000/", spread(500), undecided},
		{cpu, "half", noop, to(490), reached},
		{cpu, "over half", noop, to(510), missed},
		{cpuEach, "over half", noop, to(510), reached},
		{cpuEach, "more in one cell", "^Throughput/impl=ring/size=1/producers=1/task=100us$", to(1100), missed},
		{one, "one cell slower", "^OneProcessor/impl=ring/size=1/producers=4/task=1us$", to(1100), missed},
	} {
		set := run(t, 6, figures(steady).but(c.pattern, c.change), "")
		f := rulingOn(t, set, c.what)
		if f.ring.verdict != c.want {
			t.Errorf("%s, %s: %s, want %s", c.what, c.name, f.ring.cell(), c.want)
		}
	}
}

func TestTheFastestPeerCountsInEachCell(t *testing.T) {
	const what = "empty tasks, every cell of size 8, 50, 1000"
	// Four times as fast as all peers; but conc is faster in one cell, and pond in
	// another, so that none is the fastest.
	f := figures(steady).
		but("impl=conc/size=8/producers=1/task=0$", to(410)).
		but("impl=pond/size=1000/producers=100/task=0$", to(390))
	got := rulingOn(t, run(t, 6, f, ""), what).peers
	if got.verdict != missed || !strings.Contains(got.text, "3.90× [3.90, 3.90] (pond, size=1000 producers=100 task=0") {
		t.Errorf("%s, want not reached, 3.90 times pond", got.cell())
	}
	if want := "8 reached, 1 not reached"; !strings.Contains(got.text, want) {
		t.Errorf("%q is missing in %q", want, got.text)
	}
}

func TestNoSlowerAllowsAMargin(t *testing.T) {
	const what = "wake into an idle pool, median"
	for time, want := range map[float64]verdict{1040: reached, 1060: missed} {
		slower := figures(steady).but("^Wake/impl=ring/", to(time))
		if got := rulingOn(t, run(t, 6, slower, ""), what).ring; got.verdict != want {
			t.Errorf("%v of 1000: %s, want %s", time, got.cell(), want)
		}
	}
}

func TestWhatIsMissingIsNotJudged(t *testing.T) {
	for _, c := range []struct{ name, leftOut, want string }{
		{"ringpool", "impl=ring/", ""},
		{"chanpool", "impl=chan/", ""},
		{"one cell", "^Throughput/impl=ring/size=1/producers=100/task=0$", "14 of 15 cells"},
		{"one cell of the base", "^Throughput/impl=chan/size=1/producers=100/task=0$", "14 of 15 cells"},
	} {
		got := rulingOn(t, run(t, 6, steady, c.leftOut), "empty tasks, all sizes and numbers of producers").ring
		if got.verdict != notMeasured || got.text != c.want {
			t.Errorf("without %s: %s, want not measured, %q", c.name, got.cell(), c.want)
		}
	}
	all := rulings(run(t, 6, steady, ""))
	for _, b := range []string{"Throughput", "OneProcessor", "Rejection", "Wake", "Burst", "OpenLoop", "Fairness", "Floor", "Ideal"} {
		without := rulings(run(t, 6, steady, "^"+b+"/"))
		lost := 0
		for what := range maps.Keys(all) {
			if all[what].ring.verdict != notMeasured && without[what].ring.verdict == notMeasured {
				lost++
			}
		}
		if lost == 0 {
			t.Errorf("no aim misses %s", b)
		}
	}
}

// Three rounds cannot rule chance out, however clear they look.
func TestThreeRoundsDecideNothing(t *testing.T) {
	for what, f := range rulings(run(t, 3, steady, "")) {
		if f.ring.verdict != undecided {
			t.Errorf("%s: %s, want undecided", what, f.ring.cell())
		}
	}
}

func TestWhatIsNotReachedComesFirst(t *testing.T) {
	var out strings.Builder
	if err := Aims(run(t, 6, steady, ""), &out); err != nil {
		t.Fatal(err)
	}
	last := missed
	for line := range strings.Lines(out.String()) {
		for _, v := range []verdict{missed, undecided, reached} {
			if strings.Contains(line, "| "+v.String()+" |") && strings.Count(line, "|") == 7 {
				if v > last {
					t.Errorf("%s comes after what is %s: %s", v, last, line)
				}
				last = v
				break
			}
		}
	}
	if last != reached {
		t.Errorf("the last row is %s, want reached", last)
	}
}

func TestEachDistanceHasATableOfItsOwn(t *testing.T) {
	near := run(t, 6, steady, "") // without distances
	var out strings.Builder
	if err := Aims(near, &out); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "is to reach.\n"); n != 1 {
		t.Errorf("%d tables without a distance, want 1", n)
	}
	set, err := samples.Read(filepath.Join(resultsIn(t, twoDistances()), runner.RawFile))
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := Aims(set, &out); err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"is to reach, processors near.", "is to reach, processors far."} {
		if !strings.Contains(out.String(), title) {
			t.Errorf("%q is missing in:\n%s", title, out.String())
		}
	}
}

// twoDistances is a raw file in which ringpool takes half of chanpool's time while
// the processors are near, and twice while they are far.
func twoDistances() string {
	var raw strings.Builder
	raw.WriteString("goos: linux\npkg: github.com/seed62337844/workerpool/benchmarks\ncores: 2\n")
	sample := func(impl, rest, distance string, ns float64) {
		fmt.Fprintf(&raw, "BenchmarkRejection/impl=%s/%s/distance=%s-2 1000 %g ns/op 0 allocs/op\n", impl, rest, distance, ns)
	}
	for round := range 10 {
		for _, size := range []string{"1", "50", "1000"} {
			for _, producers := range []string{"1", "4"} {
				rest := fmt.Sprintf("size=%s/producers=%s", size, producers)
				d, ring := "near", 50.0
				if round%2 == 1 && size != "1" || round == 0 && size == "1" {
					d, ring = "far", 200
				}
				for _, impl := range []string{"ring", "chan", "chan", "ring"} {
					ns := ring
					if impl == "chan" {
						ns = 100
					}
					sample(impl, rest, d, ns+float64(round)/100)
				}
			}
		}
	}
	return raw.String()
}

func TestTheTableHasALineForEachAimThatWasMeasured(t *testing.T) {
	var out strings.Builder
	if err := Aims(run(t, 6, steady, "^Floor/"), &out); err != nil {
		t.Fatal(err)
	}
	for _, a := range aims {
		want := 1
		if strings.Contains(a.what, "against the floor") {
			want = 0 // not measured
		}
		if n := strings.Count(out.String(), "| "+a.what+" | "+a.figure+" | "); n != want {
			t.Errorf("%q is there %d times, want %d", a.what, n, want)
		}
	}
	for _, line := range []string{
		"| empty tasks, all sizes and numbers of producers | geometric mean at least 3.5 times chanpool | 10.00× [10.00, 10.00] | reached | 10.00× [10.00, 10.00] |  |",
		"Rows that say \"no slower\", cell by cell:",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("this is missing:\n%s\nin:\n%s", line, out.String())
		}
	}
}

// The published table is what its raw file says.
func TestThePublishedAimsFollowFromTheirRawFile(t *testing.T) {
	dir := filepath.Join("..", "..", "results", "full")
	set, err := samples.Read(filepath.Join(dir, runner.RawFile))
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	if err := writeAims(set, &want); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, aimsFile))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want.String() {
		t.Errorf("%s is not what the raw file gives; go run ./cmd/plot results/full makes it anew", aimsFile)
	}
}
