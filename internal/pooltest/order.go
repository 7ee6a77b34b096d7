package pooltest

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

// submitAlternately submits task by Submit or by SubmitWait, and reports whether
// the pool was not full.
func submitAlternately(t *testing.T, p Pool, i int, task func()) bool {
	submit := p.SubmitWait
	if i%3 == 0 {
		submit = p.Submit
	}
	err := submit(task)
	if err != nil && err != workerpool.ErrPoolFull {
		t.Errorf("submit %d: %v", i, err)
	}
	return err == nil
}

// requireOrder fails t unless the tasks that ran are the accepted ones, in the
// same order.
func requireOrder(t *testing.T, accepted, ran []int) {
	t.Helper()
	for i := range min(len(accepted), len(ran)) {
		if ran[i] != accepted[i] {
			t.Fatalf("the order breaks after %d tasks: task %d ran, and task %d was submitted before it", i, ran[i], accepted[i])
		}
	}
	require.Equal(t, len(accepted), len(ran), "tasks that ran")
}

func orderOfOneSubmitter(t *testing.T, impl Impl) {
	everywhere(t, func(t *testing.T) {
		p := impl.New(1)
		var accepted, ran []int
		for i := range rounds(10_000) {
			if submitAlternately(t, p, i, func() { ran = append(ran, i) }) {
				accepted = append(accepted, i)
			}
		}
		p.Shutdown()
		requireOrder(t, accepted, ran)
	})
}

func orderOfEachSubmitter(t *testing.T, impl Impl) {
	const submitters = 4
	everywhere(t, func(t *testing.T) {
		p := impl.New(1)
		var accepted, ran [submitters][]int
		concurrently(submitters, func(id int) {
			for i := range rounds(4000) {
				if submitAlternately(t, p, i, func() { ran[id] = append(ran[id], i) }) {
					accepted[id] = append(accepted[id], i)
				}
			}
		})
		p.Shutdown()
		for id := range submitters {
			requireOrder(t, accepted[id], ran[id])
		}
	})
}

// orderInLargerPool holds all workers except one, so that the tasks start one
// after the other.
func orderInLargerPool(t *testing.T, impl Impl) {
	forSizes(t, []int{2, 3, 7, 50}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			for range rounds(20_000 / (3 * size)) {
				g := newGate(t)
				for range size {
					synctest.Wait()
					require.NoError(t, p.Submit(g.pass))
				}
				synctest.Wait()
				var accepted, ran []int
				for i := range 2 * size {
					require.NoError(t, p.Submit(func() { ran = append(ran, i) }))
					accepted = append(accepted, i)
				}
				g.letOne()
				synctest.Wait()
				requireOrder(t, accepted, ran)
				g.open()
			}
		})
	})
}
