package mpmc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// rings returns how many rings a chain refers to.
func rings(c *Chain[int]) (n int) {
	for l := c.oldest.Load(); l != nil; l = l.next.Load() {
		n++
	}
	return n
}

// The oldest ring is not drained, and other rings are appended again and again. Only those
// that were used stay.
func TestAChainLeavesOutRingsThatWereNeverUsed(t *testing.T) {
	var c Chain[int]
	c.Init(2)
	for v := range 3 {
		require.Equal(t, OK, c.TryPush(v))
		for range 10 {
			c.Append(1)
			c.Append(2)
		}
		require.Equal(t, v+2, rings(&c), "rings with a value, and the newest")
	}
	require.EqualValues(t, 3, c.Pushed())
	require.Equal(t, 3, c.Len())
	for want := range 3 {
		v, o := c.TryPop()
		require.Equal(t, OK, o)
		require.Equal(t, want, v)
	}
	require.Equal(t, Empty, c.Peek())
	require.Equal(t, 1, rings(&c))
	c.Append(3) // the oldest is the newest, and was never used
	require.Equal(t, OK, c.TryPush(3))
	v, _ := c.TryPop()
	require.Equal(t, 3, v)
	require.EqualValues(t, 4, c.Popped())
}
