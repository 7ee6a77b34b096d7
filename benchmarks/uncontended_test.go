package benchmarks

import (
	"runtime"
	"testing"
	"time"
)

// BenchmarkUncontended takes the cost of a submit alone: one producer fills a
// queue with room while all workers are held back, so that nobody else touches
// the pool, nobody has to be woken and nobody waits. The clock runs while the
// queue is being filled, and stands still while it is emptied.
func BenchmarkUncontended(b *testing.B) {
	eachCell(b, "Uncontended", func(b *testing.B, c Cell) {
		size := c.Int("size")
		p := Find(c.Get("impl")).NewRefusing(size)
		defer p.Close()
		submit := p.Submit
		if c.Get("submit") == "try" {
			submit = func(task func()) {
				if !p.TrySubmit(task) {
					b.Fatal("a queue with room refused a task")
				}
			}
		}
		task := func() {}
		var took time.Duration
		for done := 0; done < b.N; {
			release := hold(p, size)
			batch := min(2*size, b.N-done)
			began := time.Now()
			for range batch {
				submit(task)
			}
			took += time.Since(began)
			done += batch
			release()
		}
		b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), "ns/op")
	})
}

// hold occupies all workers of p, and returns when it has. When release
// returns, the tasks that were queued meanwhile have begun.
func hold(p Pool, size int) (release func()) {
	gate, held := make(chan struct{}), make(chan struct{})
	for range size {
		task := func() {
			held <- struct{}{}
			<-gate
		}
		for !p.TrySubmit(task) {
			runtime.Gosched() // the last batch is still being worked off
		}
	}
	for range size {
		<-held
	}
	return func() { close(gate) }
}
