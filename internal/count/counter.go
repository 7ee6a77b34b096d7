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

const (
	counterCellBits = 3
	counterCells    = 1 << counterCellBits
)

type counterCell struct {
	n step.Uint64
	_ [cacheline.Size - unsafe.Sizeof(step.Uint64{})]byte
}

// Add adds n.
//
// What tells goroutines apart, and is there for nothing, is where their stacks
// are. Two may get the same word, and a stack may move, or be reached at another
// depth; then the count is as right, and just shares a word. (A random choice,
// for which the runtime has a generator per thread, took 15 ns longer, and let
// each word wander.)
func (c *Counter) Add(n int) {
	var here byte
	const stack = 11 // bits: the smallest has 2 KiB
	page := uint32(uintptr(unsafe.Pointer(&here)) >> stack)
	const golden = 2654435769 // 2^32 by the golden ratio: Knuth's multiplicative hash
	c.cells[page*golden>>(32-counterCellBits)].n.Add(uint64(n))
}

// Load returns the sum of what was added by calls of Add that have returned, and
// perhaps by some of those under way. It never decreases from one call to the next.
func (c *Counter) Load() uint64 {
	var sum uint64
	for i := range c.cells {
		sum += c.cells[i].n.Load()
	}
	return sum
}
