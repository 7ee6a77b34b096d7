//go:build !modelcheck

package ringpool

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/cacheline"
)

// Each group of fields begins a cache line. A failure says by how many bytes a
// padding must change.
func TestGroupsOfFieldsAreOnCacheLinesOfTheirOwn(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("the padding is for 64 bits")
	}
	const header = 8 // what the runtime puts before an object of this size
	var p Pool
	end := unsafe.Sizeof(p.readMostly)
	for _, group := range []struct {
		name         string
		offset, size uintptr
		pad          string
	}{
		{"lifecycle", unsafe.Offsetof(p.lifecycle), unsafe.Sizeof(p.lifecycle), "readMostlyPad"},
		{"waiters", unsafe.Offsetof(p.waiters), unsafe.Sizeof(p.waiters), "lifecyclePad"},
		{"counts", unsafe.Offsetof(p.counts), unsafe.Sizeof(p.counts), "waitersPad"},
	} {
		require.Zero(t, (group.offset+header)%cacheline.Size, "%s begins %d bytes after a line: change %s", group.name, (group.offset+header)%cacheline.Size, group.pad)
		require.GreaterOrEqual(t, group.offset-end, uintptr(cacheline.Size), "%s: %s is too small", group.name, group.pad)
		end = group.offset + group.size
	}
	// What a worker writes that becomes idle is on one line.
	first := unsafe.Offsetof(p.idle) + unsafe.Offsetof(p.idle.state)
	last := unsafe.Offsetof(p.quiescence) + unsafe.Offsetof(p.quiescence.wakes)
	require.Less(t, last-first, uintptr(64))
	// What every task reads is in the first two lines.
	require.Less(t, unsafe.Offsetof(p.direct), uintptr(64))
}
