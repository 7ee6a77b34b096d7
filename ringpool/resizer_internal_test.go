package ringpool

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// The indexes of workers that have left go to new workers, each to one, in as many spans
// as it takes. Then come those that were never used.
func TestAnIndexIsReusedOnce(t *testing.T) {
	r := resizer{highest: 9}
	for _, index := range []uint32{8, 2, 3, 4, 5, 6} {
		r.release(index, nil)
	}
	for _, want := range []span{{2, 3}, {4, 5}, {6, 6}, {8, 8}, {10, 11}, {12, 13}} {
		require.Equal(t, want, r.reuse(2))
	}
}

// Resize removes idle workers, and then lets stay the others that had to leave. So none leaves
// any more, and the slots of those that have left must be dropped now.
func TestAResizeThatLetsWorkersStayDropsTheEntriesOfTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size, stay = 5000, 11
		p := New(size)
		defer p.Shutdown()
		stays, ends := make(chan struct{}), make(chan struct{})
		defer close(stays)
		for i := range size {
			gate := ends
			if i < stay {
				gate = stays
			}
			require.NoError(t, p.Submit(func() { <-gate }))
		}
		synctest.Wait()
		close(ends)
		synctest.Wait()
		p.Resize(stay - 1)
		require.Equal(t, 1, p.sizes.load().excess())
		p.Resize(stay)
		require.Zero(t, p.sizes.load().excess())
		require.LessOrEqual(t, len(p.resizer.free), stay+1, "spans of free indexes")
		for first := uint32(1); first <= size; {
			group, offset := locate(first)
			block := uint32(1) << min(group, blockBits)
			require.Zero(t, offset&(block-1), "%d is not the first index of a block", first)
			if p.entries.find(first) != nil {
				used := false
				for i := first; i < first+block; i++ {
					used = used || p.entries.find(i).worker != nil
				}
				require.True(t, used, "no worker uses the entries from %d to %d", first, first+block-1)
			}
			first += block
		}
	})
}

// Resize leaves a queue that is empty to the garbage collector at once, even if no worker is
// idle, which would look at it.
func TestAResizeOfABusyPoolDropsTheOldQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(2)
		defer p.Shutdown()
		gate := make(chan struct{})
		defer close(gate)
		for range 2 {
			require.NoError(t, p.Submit(func() { <-gate }))
		}
		synctest.Wait()
		p.Resize(1)
		require.Same(t, p.queue.Newest(), p.queue.Oldest())
	})
}
