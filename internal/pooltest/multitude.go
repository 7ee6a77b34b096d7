package pooltest

import (
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

// waitInMultitude has a hundred thousand goroutines wait for room. The work that
// each freed slot makes must not grow with their number, or theirs grows with
// its square. That is judged by how many goroutines are woken, not by the clock.
func waitInMultitude(t *testing.T, impl Impl) {
	const (
		sampled = 8 // awakenings counts one wake-up in eight
		slots   = 3 // freed one by one

		// The most for each that is served. Three or four are needed; but a
		// worker that meets a slot whose pusher has just been taken off its processor
		// yields until that is back, and each yield counts: up to 27 for each of 1000
		// were seen on a crowded machine. To wake all for each slot takes half as many
		// as there are waiters.
		enough = 100
	)
	waiters := max(1000, rounds(100_000))
	if raced {
		waiters = min(waiters, 5000)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // for the sake of awakenings
	bubble(t, func(t *testing.T) {
		for _, closing := range []bool{false, true} {
			runtime.GC()
			p := start(t, impl, 4)
			synctest.Wait()
			g := newGate(t)
			t.Cleanup(func() { // without waiters, to open the gate is not much work in any pool
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
