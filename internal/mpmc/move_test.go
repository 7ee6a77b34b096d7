package mpmc_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

// However many values there are, and wherever in the lap they begin, the next ring
// has as many of the oldest as it holds, and counts on.
func TestMoveToKeepsTheOrderAndTheCounts(t *testing.T) {
	eachStart(t, func(t *testing.T, ring func(int) *mpmc.Ring[int]) {
		for capacity := 1; capacity <= 5; capacity++ {
			for popped := range 2 * capacity {
				for queued := range capacity + 1 {
					for room := 1; room <= 6; room++ {
						r, next := ring(capacity), ring(room)
						for i := range popped {
							require.Equal(t, mpmc.OK, r.TryPush(i))
							_, o := r.TryPop()
							require.Equal(t, mpmc.OK, o)
						}
						for i := range queued {
							require.Equal(t, mpmc.OK, r.TryPush(popped+i))
						}
						rest := r.MoveTo(next)
						require.Equal(t, mpmc.Drained, r.Peek())
						require.Equal(t, mpmc.Closed, r.TryPush(-1))
						fit := min(queued, room)
						require.EqualValues(t, popped, next.Popped())
						require.EqualValues(t, popped+fit, next.Pushed())
						for i := range fit {
							v, o := next.TryPop()
							require.Equal(t, mpmc.OK, o)
							require.Equal(t, popped+i, v)
						}
						require.Equal(t, mpmc.Empty, next.Peek())
						require.Len(t, rest, queued-fit)
						for i, v := range rest {
							require.Equal(t, popped+fit+i, v)
						}
					}
				}
			}
		}
	})
}

// A push that has its slot is accepted, and MoveTo waits for its value.
func TestMoveToWaitsForAStalledPush(t *testing.T) {
	r, next := mpmc.New[int](3), mpmc.New[int](3)
	publish, o := r.StallPush(1)
	require.Equal(t, mpmc.OK, o)
	require.Equal(t, mpmc.OK, r.TryPush(2))
	var wg sync.WaitGroup
	wg.Go(func() {
		for r.Peek() != mpmc.Drained { // until MoveTo has taken both
			runtime.Gosched()
		}
		publish()
	})
	require.Empty(t, r.MoveTo(next))
	wg.Wait()
	for want := 1; want <= 2; want++ {
		v, o := next.TryPop()
		require.Equal(t, mpmc.OK, o)
		require.Equal(t, want, v)
	}
}

// A pop that has its slot keeps its value.
func TestMoveToLeavesAStalledPopItsValue(t *testing.T) {
	r, next := mpmc.New[int](2), mpmc.New[int](2)
	require.Equal(t, mpmc.OK, r.TryPush(1))
	require.Equal(t, mpmc.OK, r.TryPush(2))
	release, o := r.StallPop()
	require.Equal(t, mpmc.OK, o)
	require.Empty(t, r.MoveTo(next))
	require.Equal(t, 1, release())
	v, o := next.TryPop()
	require.Equal(t, mpmc.OK, o)
	require.Equal(t, 2, v)
	require.Equal(t, mpmc.Empty, next.Peek())
}
