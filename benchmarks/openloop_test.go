package benchmarks

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// BenchmarkOpenLoop measures the latency from the intended arrival of a task to
// its start, under a load given in percent of the measured capacity. The
// arrivals are the same for all contestants.
func BenchmarkOpenLoop(b *testing.B) {
	eachCell(b, "OpenLoop", func(b *testing.B, c Cell) {
		rate := Capacity() * float64(c.Int("load")) / 100
		gap := time.Duration(float64(time.Second) / rate)
		work := Work(c.Duration("task"))
		p := open(c)
		random := rand.New(rand.NewPCG(1, 2))
		b.ResetTimer()
		late, latency := openLoop(p, b.N, gap, work, random)
		p.Close()
		b.StopTimer()

		h := newHistogram()
		for _, d := range latency {
			record(b, h, d)
		}
		reportLatency(b, h)
		slices.Sort(late)
		b.ReportMetric(float64(late[len(late)*99/100]), "late-p99-ns")
	})
}

func TestOpenLoopCountsFromTheIntendedTime(t *testing.T) {
	// One worker, and arrivals far faster than it works: the last task waits for
	// nearly all others, though it was submitted when there was room for it.
	const n, length = 50, time.Millisecond
	p := Find("chan").New(1)
	_, latency := openLoop(p, n, time.Microsecond, Work(length), rand.New(rand.NewPCG(1, 2)))
	p.Close()
	if last := latency[n-1]; last < n*length/2 {
		t.Errorf("the last of %d tasks of %v started %v after its time, want about %v", n, length, last, (n-1)*length)
	}
}
