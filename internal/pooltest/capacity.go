package pooltest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

// capacityTasks is how many tasks a subtest of capacity submits by default.
const capacityTasks = 6000

// capacityFromIdle fills a pool that is idle again and again, without a pause
// between the submits.
func capacityFromIdle(t *testing.T, impl Impl) {
	onProcs(t, func(t *testing.T) {
		forSizes(t, []int{1, 2, 3, 7, 50, 1000}, func(t *testing.T, size int) {
			bubble(t, func(t *testing.T) {
				p := start(t, impl, size)
				for range rounds(capacityTasks / (3 * size)) {
					synctest.Wait()
					g := newGate(t)
					fill(t, p, g.pass)
					g.open()
				}
			})
		})
	})
}

// capacityFromNew fills a pool that has just been made.
func capacityFromNew(t *testing.T, impl Impl) {
	onProcs(t, func(t *testing.T) {
		forSizes(t, []int{1, 2, 3, 7, 50, 1000}, func(t *testing.T, size int) {
			within(t, impl, func(t *testing.T, settle func()) {
				for range rounds(capacityTasks / (3 * size)) {
					p := impl.New(size)
					settle()
					g := newGate(t)
					fill(t, p, g.pass)
					g.open()
					p.Shutdown()
				}
			})
		})
	})
}

// neverFullWhileIdle fills a pool right after a Wait has found it quiescent.
func neverFullWhileIdle(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		forCapacities(t, size, func(t *testing.T, capacity int) {
			within(t, impl, func(t *testing.T, settle func()) {
				p := startWithCapacity(t, impl, size, capacity)
				settle()
				for range rounds(300) {
					for range 2 * room(p) {
						require.NoError(t, p.SubmitWait(func() {}))
					}
					require.NoError(t, p.Wait(context.Background()))
					settle()
					g := newGate(t)
					fill(t, p, g.pass)
					g.open()
					require.NoError(t, p.Wait(context.Background()))
					settle()
				}
			})
		})
	})
}

func startWithCapacity(t *testing.T, impl Impl, size, capacity int) Pool {
	t.Helper()
	p := start(t, impl, size, workerpool.WithQueueCapacity(capacity))
	require.Equal(t, capacity, p.Stats().Capacity, "Stats.Capacity")
	return p
}

// forCapacities runs f as one subtest for each of some queue capacities, the default
// among them, up to the first that fails.
func forCapacities(t *testing.T, size int, f func(t *testing.T, capacity int)) {
	for _, n := range slices.Compact([]int{0, 1, size, 2 * size, 10 * size}) {
		if !t.Run(fmt.Sprintf("capacity=%d", n), func(t *testing.T) { f(t, n) }) {
			return
		}
	}
}

// capacityOfAnyLength fills pools, frees one slot after the other, and fills each
// slot again.
func capacityOfAnyLength(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		forCapacities(t, size, func(t *testing.T, n int) {
			bubble(t, func(t *testing.T) {
				p := startWithCapacity(t, impl, size, n)
				for range rounds(50) {
					synctest.Wait()
					g := newGate(t)
					fill(t, p, g.pass)
					synctest.Wait()
					s := p.Stats()
					require.Equal(t, n, s.Queued, "Stats.Queued of a full pool")
					require.Equal(t, size, s.Busy, "Stats.Busy of a full pool")
					for range size + n {
						g.letOne()
						synctest.Wait()
						require.NoError(t, p.Submit(g.pass), "Submit after the end of one task")
						require.Equal(t, workerpool.ErrPoolFull, p.Submit(g.pass), "second Submit after the end of one task")
					}
					accepted, err := p.SubmitBatch(times(3, g.pass))
					require.Equal(t, workerpool.ErrPoolFull, err)
					require.Zero(t, accepted)
					g.open()
					require.NoError(t, p.Wait(t.Context()))
				}
			})
		})
	})
}

// waitAtAnyCapacity has a submit of each kind wait for room, and one that gives up.
// It frees one slot after the other.
func waitAtAnyCapacity(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		forCapacities(t, size, func(t *testing.T, capacity int) {
			bubble(t, func(t *testing.T) {
				p := startWithCapacity(t, impl, size, capacity)
				for range rounds(50) {
					synctest.Wait()
					g := newGate(t)
					var began []int // written by one task at a time
					task := func(i int) func() { return func() { began = append(began, i); g.pass() } }
					fill(t, p, g.pass)
					before := waitWith(p, task(0))
					synctest.Wait()
					ctx, end := endable()
					givesUp := waitUntil(ctx, p, func() { t.Error("a refused task ran") })
					synctest.Wait()
					after := waitUntil(t.Context(), p, task(1))
					synctest.Wait()
					batch := waitBatch(t.Context(), p, []func(){task(2), task(3)})
					synctest.Wait()
					require.Equal(t, 4, p.Stats().Waiting, "Stats.Waiting")
					end()
					synctest.Wait()
					requireEnded(t, givesUp.err)
					for _, step := range []struct {
						served  *waiter // nil for the first task of the batch
						waiting int
					}{{before, 2}, {after, 1}, {nil, 1}, {batch, 0}} {
						require.False(t, batch.returned.Load() || step.served != nil && step.served.returned.Load(),
							"a submit returned from a full pool")
						g.letOne()
						synctest.Wait()
						if step.served != nil {
							step.served.requireAccepted(t)
						}
						require.Equal(t, step.waiting, p.Stats().Waiting, "Stats.Waiting")
					}
					require.Equal(t, 2, batch.n)
					for range room(p) {
						g.letOne()
						synctest.Wait()
					}
					require.Equal(t, []int{0, 1, 2, 3}, began, "the order breaks")
					g.open()
					require.NoError(t, p.Wait(t.Context()))
				}
			})
		})
	})
}

// mutualWaitWithoutQueue submits as many tasks as there are workers to an idle
// pool without a queue. The tasks wait for one another.
func mutualWaitWithoutQueue(t *testing.T, impl Impl) {
	forSizes(t, []int{2, 8, 50}, func(t *testing.T, size int) {
		within(t, impl, func(t *testing.T, settle func()) {
			p := startWithCapacity(t, impl, size, 0)
			for range rounds(max(5000/size, 50)) {
				settle()
				m := newMeeting(size)
				for i := range size {
					require.NoError(t, p.Submit(m.attend), "Submit %d of %d to an idle pool", i+1, size)
				}
				require.NoError(t, p.Wait(context.Background()))
			}
		})
	})
}

func capacityFreedOneByOne(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 3, 7, 50}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			synctest.Wait()
			g := newGate(t)
			fill(t, p, g.pass)
			for range rounds(1000) {
				g.letOne()
				synctest.Wait()
				if err := p.Submit(g.pass); err != nil {
					t.Fatalf("Submit after the end of one task: %v", err)
				}
				if err := p.Submit(g.pass); err != workerpool.ErrPoolFull {
					t.Fatalf("second Submit after the end of one task: got %v, want ErrPoolFull", err)
				}
			}
		})
	})
}

// capacityUnderLoad has at most 2×size accepted tasks at a time that have not
// ended. They fit into the queue even if no worker has taken any of them.
func capacityUnderLoad(t *testing.T, impl Impl) {
	const producers = 4
	forSizes(t, []int{1, 2, 3, 50}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := impl.New(size)
			each := rounds(2000)
			l := newRecords(producers * each)
			inFlight := make(chan struct{}, 2*size)
			concurrently(producers, func(id int) {
				for i := id * each; i < (id+1)*each; i++ {
					inFlight <- struct{}{}
					if err := l.submit(p.Submit, i, func() { <-inFlight }); err != nil {
						t.Errorf("Submit with at most %d tasks in flight: %v", 2*size, err)
						<-inFlight
					}
				}
			})
			l.shutdown(p)
			l.check(t)
		})
	})
}
