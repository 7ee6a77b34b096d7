package samples

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
)

const cell = "Throughput/impl=ring/size=50/task=0"

// read makes a set of lines in a raw file.
func read(t *testing.T, lines ...string) *Set {
	t.Helper()
	name := filepath.Join(t.TempDir(), "raw.txt")
	if err := os.WriteFile(name, []byte("goos: linux\n"+strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	set, err := Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// line makes a line of a raw file, with the time of the sample and the parameters
// that follow its name.
func line(suffix string, ns float64, more string) string {
	return fmt.Sprintf("Benchmark%s%s 1000 %g ns/op%s", cell, suffix, ns, more)
}

func TestSamplesAreSortedByNameOrElseByProbes(t *testing.T) {
	set := read(t,
		line("-2", 10, " 110 probe-after-ns 110 probe-before-ns"),
		line("/distance=near-2", 20, " 120 probe-after-ns 110 probe-before-ns"),
		line("/distance=far-2", 30, ""),
		line("", 40, " 600 probe-after-ns 700 probe-before-ns"), // GOMAXPROCS=1 has no suffix
		line("-2", 50, " 600 probe-after-ns 110 probe-before-ns"),
	)
	if got := set.Cells(); !slices.Equal(got, []string{cell}) {
		t.Fatalf("cells %q, want %q alone", got, cell)
	}
	for d, want := range map[distance.Distance][]float64{
		distance.Near:    {1e-8, 2e-8},
		distance.Far:     {3e-8, 4e-8},
		distance.Mixed:   {5e-8},
		distance.Unknown: {1e-8, 2e-8, 3e-8, 4e-8, 5e-8},
	} {
		if got := set.At(d).Values(cell, "sec/op"); !slices.EqualFunc(got, want, nearly) {
			t.Errorf("%q has %v, want %v", d, got, want)
		}
	}
	if near, n := set.Count(distance.Near), set.Len(); near != 2 || n != 5 {
		t.Errorf("%d of %d are near, want 2 of 5", near, n)
	}
}

func nearly(a, b float64) bool { return a/b > 0.999999 && a/b < 1.000001 }

func TestColumnsAreThoseThatCanBeTold(t *testing.T) {
	near, far, mixed := line("/distance=near-2", 1, ""), line("/distance=far-2", 1, ""), line("/distance=mixed-2", 1, "")
	both, one := []distance.Distance{distance.Near, distance.Far}, []distance.Distance{distance.Unknown}
	for _, c := range []struct {
		name  string
		lines []string
		want  []distance.Distance
	}{
		{"near and far", []string{near, far, mixed}, both},
		{"near alone", []string{near, near}, both},
		{"mostly mixed", []string{near, mixed, mixed}, one},
		{"without probes", []string{line("", 1, "")}, one},
	} {
		if got := read(t, c.lines...).Columns(); !slices.Equal(got, c.want) {
			t.Errorf("%s: columns %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheDistanceBecomesTheLastKey(t *testing.T) {
	near, far := " 110 probe-after-ns 110 probe-before-ns", " 600 probe-after-ns 600 probe-before-ns"
	for _, c := range []struct{ line, want string }{
		{line("-2", 1, near), line("/distance=near-2", 1, near)},
		{line("", 1, far), line("/distance=far", 1, far)},
		{line("/distance=far-2", 1, near), line("/distance=far-2", 1, near)},
		{line("-2", 1, ""), line("-2", 1, "")},
		{"no result", "no result"},
	} {
		if got := SortLine(c.line + "\n"); got != c.want+"\n" {
			t.Errorf("%q becomes %q, want %q", c.line, got, c.want)
		}
	}
}
