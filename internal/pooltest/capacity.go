package pooltest

import (
	"testing"
	"testing/synctest"

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

// capacityFromNew fills a pool that has just been made. An eager pool may start
// its workers in its own time, so it is given that time, which takes a bubble;
// for any other pool the timing is the real one.
func capacityFromNew(t *testing.T, impl Impl) {
	within := func(t *testing.T, f func(*testing.T)) { f(t) }
	settle := func() {}
	if impl.Eager {
		within, settle = bubble, synctest.Wait
	}
	onProcs(t, func(t *testing.T) {
		forSizes(t, []int{1, 2, 3, 7, 50, 1000}, func(t *testing.T, size int) {
			within(t, func(t *testing.T) {
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

// capacityUnderLoad has at most 2×size tasks in flight, from accepted to ended.
// They fit in the queue even if no worker has taken any of them.
func capacityUnderLoad(t *testing.T, impl Impl) {
	const producers = 4
	forSizes(t, []int{1, 2, 3, 50}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := impl.New(size)
			each := rounds(2000)
			l := newLedger(producers * each)
			inFlight := make(chan struct{}, 2*size)
			crowd(producers, func(who int) {
				for i := who * each; i < (who+1)*each; i++ {
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
