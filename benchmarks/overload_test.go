package benchmarks

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed62337844/workerpool/benchmarks/internal/overload"
)

// How long a load lasts. What comes in the warm-up, while the service is still empty,
// is not counted. Nor is what comes after the window, for as long as the last of it are
// there: without it they would have the service for themselves.
const (
	overloadWarmUp = 350 * time.Millisecond
	overloadWindow = 500 * time.Millisecond
)

// BenchmarkOverload measures how a service gets on with more than it can do. The
// comment on overloadHandler says what its names and figures mean. How far apart the
// processors are, for which eachCell probes, is nothing beside the milliseconds here.
func BenchmarkOverload(b *testing.B) {
	for _, c := range Grid() {
		if c.Benchmark == "Overload" {
			b.Run(c.Sub(), func(b *testing.B) { overloadCell(b, c) })
		}
	}
}

// overloadCell measures one cell.
func overloadCell(b *testing.B, c Cell) {
	var u overloadUse
	for range b.N {
		u.add(b, c)
	}
	percentiles := func(list []time.Duration, prefix string) {
		if len(list) >= 20 {
			b.ReportMetric(float64(overload.Percentile(list, 50)), prefix+"p50-ns")
			b.ReportMetric(float64(overload.Percentile(list, 99)), prefix+"p99-ns")
		}
	}
	percent := func(list []time.Duration, of int) float64 { return 100 * float64(len(list)) / float64(of) }
	b.ReportMetric(percent(u.tally.Served, u.tally.Possible), "goodput-%")
	percentiles(u.tally.Served, "")
	b.ReportMetric(percent(u.tally.Refused, u.tally.Offered), "refused-%")
	percentiles(u.tally.Refused, "refusal-")
	b.ReportMetric(percent(u.tally.Unanswered, u.tally.Offered), "unanswered-%")
	b.ReportMetric(float64(u.peaks.Memory), "peak-B")
	b.ReportMetric(float64(u.peaks.Goroutines), "peak-goroutines")
	b.ReportMetric(float64(overload.Percentile(u.tally.Late, 99)), "late-p99-ns")
	b.ReportMetric(100*u.generator.Seconds()/u.elapsed.Seconds(), "generator-cpu-%")
	b.ReportMetric(0, "ns/op") // leaves it out
}

// An overloadUse is what one or more loads came to.
type overloadUse struct {
	tally     overload.Tally
	peaks     overload.Peaks
	generator time.Duration // processor time of this process
	elapsed   time.Duration
}

// add starts the service of a cell, offers it the load, and adds what came of it.
func (u *overloadUse) add(b *testing.B, c Cell) {
	s, err := startOverload(c)
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := s.stop(); err != nil {
			b.Error(err)
		}
	}()
	begin, cpu := time.Now(), cpuTime()
	tally, err := overloadHandlerOf(c).offer(c.Int("load"), s.call)
	if err != nil {
		b.Fatal(err)
	}
	u.generator += cpuTime() - cpu
	u.elapsed += time.Since(begin)
	peaks, err := s.peaks()
	if err != nil {
		b.Fatal(err)
	}
	u.tally = u.tally.Add(tally)
	u.peaks.Memory = max(u.peaks.Memory, peaks.Memory)
	u.peaks.Goroutines = max(u.peaks.Goroutines, peaks.Goroutines)
}

// offer makes calls at the load, in percent of what the handler can do, and returns
// what became of the callers of the window. The arrivals are always the same.
func (h overloadHandler) offer(load int, call func(context.Context) (overload.Answer, error)) (overload.Tally, error) {
	rate := h.capacity() * float64(load) / 100
	random := rand.New(rand.NewPCG(1, 2))
	arrivals := overload.Arrivals(random, rate, overloadWarmUp+overloadWindow+h.budget)
	visits := overload.Offer(arrivals, h.budget, call)
	possible := overload.Possible(arrivals, h.size, h.task, h.budget)
	return overload.Count(visits, possible, overloadWarmUp, overloadWarmUp+overloadWindow)
}

func overloadHandlerOf(c Cell) overloadHandler {
	for _, h := range overloadHandlers {
		if h.name == c.Get("handler") {
			return h
		}
	}
	panic("benchmarks: no such handler: " + c.Get("handler"))
}
