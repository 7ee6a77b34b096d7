// Package count counts what many goroutines see at once.
package count

import (
	"unsafe"

	"github.com/seed62337844/workerpool/internal/cacheline"
	"github.com/seed62337844/workerpool/internal/step"
)

// A Counter counts what many goroutines see at once: the submits that a full
// pool refuses. A single word would travel from core to core just when the
// service has no time to lose, so each count goes to one of a few words, a
// cache line apart, and each goroutine keeps to one of them. The zero Counter is
// ready. It must not be copied after first use.
type Counter struct {
	cells [counterCells]counterCell
}

type counterCell struct {
	n step.Uint64
	_ [cacheline.Size - unsafe.Sizeof(step.Uint64{})]byte
}

// Add adds n.
func (c *Counter) Add(n int) { c.cells[cell()].n.Add(uint64(n)) }

// Load returns the sum of what was added by calls of Add that have returned, and
// perhaps by some of those under way. It never decreases from one call to the next.
func (c *Counter) Load() uint64 {
	var sum uint64
	for i := range c.cells {
		sum += c.cells[i].n.Load()
	}
	return sum
}
