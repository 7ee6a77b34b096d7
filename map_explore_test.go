//go:build modelcheck

package workerpool

import (
	"math"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
)

// Two calls of f fail at once. The failure that counts is that of the first value, so f is
// not called for any value behind it.
func TestSchedulesOfTwoFailuresInMap(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: explore.Any}, func(r *explore.Run) {
		var m mapping[int, int]
		m.failed.Store(math.MaxUint64)
		r.Go("third value", func() { m.fail(2) })
		r.Go("second value", func() { m.fail(1) })
		m.fail(3)
		r.Settle()
		if first := m.failed.Load(); first != 1 {
			r.Failf("the first value that failed is said to be number %d of 1, 2 and 3", first)
		}
	})
}
