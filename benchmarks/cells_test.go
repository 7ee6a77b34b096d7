package benchmarks

import (
	"regexp"
	"strings"
	"testing"
)

func TestEachPatternMatchesItsCellAlone(t *testing.T) {
	grid := Grid()
	for _, c := range grid {
		if got := matches(c.Pattern(), grid); len(got) != 1 || got[0] != c.String() {
			t.Fatalf("%s matches %v, want %s alone", c.Pattern(), got, c)
		}
	}
}

// matches applies a pattern as the testing package does, part by part.
func matches(pattern string, grid []Cell) (list []string) {
	var parts []*regexp.Regexp
	for _, p := range strings.Split(pattern, "/") {
		parts = append(parts, regexp.MustCompile(p))
	}
cells:
	for _, c := range grid {
		name := strings.Split("Benchmark"+c.String(), "/")
		for i := range min(len(name), len(parts)) {
			if !parts[i].MatchString(name[i]) {
				continue cells
			}
		}
		list = append(list, c.String())
	}
	return list
}

func TestTheAAPairIsAlwaysMeasuredTogether(t *testing.T) {
	cells := map[string]Cell{}
	for _, c := range Grid() {
		cells[c.String()] = c
	}
	pairs := 0
	for name, c := range cells {
		if c.Benchmark == "Queue" || c.Get("impl") != "chan" {
			continue
		}
		twin, ok := cells[strings.Replace(name, "/impl=chan/", "/impl=chan2/", 1)]
		if !ok || twin.Headline != c.Headline || twin.Benchtime != c.Benchtime {
			t.Errorf("%s is measured without its double, or otherwise than it", name)
		}
		pairs++
	}
	if pairs == 0 {
		t.Error("no A/A pair in the grid")
	}
}

// All cells of a row are visited together.
func TestARowIsVisitedAsAWhole(t *testing.T) {
	row := func(c Cell) string { return strings.Replace(c.String(), "impl="+c.Get("impl")+"/", "", 1) }
	visits := map[string]int{}
	for _, c := range Grid() {
		if c.Benchmark == "Overload" {
			continue
		}
		before, seen := visits[row(c)]
		if visits[row(c)] = c.ShortVisits(); seen && before != visits[row(c)] {
			t.Errorf("%s is visited %d times, and others of its row %d times", c, c.ShortVisits(), before)
		}
	}
}

func TestThoseThatIntervalsAreAboutDecide(t *testing.T) {
	decide := map[string]bool{}
	for _, c := range Grid() {
		if c.Decides() {
			decide[c.Get("impl")] = true
		}
	}
	for _, name := range []string{"ring", "chan", "chan2", "barechan", "mpmc"} {
		if !decide[name] {
			t.Errorf("%s does not decide, or is not in the grid", name)
		}
		delete(decide, name)
	}
	if len(decide) > 0 {
		t.Errorf("these decide, too: %v", decide)
	}
}

func TestTheHeadlinesIncludeEveryContestant(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Grid() {
		if c.Headline {
			seen[c.Get("impl")] = true
		}
	}
	for _, c := range Contestants {
		if !seen[c.Name] {
			t.Errorf("%s is in no headline cell", c.Name)
		}
	}
}
