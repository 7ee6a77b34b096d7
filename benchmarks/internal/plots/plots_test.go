package plots

import (
	"math"
	"testing"
	"time"

	"github.com/seed62337844/workerpool/benchmarks"
)

func TestEveryContestantHasALookOfItsOwn(t *testing.T) {
	seen := map[any]string{}
	known := map[string]bool{"chan2": true} // never drawn
	for _, l := range looks {
		if other, taken := seen[l.colour]; taken {
			t.Errorf("%s has the colour of %s", l.impl, other)
		}
		seen[l.colour] = l.impl
		known[l.impl] = true
	}
	for _, c := range benchmarks.Contestants {
		if !known[c.Name] {
			t.Errorf("%s has no look", c.Name)
		}
	}
}

func TestTicksOfTimesLieWithinTheAxis(t *testing.T) {
	ticks := durations{unit: 1e9}.Ticks(3e-6, 2e-3)
	if len(ticks) == 0 || ticks[0].Label != "5 µs" || ticks[len(ticks)-1].Label != "2 ms" {
		t.Fatalf("ticks %v, want 5 µs to 2 ms", ticks)
	}
	for _, tick := range ticks {
		if tick.Value < 3e-6 || tick.Value > 2.01e-3 {
			t.Errorf("%v is off the axis", tick)
		}
	}
	if got := (5 * time.Microsecond).Seconds(); math.Abs(ticks[0].Value-got) > 1e-12 {
		t.Errorf("5 µs stands at %v, want %v", ticks[0].Value, got)
	}
}
