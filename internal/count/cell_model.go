//go:build modelcheck

package count

// In a run of package explore everything must depend on the schedule only, and not
// on addresses of stacks. So there is one cell.
const counterCells = 1

func cell() uint32 { return 0 }
