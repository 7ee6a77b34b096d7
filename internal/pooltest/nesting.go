package pooltest

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

// callerRunsNest has a chain of tasks on a full pool, in which each submits the
// next, twice.
func callerRunsNest(t *testing.T, impl Impl) {
	const limit = 1000 // of the documentation
	bubble(t, func(t *testing.T) {
		p := start(t, impl, 2)
		synctest.Wait()
		g := newGate(t)
		fill(t, p, g.pass)
		before := p.Stats()
		ran, refused := before.CallerRuns, before.Rejected
		for range 2 {
			depth := 0
			var end error
			var next func()
			next = func() {
				if depth > limit {
					return // or a pool without a limit would end the process
				}
				if err := p.SubmitOrRun(func() { depth++; next() }); err != nil {
					end = err
				}
			}
			next()
			ran, refused = ran+limit, refused+1
			require.Equal(t, limit, depth, "tasks inside one another")
			require.Equal(t, workerpool.ErrPoolFull, end, "SubmitOrRun in the last of them")
			shallow := false
			require.NoError(t, p.SubmitOrRun(func() { shallow = true }))
			require.True(t, shallow)
			ran++
			s := p.Stats()
			require.Equal(t, ran, s.CallerRuns, "Stats.CallerRuns")
			require.Equal(t, refused, s.Rejected, "Stats.Rejected")
		}
		g.open()
	})
}
