package keyed

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// What has left a fifo is not kept alive by it, and little room is kept for nothing.
func TestAFifoKeepsNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var f fifo[*int]
	var want []*int
	for step := range 5000 {
		// At first more come than leave, and then more leave.
		if pushes := 7 - step/500; r.IntN(10) < pushes {
			v := new(int)
			f.push(v)
			want = append(want, v)
		} else {
			v := f.pop()
			if len(want) == 0 {
				require.Nil(t, v)
			} else {
				require.Same(t, want[0], v)
				want = want[1:]
			}
		}
		require.Equal(t, len(want), f.len())
		for i, v := range f.items[:cap(f.items)] {
			if i < f.head || i >= len(f.items) {
				require.Nil(t, v, "what has left, at %d of %d", i, cap(f.items))
			}
		}
		if len(want) == 0 {
			require.LessOrEqual(t, cap(f.items), keep)
		}
	}
	require.Empty(t, want)
}
