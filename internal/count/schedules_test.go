//go:build modelcheck

package count

import (
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
)

// What one goroutine has been told does not decrease, whatever another shows the mark.
func TestSchedulesOfAMark(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: explore.Any}, func(r *explore.Run) {
		var m Mark
		r.Go("other", func() { m.Raise(1) })
		first := m.Raise(3)
		second := m.Raise(2)
		if first != 3 || second != 3 {
			r.Failf("Raise returned %d, and then %d", first, second)
		}
	})
}
