package benchmarks

import (
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkBlocking runs tasks that sleep, as those that wait for a disk or
// another service do. A timer that should fire after 1 ms may fire after 1.1,
// or 2, and no pool can help that. So beside the tasks per second, which measure
// timers as well, it reports for which share of the workers' time a task of
// theirs was asleep: what is missing to 100 % is what the pool lost between one
// task and the next.
func BenchmarkBlocking(b *testing.B) {
	eachCell(b, "Blocking", func(b *testing.B, c Cell) {
		size, length := c.Int("size"), c.Duration("task")
		var asleep atomic.Int64
		p := open(c)
		submit := p.Submitting(func() {
			begin := time.Now()
			time.Sleep(length)
			asleep.Add(int64(time.Since(begin)))
		})
		produce(b.N, 1, b.ResetTimer, submit)
		p.Close()
		b.StopTimer()
		elapsed := b.Elapsed()
		b.ReportMetric(float64(b.N)/elapsed.Seconds(), "tasks/s")
		b.ReportMetric(100*float64(asleep.Load())/float64(elapsed)/float64(size), "asleep-%")
	})
}
