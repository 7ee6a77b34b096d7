package distance

import (
	"runtime"
	"testing"
)

func TestAMeasurementIsSortedByBothProbes(t *testing.T) {
	for _, c := range []struct {
		before, after float64
		want          Distance
	}{
		{40, 40, Near}, // one chip
		{110, 249, Near},
		{110, NearBelow, Mixed},
		{249, 600, Mixed}, // moved meanwhile
		{600, 110, Mixed},
		{FarAbove, 600, Mixed},
		{301, 600, Far},
		{1200, 550, Far},
		{600, FarBelow, Mixed},
		{200_000, 200_000, Mixed}, // both threads on one processor
		{110, 200_000, Mixed},
	} {
		if got := Of(c.before, c.after); got != c.want {
			t.Errorf("Of(%v, %v) is %q, want %q", c.before, c.after, got, c.want)
		}
	}
}

func TestTheProbeTakesTime(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("there is one processor")
	}
	// What it takes depends on the machine; that a signal between two processors
	// takes longer than a nanosecond does not.
	if ns, ok := Probe(); !ok || ns < 1 {
		t.Errorf("%v ns, %v, want some nanoseconds", ns, ok)
	}
}

func TestOneProcessorHasNoDistance(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if ns, ok := Probe(); ok {
		t.Errorf("%v ns between one processor and itself", ns)
	}
}
