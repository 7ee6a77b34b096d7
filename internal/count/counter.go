// Package count has counters that many goroutines use at once.
package count

import (
	"unsafe"

	"github.com/seed62337844/workerpool/internal/cacheline"
	"github.com/seed62337844/workerpool/internal/step"
)

// A Counter is for counts that many goroutines change at once, such as the
// submits that a full pool refuses. The cache line of a single word would move
// from core to core, just when the service is busy. So a Counter has a few words
// on different cache lines, and each goroutine adds to one of them. The zero
// Counter is ready for use. A Counter must not be copied after first use.
type Counter struct {
	cells [counterCells]counterCell
}

type counterCell struct {
	n step.Uint64
	_ [cacheline.Size - unsafe.Sizeof(step.Uint64{})]byte
}

// Add adds n.
func (c *Counter) Add(n int) { c.cells[cell()].n.Add(uint64(n)) }

// Load returns the sum of all calls of Add that have returned, and perhaps of some
// that have not. It never decreases from one call to the next.
func (c *Counter) Load() uint64 {
	var sum uint64
	for i := range c.cells {
		sum += c.cells[i].n.Load()
	}
	return sum
}
