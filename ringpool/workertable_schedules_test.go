//go:build modelcheck

package ringpool

import (
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
)

// Two goroutines make entries at once, in one directory or in one block, as two submitters do
// that are the first to claim such workers. Each entry stays the one that its maker has got.
func TestSchedulesOfTwoEntriesThatAreMadeAtOnce(t *testing.T) {
	for name, indexes := range map[string][2]uint32{
		"of_a_small_block": {2, 3},
		"of_one_block":     {2 * blockSize, 2*blockSize + 1},
		"of_two_blocks":    {2 * blockSize, 3 * blockSize},
	} {
		t.Run(name, func(t *testing.T) {
			explore.Check(t, explore.Effort{Preemptions: explore.Any}, func(r *explore.Run) {
				var table workerTable
				var made [2]*workerEntry
				r.Go("other", func() { made[1] = table.make(indexes[1]) })
				made[0] = table.make(indexes[0])
				r.Settle()
				for i, index := range indexes {
					if entry := table.find(index); entry == nil || entry != made[i] || entry.index != index {
						r.Failf("entry %d was made, and another is found", index)
					}
				}
			})
		})
	}
}
