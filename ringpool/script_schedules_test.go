//go:build modelcheck

package ringpool_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/pooltest"
	"github.com/seed62337844/workerpool/internal/step"
)

// Random scripts are played on chanpool and on ringpool, under many schedules of what
// happens in either after each move. Whatever the schedule, both show the same.
func TestSchedulesOfScripts(t *testing.T) {
	// A shutdown wakes many at once: even without a preemption there are too many orders.
	effort := explore.Effort{Preemptions: -1, Random: 400}
	for _, size := range []int{1, 2} {
		for i := range 20 {
			s := scripts(size).Example(i)
			var want []observation // of the first run
			for _, pool := range []struct {
				name string
				make func(size int) pooltest.Pool
			}{{"chanpool", newChanpool}, {"ringpool", newRingpool}} {
				t.Run(fmt.Sprintf("size=%d/script=%d/%s", size, i, pool.name), func(t *testing.T) {
					explore.Check(t, effort, func(r *explore.Run) {
						got := s.observations(r, pool.make(size))
						if want == nil {
							want = got
						}
						for i, one := range got {
							if !one.equals(want[i]) {
								r.Failf("after %v:\nwant %+v\ngot  %+v", s.moves[:i], want[i], one)
							}
						}
					})
				})
			}
		}
	}
}

// observations plays s on a pool in a run, and returns what is seen before each move and at
// the end.
func (s script) observations(r *explore.Run, pool pooltest.Pool) (all []observation) {
	p := &player{pool: pool, stage: stage{r.Settle, func() (context.Context, func()) {
		ctx := new(step.Context)
		return ctx, ctx.Cancel
	}}}
	p.settle()
	for _, move := range s.moves {
		all = append(all, p.see())
		p.play(move)
	}
	p.finish()
	if err := p.miscounted(); err != nil {
		r.Failf("%v", err)
	}
	return append(all, p.see())
}
