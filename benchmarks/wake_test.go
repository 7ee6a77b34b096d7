package benchmarks

import (
	"testing"
	"time"
)

// BenchmarkWake submits a single task to an idle pool, and measures from just
// before the submit to the first statement of the task.
//
// What the submitter does next matters more than the pool. In then=wait it
// blocks until the task has started, so its own processor is free at once, and
// the runtime runs the woken worker right there. In then=work it goes on
// computing, and the worker has to be fetched by another processor.
//
// Between two submits there is a gap, in which the worker goes to sleep. In a
// gap of 20 µs the submitter computes, so its thread stays awake. In a gap of
// 1 ms the whole process sleeps, as that of an idle server does, and the waking
// includes the system's. The gap is pace and not synchronization: a worker that
// has not gone to sleep when it is over is quicker, and that is right.
func BenchmarkWake(b *testing.B) {
	eachLoop(b, "Wake", func(b *testing.B, c Cell) {
		p := open(c)
		pause := pause(c.Duration("gap"))
		var submitted time.Time
		var latency time.Duration
		started := make(chan struct{}, 1)
		await := func() { <-started }
		if c.Get("then") == "work" {
			await = func() {
				for len(started) == 0 { // without ever giving the processor away
				}
				<-started
			}
		}
		task := func() {
			latency = time.Since(submitted)
			started <- struct{}{}
		}
		h := newHistogram()
		for b.Loop() {
			pause()
			submitted = time.Now()
			p.Submit(task)
			await()
			record(b, h, latency)
		}
		p.Close()
		reportLatency(b, h)
	})
}

// pause returns a function that lets d pass: by computing if d is short, since
// a sleep of microseconds may take a millisecond.
func pause(d time.Duration) func() {
	if d < time.Millisecond {
		return Work(d)
	}
	return func() { time.Sleep(d) }
}
