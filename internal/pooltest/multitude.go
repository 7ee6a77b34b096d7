package pooltest

import (
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

// waitInMultitude has a hundred thousand goroutines wait for room. The work for
// each freed slot must not grow with their number, or all the work would grow
// with its square. The case counts how many goroutines are woken, and does not
// use the clock.
func waitInMultitude(t *testing.T, impl Impl) {
	const (
		sampled = 8 // awakenings counts one wake-up in eight
		slots   = 3 // are freed one by one

		// The most awakenings for each waiter that is served. Three or four are
		// needed. More come from a worker that meets a slot whose submitter is
		// interrupted: it yields until the submitter goes on, and each yield counts.
		// To wake all waiters for each slot would take half as many as there are
		// waiters.
		enough = 100
	)
	waiters := max(1000, rounds(100_000))
	if raced {
		waiters = min(waiters, 5000)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // see awakenings
	bubble(t, func(t *testing.T) {
		for _, closing := range []bool{false, true} {
			runtime.GC()
			p := start(t, impl, 4)
			synctest.Wait()
			g := newGate(t)
			t.Cleanup(func() { // without waiters, so that opening the gate is little work in any pool
				go p.Shutdown()
				synctest.Wait()
			})
			fill(t, p, g.pass)
			l := newRecords(waiters)
			for i := range waiters {
				go l.submit(p.SubmitWait, i, g.pass)
			}
			synctest.Wait()
			require.Equal(t, waiters, p.Stats().Waiting)

			before := awakenings()
			for range slots {
				g.letOne()
				synctest.Wait()
			}
			require.Equal(t, waiters-slots, p.Stats().Waiting)
			require.Less(t, awakenings()-before, uint64(slots*waiters/10/sampled),
				"goroutines woken, in eights, for %d freed slots with %d waiting", slots, waiters)

			before = awakenings()
			want := error(nil)
			if closing {
				go l.shutdown(p)
				synctest.Wait()
				want = workerpool.ErrPoolClosed
			}
			g.open()
			synctest.Wait()
			require.Less(t, awakenings()-before, uint64(enough*waiters/sampled), "goroutines woken, in eights, to serve %d", waiters)
			l.shutdown(p)
			l.check(t)
			served := 0
			for i := range l.lines {
				if l.lines[i].err == want {
					served++
				}
			}
			require.GreaterOrEqual(t, served, waiters-slots, "calls of SubmitWait that returned %v", want)
		}
	})
}
