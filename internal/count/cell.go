//go:build !modelcheck

package count

import "unsafe"

const (
	counterCellBits = 3
	counterCells    = 1 << counterCellBits
)

// cell returns the number of the calling goroutine's cell.
//
// What tells goroutines apart, and is there for nothing, is where their stacks
// are. Two may get the same word, and a stack may move, or be reached at another
// depth; then the count is as right, and just shares a word. (A random choice,
// for which the runtime has a generator per thread, took 15 ns longer, and let
// each word wander.)
func cell() uint32 {
	var here byte
	const stack = 11 // bits: the smallest has 2 KiB
	page := uint32(uintptr(unsafe.Pointer(&here)) >> stack)
	const golden = 2654435769 // 2^32 by the golden ratio: Knuth's multiplicative hash
	return page * golden >> (32 - counterCellBits)
}
