package fifo

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Items leave in the order in which they came. What has left is not kept alive, and
// little room is kept for nothing.
func TestAQueueKeepsNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var q Queue[*int]
	var want []*int
	for step := range 5000 {
		// At first more come than leave, and then more leave.
		if pushes := 7 - step/500; r.IntN(10) < pushes {
			v := new(int)
			q.Push(v)
			want = append(want, v)
		} else {
			front, v := q.Front(), q.Pop()
			if len(want) == 0 {
				require.Nil(t, front)
				require.Nil(t, v)
			} else {
				require.Same(t, want[0], front)
				require.Same(t, want[0], v)
				want = want[1:]
			}
		}
		require.Equal(t, len(want), q.Len())
		for i, v := range q.items[:cap(q.items)] {
			if i < q.head || i >= len(q.items) {
				require.Nil(t, v, "what has left, at %d of %d", i, cap(q.items))
			}
		}
		if len(want) == 0 {
			require.LessOrEqual(t, cap(q.items), keep)
		}
	}
	require.Empty(t, want)
}

// As many items as the slice of Init has room for need no other memory.
func TestInitGivesAQueueItsFirstRoom(t *testing.T) {
	var q Queue[*int]
	var room [3]*int
	v := new(int)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		q.Init(room[:])
		for range room {
			q.Push(v)
		}
	}))
	require.Equal(t, len(room), q.Len())
	require.Equal(t, [3]*int{v, v, v}, room)
}

// When a queue has outgrown the slice of Init, nothing is kept alive by that slice.
func TestAQueueClearsTheRoomThatItHasOutgrown(t *testing.T) {
	var q Queue[*int]
	var room [3]*int
	q.Init(room[:])
	for range len(room) + 1 {
		q.Push(new(int))
	}
	require.Equal(t, [3]*int{}, room)
	for range len(room) + 1 {
		require.NotNil(t, q.Pop())
	}
	require.Zero(t, q.Len())
}
