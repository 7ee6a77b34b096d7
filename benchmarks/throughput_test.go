package benchmarks

import (
	"runtime"
	"testing"
	"time"
)

// BenchmarkThroughput keeps a pool saturated: each producer submits its share
// of the tasks, and waits where the pool has no room. The clock starts when
// all workers and producers are there, and stops when Close has returned, so
// every task has ended within.
//
// No task tells of its end, which with tasks this short would be most of the
// cost: that Close waits for all of them is shown once and for all by
// TestCloseWaitsForEveryTask.
func BenchmarkThroughput(b *testing.B) { eachCell(b, "Throughput", saturate) }

// BenchmarkOneProcessor is BenchmarkThroughput with GOMAXPROCS=1: submitters and
// workers take turns, and a second look for what the other has yet to do is in vain.
func BenchmarkOneProcessor(b *testing.B) {
	eachCell(b, "OneProcessor", func(b *testing.B, c Cell) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		saturate(b, c)
	})
}

func saturate(b *testing.B, c Cell) {
	length := c.Duration("task")
	p := open(c)
	submit := p.Submitting(Work(length))
	b.ReportAllocs()
	var cpu time.Duration
	produce(b.N, c.Int("producers"), func() {
		cpu = cpuTime()
		b.ResetTimer()
	}, submit)
	p.Close()
	b.StopTimer()
	cpu = cpuTime() - cpu

	perTask := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(cpu.Seconds()/float64(b.N)*1e6, "cpu-sec/Mtask")
	if length > 0 {
		// With as many cores as can work at once doing nothing else.
		ideal := length / time.Duration(min(c.Int("size"), runtime.GOMAXPROCS(0)))
		b.ReportMetric(float64(perTask-ideal), "overhead-ns/op")
	}
}
