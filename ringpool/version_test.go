package ringpool

import (
	"fmt"
	"math"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// The version in the state has 37 bits and is allowed to overflow: all that
// matters is whether it has changed. Here it overflows at each step of a pool that
// fills up, drains, runs tasks one by one and shuts down.
func TestTheVersionMayOverflow(t *testing.T) {
	const size = 3
	for before := range uint64(30) {
		t.Run(fmt.Sprintf("after %d changes", before), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := New(size)
				t.Cleanup(p.Shutdown)
				p.idle.state.Add(-(before + 2) * oneVersion) // New has made one
				start := p.idle.state.Load() / oneVersion
				require.Greater(t, start, uint64(math.MaxUint64/oneVersion/2), "the version is not about to overflow")

				ran := 0
				for range 2 {
					gate := make(chan struct{})
					for i := range 3 * size {
						require.NoError(t, p.Submit(func() { <-gate }), "submit %d", i)
					}
					require.ErrorIs(t, p.Submit(func() {}), ErrPoolFull)
					close(gate)
					synctest.Wait()
					for range 5 {
						require.NoError(t, p.Submit(func() { ran++ }))
						synctest.Wait()
					}
				}
				require.Less(t, p.idle.state.Load()/oneVersion, start, "the version has not overflowed")
				require.Equal(t, 10, ran)
				require.Zero(t, p.Stats().Busy)
				p.Shutdown()
				require.EqualValues(t, 2*3*size+10, p.Stats().Completed)
			})
		})
	}
}
