package benchmarks

import (
	"runtime"
	"testing"

	"github.com/sourcegraph/conc/pool"
)

// What ../README.md and ../MIGRATING.md say about conc, which is no pool that one migrates
// from call by call.

func TestConcGoBlocksAtTheLimit(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, gate := pool.New().WithMaxGoroutines(1), make(chan struct{})
		p.Go(func() { <-gate })
		second := async(func() { p.Go(func() {}) })
		so(t, !second.returned(), "a second Go waits, and there is no other")
		close(gate)
		so(t, second.returned(), "it goes on")
		p.Wait()
	})
}

func TestConcPanicsOutOfWaitWhenAllHaveEnded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, ran := pool.New().WithMaxGoroutines(1), false
		p.Go(func() { panic("of a task") })
		p.Go(func() { ran = true })
		so(t, panics(p.Wait), "Wait panics")
		so(t, ran, "the other task has run")
	})
}

func TestConcTakesGoexitForSuccess(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, ran := pool.New().WithMaxGoroutines(1), false
		p.Go(func() { runtime.Goexit() })
		p.Go(func() { ran = true })
		so(t, !panics(p.Wait), "Wait returns")
		so(t, ran, "the other task has run")
	})
}

func TestConcGoAfterWaitPanics(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pool.New().WithMaxGoroutines(1)
		p.Wait()
		so(t, panics(func() { p.Go(func() {}) }), "Go panics")
		so(t, panics(p.Wait), "so does a second Wait")
	})
}

// panics reports whether f does.
func panics(f func()) (panicked bool) {
	defer func() { panicked = recover() != nil }()
	f()
	return false
}
