package benchmarks

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkFairness lets many producers submit to a pool that is always full,
// so that nearly all of them wait all the time. It counts how often each got
// through, and reports the share of the slowest as a fraction of the median:
// 1 is first come, first served; 0 is a producer that never got through.
//
// The count begins when every producer has got through once, and ends when
// b.N tasks have run since. What a producer is late in starting is thus nobody's
// fault, and nobody's advantage.
func BenchmarkFairness(b *testing.B) {
	eachCell(b, "Fairness", func(b *testing.B, c Cell) {
		producers := c.Int("producers")
		p := open(c)
		work := Work(c.Duration("task"))

		var counting, stopped atomic.Bool
		var left atomic.Int64
		left.Store(int64(b.N))
		submit := p.Submitting(func() {
			work()
			if counting.Load() && left.Add(-1) == 0 {
				b.StopTimer()
				stopped.Store(true)
			}
		})
		shares := make([]int, producers)
		var through, done sync.WaitGroup
		through.Add(producers)
		for i := range producers {
			done.Go(func() {
				submit()
				through.Done()
				share := 0
				for !stopped.Load() {
					submit()
					if counting.Load() {
						share++
					}
				}
				shares[i] = share
			})
		}
		through.Wait()
		b.ResetTimer()
		counting.Store(true)
		done.Wait()
		p.Close()

		slices.Sort(shares)
		if median := shares[producers/2]; median > 0 {
			b.ReportMetric(float64(shares[0])/float64(median), "min/median")
		}
	})
}
