package workerpool_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

// The memory of a loop depends on how many calls are under way, and not on how many the
// pool could hold.
func TestMapTakesNoMemoryForCallsThatItDoesNotMake(t *testing.T) {
	onPools(t, func(t *testing.T, newPool makePool) {
		p := newPool(1, workerpool.WithQueueCapacity(1<<20))
		defer p.Shutdown()
		loop := func() {
			for _, err := range workerpool.Map(t.Context(), mapPool(p), numbers(3, new(int)), func(_ context.Context, i int) (int, error) {
				return i, nil
			}) {
				require.NoError(t, err)
			}
		}
		loop() // the pool starts its worker
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		loop()
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100_000), "bytes that a loop over three values takes")
	})
}

// While a loop goes on, what it has yielded can be collected, and so can the values.
func TestMapKeepsNothingThatItHasYielded(t *testing.T) {
	type ballast struct {
		index int
		_     [1 << 10]byte
	}
	inBubbles(t, func(t *testing.T, newPool makePool) {
		const n = 20
		p := newPool(2, workerpool.WithQueueCapacity(n))
		var loads []weak.Pointer[ballast]
		in := func(yield func(*ballast) bool) {
			for i := range n {
				load := &ballast{index: i}
				loads = append(loads, weak.Make(load))
				if !yield(load) {
					return
				}
			}
		}
		last := newGate(t)
		yielded := 0
		for load, err := range workerpool.Map(t.Context(), mapPool(p), in, func(_ context.Context, load *ballast) (*ballast, error) {
			if load.index == n-1 {
				last.wait()
			}
			return load, nil
		}) {
			require.NoError(t, err)
			require.Equal(t, yielded, load.index)
			yielded++
			if yielded == n-1 { // the last call is under way
				synctest.Wait()
				runtime.GC()
				for i, load := range loads[:n-2] {
					require.Nil(t, load.Value(), "value %d, which was yielded, is kept alive", i)
				}
				last.open()
			}
		}
		require.Equal(t, n, yielded)
	})
}
