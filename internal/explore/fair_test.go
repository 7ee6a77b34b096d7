package explore

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// spin waits for ready in a loop that writes own in each round. It returns the
// number of rounds.
func spin(ready, own *variable) (rounds int) {
	for ready.load() == 0 {
		rounds++
		own.store(rounds)
		Yield()
	}
	return rounds
}

func TestLoopsThatWriteWhileTheyWaitEnd(t *testing.T) {
	failure, c := look(Effort{Preemptions: 2, Random: 200}, func(r *Run) {
		var ready, own1, own2 variable
		r.Go("one", func() { spin(&ready, &own1) })
		r.Go("other", func() { spin(&ready, &own2) })
		r.Go("worker", func() { ready.store(1) })
	})
	require.Empty(t, failure)
	require.Contains(t, c.report(), "all schedules with at most 2 preemptions (")
}

// The worker has two turns: its first, and the turn in which it stores.
func TestALoopThatWritesMayOvertakeUpToItsLimit(t *testing.T) {
	_, reports := exhaust(t, newSearch(Any), func(r *Run, report func(string)) {
		var ready, own variable
		r.Go("worker", func() { ready.store(1) })
		report(fmt.Sprint(spin(&ready, &own)))
	})
	want := make(map[string]bool)
	for rounds := range 2*maxUnfair + 1 {
		want[fmt.Sprint(rounds)] = true
	}
	require.Equal(t, want, reports)
}

// A loop that does not write has as many rounds as it has reasons.
func TestALoopThatDoesNotWriteMayOvertakeAsOftenAsItHasAReason(t *testing.T) {
	const reasons = maxUnfair + 3
	_, reports := exhaust(t, newSearch(Any), func(r *Run, report func(string)) {
		var ready, reason variable
		r.Go("stalled", func() { ready.store(1) })
		r.Go("busy", func() {
			for i := range reasons {
				reason.store(i + 1)
			}
		})
		rounds := 0
		for ready.load() == 0 {
			rounds++
			Yield()
		}
		report(fmt.Sprint(rounds))
	})
	require.Contains(t, reports, fmt.Sprint(reasons+1))
}

// The state includes which goroutine must wait for which.
func TestFairnessHidesNoOutcome(t *testing.T) {
	for _, preemptions := range []int{0, 1, 2} {
		sameOutcomes(t, preemptions, func(r *Run, report func(string)) {
			var ready, own1, own2 variable
			var rounds [2]int
			r.Go("one", func() { rounds[0] = spin(&ready, &own1) })
			r.Go("other", func() { rounds[1] = spin(&ready, &own2); own1.load() })
			ready.store(1)
			r.Settle()
			report(fmt.Sprint(rounds, own1.value, own2.value))
		})
	}
}

func TestLoopsThatWriteAndWaitInVainAreAFailure(t *testing.T) {
	failure, _ := look(Effort{}, func(r *Run) {
		var never, own1, own2 variable
		r.Go("one", func() { spin(&never, &own1) })
		r.Go("other", func() { spin(&never, &own2) })
	})
	require.Contains(t, failure, "no end")
}
