package explore

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// racers is a program of some goroutines that each make some steps, loads and
// stores of a few variables. It reports who has seen what.
func racers(goroutines, steps, variables int) func(r *Run, report func(string)) {
	return func(r *Run, report func(string)) {
		shared := make([]variable, variables)
		seen := make([][]int, goroutines)
		for g := range goroutines {
			r.Go("", func() {
				for i := range steps {
					v := &shared[(g+i)%variables]
					if (g+i)%3 == 0 {
						v.store(10*g + i + 1)
					} else {
						seen[g] = append(seen[g], v.load())
					}
				}
			})
		}
		r.Settle()
		report(fmt.Sprint(seen, shared))
	}
}

// exhaust makes all runs of a search, and returns the schedules, and what was
// reported.
func exhaust(t *testing.T, s *search, program func(r *Run, report func(string))) (schedules, reports map[string]bool) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // as Check
	schedules, reports = make(map[string]bool), make(map[string]bool)
	for {
		r := execute(func(r *Run) { program(r, func(s string) { reports[s] = true }) }, s, nil)
		require.Empty(t, r.failure)
		schedules[formatSchedule(r.chosen)] = true
		if !s.more() {
			return schedules, reports
		}
	}
}

// blind is a search that does not know a state again.
func blind(preemptions int) *search {
	s := newSearch(preemptions)
	s.seen = nil
	return s
}

func TestSearchMakesAllSchedules(t *testing.T) {
	// n goroutines with k steps have k+1 turns each, with their first, and so
	// (n(k+1))! / (k+1)!^n schedules.
	for _, c := range []struct{ goroutines, steps, schedules int }{
		{1, 5, 1}, {2, 1, 6}, {2, 2, 20}, {2, 4, 252}, {3, 2, 1680}, {3, 3, 34650},
	} {
		schedules, _ := exhaust(t, blind(Any), racers(c.goroutines, c.steps, 2))
		require.Len(t, schedules, c.schedules, "%d goroutines with %d steps", c.goroutines, c.steps)
	}
}

func TestStatesKnownAgainHideNoOutcome(t *testing.T) {
	for _, c := range []struct{ goroutines, steps, variables int }{
		{2, 2, 1}, {2, 5, 2}, {3, 2, 1}, {3, 3, 2},
	} {
		for _, preemptions := range []int{0, 1, 2, 3, Any} {
			program := racers(c.goroutines, c.steps, c.variables)
			_, want := exhaust(t, blind(preemptions), program)
			_, got := exhaust(t, newSearch(preemptions), program)
			require.Equal(t, want, got, "%+v with %d preemptions", c, preemptions)
		}
	}
}

func TestStatesKnownAgainSaveRuns(t *testing.T) {
	schedules, _ := exhaust(t, newSearch(Any), racers(3, 3, 2))
	require.Less(t, len(schedules), 1000, "of 34650")
}

// preemptions counts those of a schedule in which nobody ever waits but the
// first goroutine, which has one turn, the last.
func preemptions(schedule string, turns int) (n int) {
	chosen, err := parseSchedule(schedule)
	if err != nil {
		panic(err)
	}
	had := make(map[uint8]int)
	for i, g := range chosen {
		if i > 0 && g != chosen[i-1] && had[chosen[i-1]] < turns {
			n++
		}
		had[g]++
	}
	return n
}

func TestSearchMakesTheSchedulesWithinItsBound(t *testing.T) {
	const steps = 2
	program := racers(3, steps, 2)
	all, _ := exhaust(t, blind(Any), program)
	for bound := range 5 {
		want := make(map[string]bool)
		for s := range all {
			if preemptions(s, steps+1) <= bound {
				want[s] = true
			}
		}
		got, _ := exhaust(t, blind(bound), program)
		require.Equal(t, want, got, "at most %d preemptions", bound)
	}
}

func TestSearchNoticesAProgramThatItsScheduleDoesNotDetermine(t *testing.T) {
	s := newSearch(Any)
	goroutines := 2
	program := func(r *Run) {
		goroutines++
		for range goroutines {
			r.Go("", func() {})
		}
	}
	require.Empty(t, execute(program, s, nil).failure)
	require.True(t, s.more())
	require.Contains(t, execute(program, s, nil).failure, "not determined by its schedule")
}
