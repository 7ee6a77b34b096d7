//go:build !modelcheck

package ringpool

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/check"
)

// A new pool takes at most 16 bytes for each task that its queue has room for, and
// nearly nothing for its workers before they are needed. With -v the test prints how much
// of the heap a pool takes.
func TestMemoryOfANewPool(t *testing.T) {
	heapFor(1, 1) // the first call also pays for what is made once
	for _, size := range []int{50, 10_000, check.MaxSize} {
		for _, capacity := range []int{0, 2 * size} {
			if capacity > 1_000_000 && testing.Short() {
				continue
			}
			took := heapFor(size, capacity)
			t.Logf("size %d, queue capacity %d: %d bytes", size, capacity, took)
			assert.LessOrEqual(t, took, 16*capacity+size/64+(48<<10), "size %d, queue capacity %d", size, capacity)
		}
	}
}

// heapFor returns the bytes of the heap that a new pool takes.
func heapFor(size, capacity int) int {
	before := heap()
	p := New(size, workerpool.WithQueueCapacity(capacity))
	after := heap()
	p.Shutdown()
	return after - before
}
