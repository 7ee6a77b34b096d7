package benchmarks

import (
	"runtime"
	"testing"
	"time"
)

// BenchmarkIdle measures what a pool uses of the processors while nobody asks
// it for anything, all workers started. impl=none is a process without a pool,
// for what the runtime itself uses. The sleep is the thing measured.
func BenchmarkIdle(b *testing.B) {
	eachCell(b, "Idle", func(b *testing.B, c Cell) {
		const window = 500 * time.Millisecond
		if c.Get("impl") != "none" {
			p := open(c)
			defer p.Close()
		}
		cpu, begin := cpuTime(), time.Now()
		for range b.N {
			time.Sleep(window)
		}
		used := cpuTime() - cpu
		b.ReportMetric(float64(used)/time.Since(begin).Seconds(), "cpu-ns/s")
		b.ReportMetric(0, "ns/op") // leaves it out
	})
}

// BenchmarkFootprint measures the memory, stacks included, and the goroutines
// that a pool takes, per worker: as it comes from New, and with all workers
// started. A pool that gives up its idle workers soon shows as one that never
// had them.
func BenchmarkFootprint(b *testing.B) {
	eachCell(b, "Footprint", func(b *testing.B, c Cell) {
		size := c.Int("size")
		for range b.N {
			bytes, goroutines := memory(), runtime.NumGoroutine()
			p := Find(c.Get("impl")).New(size)
			if c.Get("workers") == "started" {
				start(p, size)
			}
			b.ReportMetric(float64(memory()-bytes)/float64(size), "B/worker")
			b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/float64(size), "goroutines/worker")
			p.Close()
		}
		b.ReportMetric(0, "ns/op")
	})
}

// memory returns the bytes in use by live objects and by stacks.
func memory() int64 {
	runtime.GC()
	runtime.GC() // what a finalizer or a pool held on to at the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// BenchmarkNewClose makes a pool and closes it, with nothing between.
func BenchmarkNewClose(b *testing.B) {
	eachLoop(b, "NewClose", func(b *testing.B, c Cell) {
		contestant, size := Find(c.Get("impl")), c.Int("size")
		b.ReportAllocs()
		for b.Loop() {
			contestant.New(size).Close()
		}
	})
}
