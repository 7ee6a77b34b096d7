package explore

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// A variable is an atomic word.
type variable struct {
	Object
	value int
}

func (v *variable) load() int {
	r := Before(&v.Object)
	value := v.value
	r.Did(&v.Object, Read, "load", uint64(value))
	return value
}

func (v *variable) store(value int) {
	r := Before(&v.Object)
	v.value = value
	r.Did(&v.Object, Change, "store", uint64(value))
}

// A lock is a mutex.
type lock struct {
	Object
	held bool
}

func (l *lock) lock() {
	r := BeforeWhen(&l.Object, func() bool { return !l.held })
	l.held = true
	r.Did(&l.Object, Order, "lock")
}

func (l *lock) unlock() {
	l.held = false
	Current().Did(&l.Object, Order, "unlock")
}

// look checks program, and returns the failure and the check.
func look(effort Effort, program func(r *Run)) (string, *check) {
	c := newCheck(program)
	c.search(effort)
	c.runRandom(effort)
	return c.failure, c
}

// lostUpdate is a program that fails if one goroutine is preempted between its
// load and its store.
func lostUpdate(r *Run) {
	var v variable
	for range 2 {
		r.Go("", func() { v.store(v.load() + 1) })
	}
	r.Settle()
	if v.load() != 2 {
		r.Failf("an update is lost")
	}
}

func TestOnePreemptionFindsALostUpdate(t *testing.T) {
	failure, _ := look(Effort{Preemptions: 0}, lostUpdate)
	require.Empty(t, failure)
	failure, _ = look(Effort{Preemptions: 1}, lostUpdate)
	require.Equal(t, "an update is lost", failure)
}

func TestRandomRunsFindALostUpdate(t *testing.T) {
	failure, _ := look(Effort{Preemptions: -1, Random: 1000}, lostUpdate)
	require.Contains(t, failure, "an update is lost")
	for _, by := range []func(seed uint64) chooser{
		func(seed uint64) chooser { return newWalk(seed) },
		func(seed uint64) chooser { return newRanking(seed, 7) },
	} {
		found := 0
		for seed := range uint64(1000) {
			if execute(lostUpdate, by(seed), false, nil).failure != "" {
				found++
			}
		}
		require.Greater(t, found, 20)
		require.Less(t, found, 980)
	}
}

func TestASeedIsASchedule(t *testing.T) {
	for seed := range uint64(50) {
		first := execute(lostUpdate, newWalk(seed), false, nil)
		require.Equal(t, first.chosen, execute(lostUpdate, newWalk(seed), false, nil).chosen)
		first = execute(lostUpdate, newRanking(seed, 7), false, nil)
		require.Equal(t, first.chosen, execute(lostUpdate, newRanking(seed, 7), false, nil).chosen)
	}
}

func TestNoGoroutineThatCanStepIsADeadlock(t *testing.T) {
	inOppositeOrders := func(r *Run) {
		var a, b lock
		r.Go("one", func() { a.lock(); b.lock(); b.unlock(); a.unlock() })
		r.Go("other", func() { b.lock(); a.lock(); a.unlock(); b.unlock() })
	}
	failure, _ := look(Effort{Preemptions: 0}, inOppositeOrders)
	require.Empty(t, failure)
	failure, _ = look(Effort{Preemptions: 1}, inOppositeOrders)
	require.Contains(t, failure, "deadlock")
	require.Contains(t, failure, "one, other")
}

func TestALockExcludes(t *testing.T) {
	failure, c := look(Effort{Preemptions: Any}, func(r *Run) {
		var l lock
		var v variable
		for range 3 {
			r.Go("", func() { l.lock(); v.store(v.load() + 1); l.unlock() })
		}
		r.Settle()
		if v.load() != 3 {
			r.Failf("an update is lost")
		}
	})
	require.Empty(t, failure)
	require.Contains(t, c.report(), "all schedules (")
}

func TestALoopThatWaitsEndsWhenItsReasonComes(t *testing.T) {
	failure, c := look(Effort{Preemptions: Any, Random: 100}, func(r *Run) {
		var ready, other variable
		for range 2 {
			r.Go("waiter", func() {
				for ready.load() == 0 {
					Yield()
				}
			})
		}
		r.Go("worker", func() { other.store(1); other.store(2); ready.store(1) })
	})
	require.Empty(t, failure)
	require.Contains(t, c.report(), "all schedules (")
}

func TestALoopThatWaitsInVainIsADeadlock(t *testing.T) {
	failure, _ := look(Effort{Preemptions: Any}, func(r *Run) {
		var never variable
		r.Go("waiter", func() {
			for never.load() == 0 {
				Yield()
			}
		})
	})
	require.Contains(t, failure, "nothing changes any more, and waiter waits")
}

// The outer loop looks, the worker stores, and the inner loop yields. For the
// outer loop the change is still new.
func TestNestedLoopsEndWhenTheirReasonComes(t *testing.T) {
	failure, c := look(Effort{Preemptions: Any}, func(r *Run) {
		var ready variable
		r.Go("worker", func() { ready.store(1) })
		for ready.load() == 0 {
			for waits := true; waits; waits = ready.load() == 2 {
				Yield()
			}
			Yield()
		}
	})
	require.Empty(t, failure)
	require.Contains(t, c.report(), "all schedules (")
}

// If a lock were a reason to look again, the two would lock forever.
func TestLoopsThatWaitUnderALockEnd(t *testing.T) {
	failure, _ := look(Effort{Preemptions: 2, Random: 100}, func(r *Run) {
		var l lock
		var ready variable
		for range 2 {
			r.Go("waiter", func() {
				for waits := true; waits; {
					l.lock()
					waits = ready.load() == 0
					l.unlock()
					if waits {
						Yield()
					}
				}
			})
		}
		r.Go("worker", func() { ready.store(1) })
	})
	require.Empty(t, failure)
}

func TestARunWithoutEndFails(t *testing.T) {
	failure, _ := look(Effort{}, func(r *Run) {
		var v variable
		for {
			v.store(1)
		}
	})
	require.Contains(t, failure, "no end")
}

func TestPanicIsAFailureAndGoexitIsNot(t *testing.T) {
	failure, _ := look(Effort{}, func(r *Run) { r.Go("", func() { panic("boom") }) })
	require.Equal(t, "panic: boom", failure)
	failure, _ = look(Effort{}, func(r *Run) { r.Go("", func() { runtime.Goexit() }) })
	require.Empty(t, failure)
}

func TestSettleReturnsWhenNothingMoves(t *testing.T) {
	failure, _ := look(Effort{Preemptions: Any}, func(r *Run) {
		var gate lock
		var v variable
		gate.lock()
		for range 2 {
			r.Go("", func() { v.store(v.load() + 1); gate.lock(); gate.unlock() })
		}
		r.Settle()
		if v.load() == 0 {
			r.Failf("not settled")
		}
		gate.unlock()
	})
	require.Empty(t, failure)
}

func TestPrepareHasOneSchedule(t *testing.T) {
	_, c := look(Effort{Preemptions: Any}, func(r *Run) {
		r.Prepare(func() {
			var v variable
			for range 3 {
				r.Go("", func() { v.store(1); v.store(2) })
			}
		})
	})
	require.Equal(t, 2, c.runs, "one with turns that end before steps, one after")
}

func TestAlwaysIsCalledAfterEachStepAndMakesNone(t *testing.T) {
	failure, _ := look(Effort{}, func(r *Run) {
		var v variable
		calls := 0
		r.Always(func() uint64 { calls++; return uint64(v.load()) })
		v.store(1)
		v.store(2)
		if calls != 2 || r.steps != 2 {
			r.Failf("%d calls after %d steps", calls, r.steps)
		}
	})
	require.Empty(t, failure)
}

// Only what Always remembers says whether both were ever 1 at the same time:
// the goroutines do not know.
func TestWhatAlwaysRemembersIsAPartOfTheState(t *testing.T) {
	program := func(r *Run, report func(string)) {
		var a, b variable
		both := uint64(0)
		r.Always(func() uint64 {
			if a.value == 1 && b.value == 1 {
				both = 1
			}
			return both
		})
		r.Go("", func() { a.store(1); a.store(0) })
		r.Go("", func() { b.store(1); b.store(0) })
		r.Settle()
		report(map[uint64]string{0: "never both", 1: "both"}[both])
	}
	_, reports := exhaust(t, newSearch(Any), program)
	require.Equal(t, map[string]bool{"never both": true, "both": true}, reports)
}

func TestIgnoredObjectsMakeNoSteps(t *testing.T) {
	failure, _ := look(Effort{}, func(r *Run) {
		var ignored struct{ a, b variable }
		var heeded variable
		Ignore(r, &ignored)
		ignored.a.store(1)
		ignored.b.store(1)
		heeded.store(1)
		if r.steps != 1 {
			r.Failf("%d steps", r.steps)
		}
	})
	require.Empty(t, failure)
}

func TestIgnoreExcludesTheObjectsInAVariable(t *testing.T) {
	failure, _ := look(Effort{}, func(r *Run) {
		var ignored, heeded variable
		Ignore(r, &ignored)
		if RunOf(&ignored.Object) != nil || RunOf(&heeded.Object) != r {
			r.Failf("the wrong objects are ignored")
		}
	})
	require.Empty(t, failure)
}

func TestOutsideARunThereAreNoTurns(t *testing.T) {
	var v variable
	require.Nil(t, Before(&v.Object))
	v.store(3)
	Yield()
	require.Equal(t, 3, v.load())
}
