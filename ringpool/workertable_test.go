package ringpool

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

// heap returns the bytes in use.
func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what sync.Pools held is gone after two
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Memory for workers follows their use: a size takes no memory before it is used, and none
// is left afterwards.
func TestTheSizeOfAPoolCostsNoMemory(t *testing.T) {
	const large, little = 4_000_000, 200_000 // bytes, for the second
	before := heap()
	p := New(1, workerpool.WithQueueCapacity(10)) // the queue is one array
	p.Resize(large)
	require.Less(t, heap()-before, little, "of a large size, unused")
	p.Resize(1)
	require.Less(t, heap()-before, little, "after it")
	for range 5 {
		p.Resize(large)
		p.Resize(1)
	}
	require.Less(t, heap()-before, little, "after more changes")
	require.Less(t, p.resizer.highest, uint32(2*large), "indexes in use, of a pool of 1")
	p.Shutdown()
}

// All workers are used, and then nearly all leave.
func TestWorkersThatHaveLeftLeaveNoMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 5000
		p := New(size)
		for range 10 {
			var all sync.WaitGroup
			gate := make(chan struct{})
			for range size {
				all.Add(1)
				require.NoError(t, p.Submit(func() { all.Done(); <-gate }))
			}
			all.Wait()
			close(gate)
			synctest.Wait()
			p.Resize(1)
			synctest.Wait()
			require.LessOrEqual(t, blocks(&p.entries), 1, "blocks of entries for one worker")
			p.Resize(size)
		}
		require.LessOrEqual(t, p.resizer.highest, uint32(2*size), "indexes of a pool of 5000")
		p.Shutdown()
	})
}

// blocks counts the blocks that are allocated.
func blocks(t *workerTable) (n int) {
	for i := range t.small {
		if t.small[i].Load() != nil {
			n++
		}
	}
	for i := range t.large {
		if directory := t.large[i].Load(); directory != nil {
			for j := range *directory {
				if (*directory)[j].Load() != nil {
					n++
				}
			}
		}
	}
	return n
}

// Each index has an entry of its own, which has that index, in groups of every kind.
func TestEachIndexHasAnEntryOfItsOwn(t *testing.T) {
	var table workerTable
	seen := make(map[*workerEntry]uint32)
	for _, index := range []uint32{1, 2, 3, 4, 511, 512, 1023, 1024, 1025, 2047, 2048, 3071, 3072, 1<<20 - 1, 1 << 20, 1<<20 + 1024, 1<<23 - 1, 1 << 23, topMask} {
		require.Nil(t, seenOrNil(seen, table.find(index)), "an entry of %d before it is made", index)
		entry := table.make(index)
		require.Equal(t, index, entry.index)
		require.Same(t, entry, table.find(index))
		require.Same(t, entry, table.make(index))
		require.NotContains(t, seen, entry)
		seen[entry] = index
	}
}

// A span that begins or ends within a block leaves that block as it is.
func TestADropFreesTheBlocksThatLieInItsSpan(t *testing.T) {
	starts := []uint32{256, 512, 1024, 2048, 3072, 4096}
	ends := append(starts[1:], 5120) // of the blocks, plus 1
	for _, first := range starts {
		for _, from := range []uint32{first, first + 1} {
			for _, end := range ends {
				for _, to := range []uint32{end - 2, end - 1, end} {
					var table workerTable
					for _, start := range starts {
						table.make(start)
					}
					table.drop(from, to)
					for i, start := range starts {
						within := from <= start && ends[i]-1 <= to
						require.Equal(t, within, table.find(start) == nil, "the block of %d is gone, after drop(%d, %d)", start, from, to)
					}
				}
			}
		}
	}
}

// seenOrNil returns nil for an entry that exists only because its block does.
func seenOrNil(seen map[*workerEntry]uint32, entry *workerEntry) any {
	if index, ok := seen[entry]; ok {
		return index
	}
	return nil
}

// Whatever a worker pops, it goes on.
func TestANilThatIsQueuedCostsNoWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		panics := 0
		p := New(1, workerpool.WithPanicHandler(func(any, []byte) { panics++ }))
		p.queue.TryPush(nil)
		ran := false
		require.NoError(t, p.Submit(func() { ran = true }))
		require.NoError(t, p.Wait(t.Context()))
		require.True(t, ran)
		require.Equal(t, 1, panics)
		require.EqualValues(t, 2, p.Stats().Completed)
		p.Shutdown()
	})
}
