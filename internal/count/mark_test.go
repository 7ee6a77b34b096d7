package count

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMarkNeverFalls(t *testing.T) {
	var m Mark
	var wg sync.WaitGroup
	for start := range 4 {
		wg.Go(func() {
			last := uint64(0)
			for n := start; n < 4000; n += 4 {
				reached := m.Raise(uint64(n ^ 7)) // up and down
				if reached < last || reached < uint64(n^7) {
					t.Errorf("Raise(%d) is %d, after %d", n^7, reached, last)
				}
				last = reached
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 3999, m.Raise(0))
}
