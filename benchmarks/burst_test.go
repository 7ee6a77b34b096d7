package benchmarks

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkBurst gives an idle pool 2×size tasks at once, from one goroutine,
// and measures from the first submit until the last task has started. Its
// ns/op is the mean of that, for a whole burst.
//
// In tasks=compute each task computes for 10 µs: what counts is that all cores
// get their share. In tasks=block the tasks wait for each other, size at a
// time, so that nothing goes on before all workers are awake, and then again
// for the second half. No core is busy meanwhile: the time is that of waking
// size workers twice.
func BenchmarkBurst(b *testing.B) {
	eachLoop(b, "Burst", func(b *testing.B, c Cell) {
		size := c.Int("size")
		p := open(c)
		settle := pause(20 * time.Microsecond)
		compute := Work(10 * time.Microsecond)
		h := newHistogram()
		for b.Loop() {
			settle()
			var count atomic.Int64
			var span time.Duration
			var ended sync.WaitGroup
			ended.Add(2 * size)
			halves := newMeetings(size, 2)
			begin := time.Now()
			submit := p.Submitting(func() {
				if count.Add(1) == int64(2*size) {
					span = time.Since(begin)
				}
				if c.Get("tasks") == "block" {
					halves.meet()
				} else {
					compute()
				}
				ended.Done()
			})
			for range 2 * size {
				submit()
			}
			ended.Wait()
			record(b, h, span)
		}
		p.Close()
		reportLatency(b, h)
	})
}
