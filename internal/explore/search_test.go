package explore

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// racers returns a program with some goroutines. Each makes some loads and
// stores of a few variables. The program reports what each goroutine has seen.
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

// exhaust makes all runs of a search, with turns that end before the steps. It
// returns the schedules, and what was reported.
func exhaust(t *testing.T, s *search, program func(r *Run, report func(string))) (schedules, reports map[string]bool) {
	return exhaustWith(t, false, s, program)
}

// exhaustWith is exhaust with turns that end after the steps if after is true.
func exhaustWith(t *testing.T, after bool, s *search, program func(r *Run, report func(string))) (schedules, reports map[string]bool) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // as in Check
	schedules, reports = make(map[string]bool), make(map[string]bool)
	for {
		r := execute(func(r *Run) { program(r, func(s string) { reports[s] = true }) }, s, after, nil)
		require.Empty(t, r.failure)
		schedules[schedule{after, r.chosen}.String()] = true
		if !s.more() {
			return schedules, reports
		}
	}
}

// blind returns a search that does not recognize states.
func blind(preemptions int) *search {
	s := newSearch(preemptions)
	s.seen = nil
	return s
}

func TestSearchMakesAllSchedules(t *testing.T) {
	// n goroutines with k steps have k+1 turns each, including the first, and
	// so (n(k+1))! / (k+1)!^n schedules.
	for _, c := range []struct{ goroutines, steps, schedules int }{
		{1, 5, 1}, {2, 1, 6}, {2, 2, 20}, {2, 4, 252}, {3, 2, 1680}, {3, 3, 34650},
	} {
		schedules, _ := exhaust(t, blind(Any), racers(c.goroutines, c.steps, 2))
		require.Len(t, schedules, c.schedules, "%d goroutines with %d steps", c.goroutines, c.steps)
	}
}

func TestRecognizedStatesHideNoOutcome(t *testing.T) {
	for _, c := range []struct{ goroutines, steps, variables int }{
		{2, 2, 1}, {2, 5, 2}, {3, 2, 1}, {3, 3, 2},
	} {
		for _, preemptions := range []int{0, 1, 2, 3, Any} {
			program := racers(c.goroutines, c.steps, c.variables)
			sameOutcomes(t, preemptions, program)
		}
	}
}

// sameOutcomes compares a search with one that does not recognize states.
func sameOutcomes(t *testing.T, preemptions int, program func(r *Run, report func(string))) {
	for _, after := range []bool{false, true} {
		_, want := exhaustWith(t, after, blind(preemptions), program)
		_, got := exhaustWith(t, after, newSearch(preemptions), program)
		require.Equal(t, want, got, "with %d preemptions, after: %v", preemptions, after)
	}
}

func TestRecognizedStatesSaveRuns(t *testing.T) {
	schedules, _ := exhaust(t, newSearch(Any), racers(3, 3, 2))
	require.Less(t, len(schedules), 1000, "of 34650")
}

// preemptions counts the preemptions of a schedule in which only the first
// goroutine ever waits, and has its last turn at the end.
func preemptions(schedule string, turns int) (n int) {
	parsed, err := parseSchedule(schedule)
	if err != nil {
		panic(err)
	}
	chosen := parsed.decisions
	had := make(map[decision]int)
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
	require.Empty(t, execute(program, s, false, nil).failure)
	require.True(t, s.more())
	require.Contains(t, execute(program, s, false, nil).failure, "not determined by its schedule")
}

// chooser3 is a step with three outcomes.
func chooser3(v *variable) {
	r := Before(&v.Object)
	v.value = r.Choose(3)
	r.Did(&v.Object, Change, "choose", uint64(v.value))
}

func TestEveryOutcomeIsTried(t *testing.T) {
	program := func(r *Run, report func(string)) {
		var v variable
		chooser3(&v)
		first := v.value
		chooser3(&v)
		report(fmt.Sprint(first, v.value))
	}
	want := make(map[string]bool)
	for i := range 9 {
		want[fmt.Sprint(i/3, i%3)] = true
	}
	_, all := exhaust(t, newSearch(Any), program)
	require.Equal(t, want, all)
	_, usual := exhaust(t, newSearch(0), program)
	require.Equal(t, map[string]bool{"0 0": true}, usual)
	_, one := exhaust(t, newSearch(1), program)
	require.Equal(t, map[string]bool{"0 0": true, "0 1": true, "0 2": true, "1 0": true, "2 0": true}, one)
}

func TestEveryOutcomeIsTriedAtRandom(t *testing.T) {
	for _, by := range []func(seed uint64) chooser{
		func(seed uint64) chooser { return newWalk(seed) },
		func(seed uint64) chooser { return newRanking(seed, 7) },
	} {
		seen := make(map[int]bool)
		for seed := range uint64(200) {
			execute(func(r *Run) {
				var v variable
				chooser3(&v)
				seen[v.value] = true
			}, by(seed), false, nil)
		}
		require.Len(t, seen, 3)
	}
}

func TestPrepareChoosesTheUsualOutcome(t *testing.T) {
	_, reports := exhaust(t, newSearch(Any), func(r *Run, report func(string)) {
		var v variable
		r.Prepare(func() { chooser3(&v) })
		report(fmt.Sprint(v.value))
	})
	require.Equal(t, map[string]bool{"0": true}, reports)
}

func TestRecognizedStatesHideNoOutcomeOfAStep(t *testing.T) {
	for _, preemptions := range []int{0, 1, 2, Any} {
		sameOutcomes(t, preemptions, func(r *Run, report func(string)) {
			var a, b variable
			seen := 0
			r.Go("", func() { chooser3(&a); b.store(1) })
			r.Go("", func() { chooser3(&b); seen = a.load() })
			r.Settle()
			report(fmt.Sprint(a.value, b.value, seen))
		})
	}
}

// The store is late: the reader may run between the step that publishes it and
// the store itself.
func TestAPlainStoreAfterAStepIsSeenToComeLate(t *testing.T) {
	program := func(r *Run, report func(string)) {
		var published variable
		plain := 0
		r.Go("", func() { published.store(1); plain = 1 })
		BeforeWhen(&published.Object, func() bool { return published.value == 1 })
		r.Did(&published.Object, Read, "await")
		report(fmt.Sprint(plain))
	}
	_, before := exhaustWith(t, false, newSearch(Any), program)
	require.Equal(t, map[string]bool{"1": true}, before)
	_, after := exhaustWith(t, true, newSearch(1), program)
	require.Equal(t, map[string]bool{"0": true, "1": true}, after)

	failure, _ := look(Effort{Preemptions: 2}, func(r *Run) {
		program(r, func(plain string) {
			if plain == "0" {
				r.Failf("late")
			}
		})
	})
	require.Equal(t, "late", failure)
}

// The load is early: the writer may run between the load and the step that should
// come before it.
func TestAPlainLoadBeforeAStepIsSeenToComeEarly(t *testing.T) {
	program := func(r *Run, report func(string)) {
		var other, published variable
		plain := 0
		r.Go("", func() { plain = 1; published.store(1) })
		other.load()
		early := plain
		if published.load() == 1 {
			report(fmt.Sprint(early))
		}
	}
	_, reports := exhaustWith(t, false, newSearch(1), program)
	require.Equal(t, map[string]bool{"0": true, "1": true}, reports)
}

// If turns end after steps, a goroutine that is blocked, settles or ends has a
// decision that follows no step.
func TestSearchesAfterStepsHideNoOutcomeOfLocks(t *testing.T) {
	for _, preemptions := range []int{0, 1, Any} {
		sameOutcomes(t, preemptions, func(r *Run, report func(string)) {
			var l lock
			var v variable
			var order []int
			for i := range 3 {
				r.Go("", func() { l.lock(); order = append(order, i, v.load()); v.store(i); l.unlock() })
			}
			r.Settle()
			report(fmt.Sprint(order))
		})
	}
}

// What a goroutine does after its last step, until it is blocked, settles or
// ends, changes the state.
func TestSearchesAfterStepsSeeWhatComesBeforeAGoroutineIsBlocked(t *testing.T) {
	for name, last := range map[string]func(r *Run, l *lock){
		"blocked": func(_ *Run, l *lock) { l.lock(); l.unlock() },
		"ended":   func(*Run, *lock) {},
	} {
		t.Run(name, func(t *testing.T) {
			for _, preemptions := range []int{0, 1, Any} {
				sameOutcomes(t, preemptions, func(r *Run, report func(string)) {
					var l lock
					var a, b variable
					plain := 0
					var order []int
					l.lock()
					r.Go("", func() { a.store(1); plain = 1; last(r, &l) })
					for i := range 2 {
						r.Go("", func() { order = append(order, i, plain); b.store(i) })
					}
					r.Settle()
					report(fmt.Sprint(order))
					l.unlock()
				})
			}
		})
	}
}
