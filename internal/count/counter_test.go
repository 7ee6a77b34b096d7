package count_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/count"
)

func TestCounterCountsEachAddOnceAndNeverFalls(t *testing.T) {
	const goroutines, each = 8, 5000
	var c count.Counter
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			last := c.Load()
			for range each {
				c.Add(1)
				now := c.Load()
				if now <= last { // this goroutine's Add has returned
					t.Errorf("Load returned %d, and %d after an Add", last, now)
				}
				last = now
			}
		})
	}
	all.Wait()
	require.EqualValues(t, goroutines*each, c.Load())
}
