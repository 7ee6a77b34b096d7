package ringpool

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The indexes of workers that have left go to new workers, each to one, in as many spans
// as it takes. Then come those that were never used.
func TestAnIndexIsReusedOnce(t *testing.T) {
	r := resizer{highest: 9}
	for _, index := range []uint32{8, 2, 3, 4, 5, 6} {
		r.release(index, nil)
	}
	for _, want := range []span{{2, 3}, {4, 5}, {6, 6}, {8, 8}, {10, 11}, {12, 13}} {
		require.Equal(t, want, r.reuse(2))
	}
}
