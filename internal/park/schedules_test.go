//go:build modelcheck

package park

import (
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A Parker is used twice, and each Park is ended by one Unpark.
func TestSchedulesOfAParker(t *testing.T) {
	explore.Check(t, explore.Effort{Preemptions: explore.Any}, func(r *explore.Run) {
		var ping, pong Parker
		ping.Init()
		pong.Init()
		unparks := 0
		r.Go("sleeper", func() {
			for n := 1; n <= 2; n++ {
				ping.Park()
				if unparks != n {
					r.Failf("Park %d ends after Unpark %d", n, unparks)
				}
				pong.Unpark()
			}
		})
		for range 2 {
			unparks++
			ping.Unpark()
			pong.Park()
		}
	})
}
