package runner

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBadArgumentsAreRefusedByName(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "x"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"--rounds", "0"}, "--rounds is 0"},
		{[]string{"--rounds", "many"}, `"many"`},
		{[]string{"--time", "0s"}, "--time is 0s"},
		{[]string{"--time", "soon"}, `"soon"`},
		{[]string{"--only", "("}, "--only"},
		{[]string{"--only", "no such cell"}, `"no such cell" matches no cell`},
		{[]string{"--only", "Fairness"}, "with --full it matches"},
		{[]string{"--out", full}, full},
		{[]string{"--benchtime", "soon"}, `"soon"`},
		{[]string{"--benchtime", "0x"}, `"0x"`},
		{[]string{"--fast"}, "-fast"},
		{[]string{"extra"}, `"extra"`},
	} {
		var stderr strings.Builder
		if _, err := Parse(tc.args, &stderr); !errors.Is(err, ErrUsage) {
			t.Errorf("%q: error %v, want ErrUsage", tc.args, err)
		}
		out := stderr.String()
		if !strings.Contains(out, tc.want) || !strings.Contains(out, "usage:") || strings.Count(out, "\n") != 1 {
			t.Errorf("%q: wrote %q, want %q and the usage, in one line", tc.args, out, tc.want)
		}
	}
}

func TestHelpIsNoError(t *testing.T) {
	var stderr strings.Builder
	if _, err := Parse([]string{"--help"}, &stderr); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("error %v, want flag.ErrHelp", err)
	}
	out := stderr.String()
	for _, word := range []string{"usage:", "--full", "--only", "--time", "--rounds", "--benchtime", "--out"} {
		if !strings.Contains(out, word) {
			t.Errorf("%q is missing in %q", word, out)
		}
	}
}

func TestTheTimeIsThatOfTheCellsUnlessGiven(t *testing.T) {
	for _, c := range []struct {
		args []string
		want time.Duration
	}{
		{nil, shortTime},
		{[]string{"--full"}, fullTime},
		{[]string{"--full", "--time", "90s"}, 90 * time.Second},
	} {
		if o, err := Parse(c.args, os.Stderr); err != nil || o.Time != c.want {
			t.Errorf("%q: %v, %v, want %v", c.args, o.Time, err, c.want)
		}
	}
}

func TestOptionsSelectCells(t *testing.T) {
	count := func(args ...string) int {
		o, err := Parse(args, os.Stderr)
		if err != nil {
			t.Fatalf("%q: %v", args, err)
		}
		return len(o.Cells())
	}
	headline, all := count(), count("--full")
	if headline == 0 || headline >= all {
		t.Errorf("%d headline cells of %d", headline, all)
	}
	if n := count("--only", "^Throughput/impl=ring/size=50/producers=4/task=0$"); n != 1 {
		t.Errorf("one name selects %d cells", n)
	}
	if o, err := Parse(nil, os.Stderr); err != nil {
		t.Fatal(err)
	} else {
		for _, c := range o.Cells() {
			if c.Visits != c.ShortVisits() {
				t.Errorf("%s is visited %d times in a round, want %d", c, c.Visits, c.ShortVisits())
			}
			if due := c.Every <= 1; due != (c.Decides() || c.Rounds > 0) {
				t.Errorf("%s is measured in each round: %v, want %v", c, due, c.Decides())
			}
		}
	}
	// What is asked for by name, or in full, is measured in each round.
	for _, args := range [][]string{{"--only", "impl=ants"}, {"--full"}} {
		o, err := Parse(args, os.Stderr)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range o.Cells() {
			if c.Every > 1 || c.Visits > 1 {
				t.Errorf("%q: %s is measured in one round of %d, and visited %d times", args, c, c.Every, c.Visits)
			}
		}
	}
	o, err := Parse([]string{"--benchtime", "7ms"}, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range o.Cells() {
		if c.Benchtime != "7ms" {
			t.Errorf("%s takes %s, want 7ms", c, c.Benchtime)
		}
	}
}
