//go:build !modelcheck

package step_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/seed62337844/workerpool/internal/step"
)

// Two goroutines each store to a word of their own, and then load that of the other. With a
// fence in between, at least one of them finds what the other has stored. Without it, both
// stores may still be in the store buffers of their processors.
func TestAFenceMakesAReleaseStoreVisible(t *testing.T) {
	if runtime.NumCPU() < 2 || runtime.GOMAXPROCS(0) < 2 {
		t.Skip("there is one processor: no other can miss its stores")
	}
	limit := 2 * time.Second // each round waits until both goroutines run at the same time
	if testing.Short() {
		limit /= 4
	}
	type line struct {
		step.Uint64
		_ [120]byte
	}
	var arrived, over line
	var words, found [2]line
	meetings := [2]uint64{}
	meet := func(me int) { // returns when both goroutines have come
		meetings[me]++
		arrived.Inc()
		for attempt := 0; arrived.Load() < 2*meetings[me]; attempt++ {
			step.Relax(attempt)
		}
	}
	play := func(me int, check func(round uint64)) {
		for round := uint64(1); over.Load() == 0; round++ {
			meet(me)
			words[me].StoreRelease(round)
			step.Fence()
			found[me].Store(words[1-me].Load())
			meet(me)
			check(round)
			meet(me)
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		play(1, func(uint64) {})
	}()
	rounds, missed := uint64(0), 0
	began := time.Now()
	play(0, func(round uint64) {
		rounds = round
		if found[0].Load() != round && found[1].Load() != round {
			missed++
		}
		if round%512 == 0 && time.Since(began) > limit {
			over.Store(1)
		}
	})
	<-ended
	if missed > 0 {
		t.Errorf("in %d of %d rounds neither goroutine has found what the other had stored", missed, rounds)
	}
	t.Logf("%d rounds", rounds)
}
