//go:build modelcheck

package count

// In a run of package explore everything follows from the schedule, and where stacks
// are does not. So there is one cell.
const counterCells = 1

func cell() uint32 { return 0 }
