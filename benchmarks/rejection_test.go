package benchmarks

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkRejection asks a full pool again and again: the cost of shedding a
// request just when there is no time to lose.
func BenchmarkRejection(b *testing.B) {
	eachCell(b, "Rejection", func(b *testing.B, c Cell) {
		size := c.Int("size")
		p := Find(c.Get("impl")).NewRefusing(size)
		_, release := fill(p, size)
		try := p.Trying(func() {})
		var accepted atomic.Int64
		b.ReportAllocs()
		produce(b.N, c.Int("producers"), b.ResetTimer, func() {
			if try() {
				accepted.Add(1)
			}
		})
		b.StopTimer()
		release()
		p.Close()
		if n := accepted.Load(); n > 0 {
			b.Fatalf("the full pool accepted %d tasks", n)
		}
	})
}

// fill occupies all workers of p, and then its queue, with tasks that wait for
// release. It returns how many it could queue.
func fill(p Pool, size int) (queued int, release func()) {
	gate := make(chan struct{})
	var started sync.WaitGroup
	started.Add(size)
	for range size {
		task := func() {
			started.Done()
			<-gate
		}
		for !p.TrySubmit(task) {
			runtime.Gosched() // a worker has yet to come for its first task
		}
	}
	started.Wait()
	for p.TrySubmit(func() { <-gate }) {
		queued++
	}
	return queued, func() { close(gate) }
}
