package benchmarks

import (
	"flag"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
)

// eachCell runs the benchmark named on its cells, each between two probes of how
// far apart the processors are. Its function runs b.N times.
func eachCell(b *testing.B, benchmark string, run func(b *testing.B, c Cell)) {
	eachProbed(b, benchmark, run, func(n int) bool {
		// Before it runs so many times as it was told, the testing package tries once.
		// Nobody sees the figures, and probes take long.
		count := flag.Lookup("test.benchtime").Value.String()
		return n > 1 || count == "1x" || !strings.HasSuffix(count, "x")
	})
}

// eachLoop is eachCell for functions that use b.Loop: there is no trial.
func eachLoop(b *testing.B, benchmark string, run func(b *testing.B, c Cell)) {
	eachProbed(b, benchmark, run, func(int) bool { return true })
}

func eachProbed(b *testing.B, benchmark string, run func(b *testing.B, c Cell), counts func(n int) bool) {
	for _, c := range Grid() {
		if c.Benchmark == benchmark {
			b.Run(c.Sub(), func(b *testing.B) {
				if n := b.N; !counts(n) {
					run(b, c)
					if b.N != n {
						b.Fatal("a function that uses b.Loop is for eachLoop")
					}
					return
				}
				before, probed := distance.Probe()
				run(b, c)
				b.StopTimer()
				if after, ok := distance.Probe(); probed && ok {
					b.ReportMetric(before, distance.BeforeUnit)
					b.ReportMetric(after, distance.AfterUnit)
				}
			})
		}
	}
}

// open makes the pool of a cell, with every worker started.
func open(c Cell) Pool {
	size := c.Int("size")
	p := Find(c.Get("impl")).New(size)
	start(p, size)
	return p
}

// start runs size tasks that wait for each other, which takes all workers at
// once, and returns when all have ended.
func start(p Pool, size int) {
	var ended sync.WaitGroup
	m := newMeetings(size, 1)
	ended.Add(size)
	for range size {
		p.Submit(func() {
			m.meet()
			ended.Done()
		})
	}
	ended.Wait()
}

// Meetings let callers wait for each other, size of them at a time.
type meetings struct {
	size    int64
	arrived atomic.Int64
	held    []chan struct{}
}

// newMeetings prepares n meetings of size each.
func newMeetings(size, n int) *meetings {
	m := &meetings{size: int64(size), held: make([]chan struct{}, n)}
	for i := range m.held {
		m.held[i] = make(chan struct{})
	}
	return m
}

// meet waits until the caller's meeting is complete, and returns how many had
// come before the caller, of all meetings. The last to come does not wait.
func (m *meetings) meet() int {
	before := m.arrived.Add(1) - 1
	held := m.held[before/m.size]
	if before%m.size == m.size-1 {
		close(held)
	}
	<-held
	return int(before)
}

// produce calls submit n times from so many goroutines, an equal share each,
// and returns when all calls have. The goroutines exist, and wait, when
// begin is called; the timer may start there.
func produce(n, producers int, begin func(), submit func()) {
	var ready, done sync.WaitGroup
	gun := make(chan struct{})
	ready.Add(producers)
	for i := range producers {
		share := n / producers
		if i < n%producers {
			share++
		}
		done.Go(func() {
			ready.Done()
			<-gun
			for range share {
				submit()
			}
		})
	}
	ready.Wait()
	begin()
	close(gun)
	done.Wait()
}

// newHistogram holds times from 1 ns to 100 s with three digits.
func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, int64(100*time.Second), 3)
}

// record adds a time. The clock may give 0 for two readings, and the histogram
// begins at 1.
func record(b *testing.B, h *hdrhistogram.Histogram, d time.Duration) {
	if err := h.RecordValue(max(1, int64(d))); err != nil {
		b.Fatal(err)
	}
}

// reportLatency makes the mean the benchmark's ns/op, and reports percentiles
// beside it: those beyond which ten samples lie, for with fewer a percentile
// is an accident.
func reportLatency(b *testing.B, h *hdrhistogram.Histogram) {
	b.ReportMetric(h.Mean(), "ns/op")
	for _, q := range []struct {
		percentile float64
		unit       string
	}{{50, "p50-ns"}, {90, "p90-ns"}, {99, "p99-ns"}, {99.9, "p99.9-ns"}} {
		if float64(h.TotalCount())*(100-q.percentile)/100 >= 9.99 {
			b.ReportMetric(float64(h.ValueAtPercentile(q.percentile)), q.unit)
		}
	}
	b.ReportMetric(float64(h.Max()), "max-ns")
}
