package benchmarks

import (
	"sync"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// BenchmarkTask runs tasks as services have them. Its ns/op is the time per task of the
// whole pool, p50-ns, p99-ns and so on are the times from the submit of a task to its
// end, and cpu-sec/Mtask is the processor time.
//
// There are as many tasks on their way as callers, for every pool, so the times can be
// compared: without that, the longer queue would be the slower pool.
func BenchmarkTask(b *testing.B) {
	eachCell(b, "Task", func(b *testing.B, c Cell) {
		task := kindOf(c).New()
		p := open(c)
		callers := c.Int("callers")
		histograms := make(chan *hdrhistogram.Histogram, callers)
		cpu := callAndWait(b, p, task, callers, histograms)
		p.Close()

		all := newHistogram()
		for range callers {
			all.Merge(<-histograms)
		}
		reportLatency(b, all)
		b.ReportMetric(float64(b.Elapsed())/float64(b.N), "ns/op") // in place of the mean latency
		b.ReportMetric(cpu.Seconds()/float64(b.N)*1e6, "cpu-sec/Mtask")
	})
}

// callAndWait has callers submit b.N tasks, and wait for the end of each. Each caller sends
// the times that its tasks took. It returns the processor time of all.
func callAndWait(b *testing.B, p Pool, task func(), callers int, histograms chan<- *hdrhistogram.Histogram) time.Duration {
	tasks := make(chan struct{}, b.N)
	for range b.N {
		tasks <- struct{}{}
	}
	close(tasks)
	var gone sync.WaitGroup
	b.ResetTimer()
	cpu := cpuTime()
	for range callers {
		gone.Go(func() {
			h := newHistogram()
			done := make(chan struct{}, 1)
			whole := func() {
				task()
				done <- struct{}{}
			}
			for range tasks {
				submitted := time.Now()
				p.Submit(whole)
				<-done
				must(h.RecordValue(int64(max(1, time.Since(submitted)))))
			}
			histograms <- h
		})
	}
	gone.Wait()
	b.StopTimer()
	return cpuTime() - cpu
}

func TestTheTasksDoTheirWork(t *testing.T) {
	for _, k := range Kinds {
		task := k.New()
		var all sync.WaitGroup
		for range 4 {
			all.Go(task)
		}
		all.Wait() // a task that fails panics
	}
}
