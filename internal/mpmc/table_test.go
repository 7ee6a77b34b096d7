package mpmc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// In a lap every position has a slot of its own. The slots of two neighbouring
// positions are stride apart, unless the ring is a table of few rows.
func TestALapGoesThroughAllSlots(t *testing.T) {
	for capacity := 1; capacity < 3*smallest; capacity++ {
		for _, r := range []*Ring[int]{New[int](capacity), NewAt[int](capacity, 7), NewTable[int](capacity, 7)} {
			pos := r.start
			for lap := range 3 {
				used := make(map[uint64]bool)
				for n := range capacity {
					require.Equal(t, uint64(lap*capacity+n), r.count(pos))
					index := pos & r.mask
					require.Less(t, index, uint64(len(r.slots)))
					require.False(t, used[index], "capacity %d: slot %d is used twice in a lap", capacity, index)
					used[index] = true
					next := r.after(pos)
					if len(r.slots) >= 3*stride && capacity > 1 {
						to := next & r.mask
						require.GreaterOrEqual(t, max(index, to)-min(index, to), uint64(stride), "capacity %d: after slot %d comes %d", capacity, index, to)
					}
					pos = next
				}
				require.Equal(t, r.start+uint64(lap+1)*r.oneLap, pos, "a lap of %d ends elsewhere", capacity)
			}
		}
	}
}

// A small ring has each slot on its own cache line, and a large ring wastes no
// memory.
func TestSlotsOfARing(t *testing.T) {
	require.Len(t, New[func()](smallest-1).slots, (smallest-2)*stride+1)
	require.Len(t, New[func()](smallest).slots, smallest)
}
