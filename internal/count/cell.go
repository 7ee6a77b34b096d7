//go:build !modelcheck

package count

import "unsafe"

const (
	counterCellBits = 3
	counterCells    = 1 << counterCellBits
)

// cell returns the index of the calling goroutine's cell.
//
// It depends on the address of the goroutine's stack, which costs nothing to
// get, and is different for each goroutine. Two goroutines may get the same
// cell, and a goroutine may get another cell when its stack moves. That does no
// harm to the count. (A random cell would take longer, and each goroutine would
// use all cells in turn.)
func cell() uint32 {
	var here byte
	const stack = 11 // bits: the smallest stack has 2 KiB
	page := uint32(uintptr(unsafe.Pointer(&here)) >> stack)
	const golden = 2654435769 // 2^32 divided by the golden ratio: Knuth's multiplicative hash
	return page * golden >> (32 - counterCellBits)
}
