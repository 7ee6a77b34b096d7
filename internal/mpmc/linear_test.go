package mpmc_test

import (
	"fmt"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

// These tests record what a few goroutines do with one ring at the same time.
// Then porcupine looks for a linearization: an order of the operations, each at
// one instant between its call and its return, in which a plain queue would have
// returned the same results. (Linearizability is defined by Herlihy and Wing.
// The search is that of Wing and Gong, with Lowe's memory of states already
// seen.)
//
// The plain queue is exact. Full means that it held as many values as it can,
// Empty that it held none and was open, and so on. Only Pending means something
// that a queue without concurrency does not have: a value that has its slot and
// is not there yet. So an accepted push is two steps: it takes a slot, and it
// fills the slot. In the history they are two operations with the call and the
// return of the push, and porcupine may put others between them. A pop that
// returns Pending must be between the two, when that slot is the oldest.

func TestTheRingIsLinearizable(t *testing.T) {
	histories := 500
	if testing.Short() {
		histories = 50
	}
	counts := make(map[string]int)
	eachStart(t, func(t *testing.T, ring func(int) *mpmc.Ring[int]) {
		for _, capacity := range []int{1, 2, 3, mostCapacity} {
			for range histories {
				history := recordHistory(rightQueue{ring(capacity)})
				outcomes(history, counts)
				if verdict := judge(history, capacity); verdict != porcupine.Ok {
					t.Fatalf("capacity %d: %s\n%s", capacity, verdict, describe(history))
				}
			}
		}
	})
	t.Log(counts)
	// Nothing is shown about what has never happened.
	for _, o := range []mpmc.Outcome{mpmc.OK, mpmc.Full, mpmc.Closed} {
		require.NotZero(t, counts[fmt.Sprintf("push %d", o)], "pushes with outcome %d", o)
		require.NotZero(t, counts[fmt.Sprintf("run %d", o)], "runs with outcome %d", o)
	}
	for _, o := range []mpmc.Outcome{mpmc.OK, mpmc.Empty, mpmc.Pending, mpmc.Drained} {
		require.NotZero(t, counts[fmt.Sprintf("pop %d", o)], "pops with outcome %d", o)
		require.NotZero(t, counts[fmt.Sprintf("peek %d", o)], "peeks with outcome %d", o)
	}
	for _, first := range []bool{true, false} {
		require.NotZero(t, counts[fmt.Sprintf("close first=%t", first)], "calls of Close that are the first: %t", first)
	}
}

// For each wrong queue the test finds a history that no right queue has.
func TestAWrongQueueIsNotLinearizable(t *testing.T) {
	const capacity, most = 2, 5000
	for _, fault := range []string{
		fullTooEarly, fullTooLate, busyIsFull, publishesLate, closedTooEarly, closedTooLate, bothFirst,
		emptyAtRandom, pendingIsEmpty, pendingAtRandom, drainedTooEarly, drainedTooLate,
		losesOne, repeatsOne, swapsTwo, peeksAhead, breaksRuns, cutsRuns,
	} {
		t.Run(fault, func(t *testing.T) {
			for i := range most {
				q := &wrongQueue{fault: fault}
				switch fault {
				case fullTooEarly:
					q.ring = mpmc.New[int](capacity - 1)
				case fullTooLate:
					q.ring = mpmc.New[int](capacity + 1)
				default:
					q.ring = mpmc.New[int](capacity)
				}
				if judge(recordHistory(q), capacity) == porcupine.Illegal {
					t.Logf("found in history %d", i+1)
					return
				}
			}
			t.Errorf("%d histories of a wrong queue pass", most)
		})
	}
}
