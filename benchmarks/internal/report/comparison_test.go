package report

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed62337844/workerpool/benchmarks/internal/runner"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// reported makes all that follows from a raw file, and returns what is printed.
func reported(t *testing.T, raw string) string {
	t.Helper()
	var out strings.Builder
	if err := Write(context.Background(), ".", resultsIn(t, raw), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// measured returns what a raw file holds.
func measured(t *testing.T, raw string) *samples.Set {
	t.Helper()
	set, err := samples.Read(filepath.Join(resultsIn(t, raw), runner.RawFile))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// written returns what one part of a report writes about a raw file.
func written(t *testing.T, raw string, part func(*samples.Set, io.Writer) error) string {
	t.Helper()
	var out strings.Builder
	if err := part(measured(t, raw), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// fields returns the cells of the table's line that begins so, without the padding.
func fields(t *testing.T, table, begin string) string {
	t.Helper()
	for line := range strings.Lines(table) {
		if short := strings.Join(strings.Fields(line), " "); strings.HasPrefix(short, "| "+begin) {
			return short
		}
	}
	t.Fatalf("no line begins with %q in:\n%s", begin, table)
	return ""
}

func TestTheComparisonHasNearAndFarSideBySideAndLossesFirst(t *testing.T) {
	out := written(t, twoDistances(), Comparison)
	// Size 1 was far in one visit only, which is too few for an interval.
	for begin, want := range map[string]string{
		"cell":                          "| cell | chanpool, near | ringpool | time | no slower | CPU time | no more | chanpool, far | ringpool | time | no slower | CPU time | no more |",
		"Rejection size=50 producers=1": "| Rejection size=50 producers=1 | 100.0n | 50.04n | 0.50 | undecided | | | 100.0n | 200.1n | 2.00 | undecided | | |",
		"Rejection size=1 producers=1":  "| Rejection size=1 producers=1 | 100.0n | 50.05n | 0.50 [0.50, 0.50] | yes | | | 100.0n | 200.0n | 2.00 | undecided | | |",
	} {
		if got := fields(t, out, begin); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Eight visits to each row, in which ringpool takes the share of chanpool's time, and of its CPU time,
// that is asked for.
func TestTheComparisonSaysHowMuchIsDecided(t *testing.T) {
	var raw strings.Builder
	raw.WriteString("goos: linux\n")
	row := func(size string, time, cpu func(round int) float64) {
		for round := range 8 {
			for _, impl := range []string{"ring", "chan", "chan2"} {
				ns, s := 100.0, 1.0
				if impl == "ring" {
					ns, s = ns*time(round), s*cpu(round)
				}
				fmt.Fprintf(&raw, "BenchmarkThroughput/impl=%s/size=%s/producers=4/task=0/distance=near-2 1 %g ns/op %g cpu-sec/Mtask\n", impl, size, ns, s)
			}
			// Another row, so that the next visit is one of its own.
			raw.WriteString("BenchmarkFloor/impl=mpmc/cap=100/distance=near-2 1 1 ns/op\n")
		}
	}
	always := func(v float64) func(int) float64 { return func(int) float64 { return v } }
	wide := func(round int) float64 { return []float64{0.8, 1.25}[round%2] }
	row("1", always(0.9), always(1.04))
	row("2", wide, always(0.9))
	row("8", wide, wide)
	row("50", always(1.2), always(1.2))
	out := written(t, raw.String(), Comparison)
	for begin, want := range map[string]string{
		"Throughput size=50 ": "| no | 1.20 [1.20, 1.20] | no |",
		"Throughput size=8 ":  "| undecided |",
		"Throughput size=1 ":  "| yes | 1.04 [1.04, 1.04] | yes |",
	} {
		if got := fields(t, out, begin); !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	for _, want := range []string{
		"- ringpool is no slower: 1 yes, 2 undecided, 1 no; 50 % of 4 rows are decided.\n",
		"- ringpool takes no more CPU time: 2 yes, 1 undecided, 1 no; 75 % of 4 rows are decided.\n",
		"- Of the rows that are undecided by time, 1 are decided by CPU time.\n",
		"- chan2, which is chanpool, is no slower: 4 yes, 0 undecided, 0 no; 100 % of 4 rows are decided.\n",
		"at the median of 4 rows, and ±25 % at most.\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
}

func TestTheWorstCellIsTheFirst(t *testing.T) {
	var raw strings.Builder
	raw.WriteString("goos: linux\n")
	for _, c := range []string{"50 0.5", "1 1.5", "1000 1.1"} {
		size, ratio, _ := strings.Cut(c, " ")
		raw.WriteString("BenchmarkRejection/impl=ring/size=" + size + "/producers=4-2 1 " + ratio + " ns/op\n")
		raw.WriteString("BenchmarkRejection/impl=chan/size=" + size + "/producers=4-2 1 1 ns/op\n")
	}
	out := reported(t, raw.String())
	at := func(size string) int { return strings.Index(out, "| Rejection size="+size+" ") }
	if a, b, c := at("1"), at("1000"), at("50"); a < 0 || b < a || c < b {
		t.Errorf("the losses are at %d and %d, and what is won is at %d: want this order:\n%s", a, b, c, out)
	}
}

// Size 1 has the worst ratio of all, but far; near, which is the first column, it has the
// best.
func TestTheFirstColumnWithAFigureSortsTheRows(t *testing.T) {
	var raw strings.Builder
	raw.WriteString("goos: linux\n")
	pair := func(size, distance string, ratio float64) {
		for impl, ns := range map[string]float64{"ring": 100 * ratio, "chan": 100} {
			fmt.Fprintf(&raw, "BenchmarkRejection/impl=%s/size=%s/producers=4/distance=%s-2 1 %g ns/op\n", impl, size, distance, ns)
		}
	}
	pair("1", "near", 0.5)
	pair("1", "far", 3)
	pair("50", "near", 1.1)
	pair("50", "far", 0.9)
	pair("1000", "far", 0.8) // never near
	out := written(t, raw.String(), Comparison)
	at := func(size string) int { return strings.Index(out, "| Rejection size="+size+" ") }
	if a, b, c := at("50"), at("1000"), at("1"); a < 0 || b < a || c < b {
		t.Errorf("1.1, 0.8 and 0.5 are at %d, %d and %d, want this order:\n%s", a, b, c, out)
	}
}

// A pool is no slower, and the ring is slower than Go's channel.
func TestQueuesHaveATableOfTheirOwnAndAreNotCounted(t *testing.T) {
	queue := "| Queue cap=2 producers=1 consumers=1 | 100.0n | 200.0n | 2.00 [2.00, 2.00] | no |"
	pool := "| Rejection size=1 producers=4 | 100.0n | 50.00n | 0.50 [0.50, 0.50] | yes | | |"
	of := func(pools bool) string {
		var raw strings.Builder
		raw.WriteString("goos: linux\n")
		for range 8 {
			for impl, ns := range map[string]int{"mpmc": 200, "chan": 100} {
				fmt.Fprintf(&raw, "BenchmarkQueue/impl=%s/cap=2/producers=1/consumers=1/distance=near-2 1 %d ns/op\n", impl, ns)
			}
			for impl, ns := range map[string]int{"ring": 50, "chan": 100} {
				if pools {
					fmt.Fprintf(&raw, "BenchmarkRejection/impl=%s/size=1/producers=4/distance=near-2 1 %d ns/op\n", impl, ns)
				}
			}
			// Another row, so that the next visit is one of its own.
			raw.WriteString("BenchmarkFloor/impl=mpmc/cap=100/distance=near-2 1 1 ns/op\n")
		}
		out := written(t, raw.String(), Comparison)
		return out
	}
	both := of(true)
	before, after, found := strings.Cut(both, "The bare ring's share of the time of Go's channel")
	if !found || strings.Contains(before, "Queue") || strings.Contains(after, "Rejection") {
		t.Fatalf("the pools are not above the queues:\n%s", both)
	}
	if got := fields(t, before, "Rejection"); !strings.HasPrefix(got, pool) {
		t.Errorf("%q, want %q", got, pool)
	}
	if want := "- ringpool is no slower: 1 yes, 0 undecided, 0 no; 100 % of 1 rows are decided.\n"; !strings.Contains(before, want) {
		t.Errorf("%q is missing in:\n%s", want, before)
	}
	for _, out := range []string{after, of(false)} {
		if got := fields(t, out, "Queue"); !strings.HasPrefix(got, queue) {
			t.Errorf("%q, want %q", got, queue)
		}
		if got, want := fields(t, out, "cell"), "| cell | Go's channel, near | the ring | time | no slower | Go's channel, far |"; !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if strings.Contains(out, "ringpool") {
			t.Errorf("there is a word of ringpool in:\n%s", out)
		}
	}
}

func TestAPartOfTheGridGivesATableOfThatPart(t *testing.T) {
	out := reported(t, "goos: linux\nBenchmarkBurst/impl=ring/size=50/tasks=block-2 1 1 ns/op\n"+
		"BenchmarkBurst/impl=chan/size=50/tasks=block-2 1 2 ns/op\n")
	if !strings.Contains(out, "| Burst size=50 tasks=block") {
		t.Errorf("what was measured is not there:\n%s", out)
	}
	if strings.Contains(out, "not measured |") {
		t.Errorf("there are rows of what was not measured:\n%s", out)
	}
}

func TestTheHeadSaysHowSamplesWereSorted(t *testing.T) {
	for _, c := range []struct{ name, raw, want string }{
		{"both", twoDistances(), "Near 152, far 88, set aside 0"},
		{"some unprobed", "goos: linux\nBenchmarkFloor/impl=mpmc/cap=100/distance=near-2 1 1 ns/op\nBenchmarkNewClose/impl=ring/size=50-2 1 1 ns/op\n",
			"1 samples, of benchmarks in which the distance hardly matters, were not sorted."},
		{"one processor", "goos: linux\nBenchmarkFloor/impl=mpmc/cap=100 1 1 ns/op\n", "1 samples, not sorted"},
		{"always near", "goos: linux\nBenchmarkFloor/impl=mpmc/cap=100/distance=near-2 1 1 ns/op\n", "were never far"},
		{"always far", "goos: linux\nBenchmarkFloor/impl=mpmc/cap=100/distance=far-2 1 1 ns/op\n", "were never near"},
		{"neither", "goos: linux\nBenchmarkFloor/impl=mpmc/cap=100/distance=mixed-2 1 1 ns/op\n", "All are taken together"},
	} {
		out := written(t, c.raw, Head)
		if !strings.Contains(out, c.want) {
			t.Errorf("%s: %q is missing in:\n%s", c.name, c.want, out)
		}
	}
}

func TestBenchstatGetsNearAndFarAsRows(t *testing.T) {
	out := reported(t, twoDistances()+"BenchmarkRejection/impl=ring/size=1/producers=1/distance=mixed-2 1 1e9 ns/op\n")
	for want, there := range map[string]bool{
		"Rejection/size=50/producers=1/distance=near-2": true,
		"Rejection/size=50/producers=1/distance=far-2":  true,
		"distance=mixed": false,
	} {
		if strings.Contains(out, want) != there {
			t.Errorf("%q is there: %v, want %v, in:\n%s", want, !there, there, out)
		}
	}
}
