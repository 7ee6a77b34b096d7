package pooltest

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/seed62337844/workerpool"
)

func exactlyOnce(t *testing.T, impl Impl) {
	const producers = 4
	forSizes(t, []int{1, 2, 3, 8}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := impl.New(size, quiet())
			each := rounds(2000)
			l := newRecords(producers * each)
			concurrently(producers, func(id int) {
				for i := id * each; i < (id+1)*each; i++ {
					if i%3 == 0 {
						_ = l.submit(p.SubmitWait, i, mixedBody(i))
					} else {
						_ = l.submit(p.Submit, i, mixedBody(i))
					}
				}
			})
			l.shutdown(p)
			l.check(t)
		})
	})
}

func exactlyOnceInRace(t *testing.T, impl Impl) {
	const producers, each = 4, 24
	forSizes(t, []int{1, 2, 4}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			n := rounds(200)
			for round := range n {
				body := func(int) func() { return func() {} }
				if round >= n/2 { // first the race alone, then with everything
					body = mixedBody
				}
				p := impl.New(size, quiet())
				l := newRecords(producers * each)
				// One more goroutine shuts the pool down: at any moment before,
				// during or after the work of the producers.
				delay := rand.IntN(2 * each)
				concurrently(producers+1, func(id int) {
					if id == producers {
						for range delay {
							runtime.Gosched()
						}
						l.shutdown(p)
						return
					}
					submit := p.Submit
					if id%2 == 0 {
						submit = p.SubmitWait
					}
					for i := id * each; i < (id+1)*each; i++ {
						if err := l.submit(submit, i, body(i)); err != nil && err != workerpool.ErrPoolFull {
							return
						}
						if i%3 == 0 {
							runtime.Gosched() // on one processor, a chance for Shutdown
						}
					}
				})
				l.check(t)
			}
		})
	})
}
