package pool

import (
	"math/rand/v2"
	"unsafe"
)

// A Counter counts what many goroutines see at once: the submits that a full
// pool refuses. A single word would travel from core to core just when the
// service has no time to lose, so each count goes to one of a few words, a
// cache line apart, chosen at random (the runtime's generator is per thread
// and takes no lock). The zero Counter is ready. It must not be copied after
// first use.
type Counter struct {
	cells [counterCells]counterCell
}

const counterCells = 8 // a power of two

type counterCell struct {
	n Word
	_ [CacheLine - unsafe.Sizeof(Word{})]byte
}

// Inc adds one.
func (c *Counter) Inc() {
	c.cells[rand.Uint32()%counterCells].n.Inc()
}

// Load returns the number of calls of Inc that have returned, and perhaps some
// of those under way. It never decreases from one call to the next.
func (c *Counter) Load() uint64 {
	var sum uint64
	for i := range c.cells {
		sum += c.cells[i].n.Load()
	}
	return sum
}
