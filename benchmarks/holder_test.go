package benchmarks

import (
	"fmt"
	"os/exec"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Who hands a task over may be stopped in the middle of it, by the Go scheduler, by the
// garbage collector, or by the system, which gives the processor to somebody else. In a
// ringpool nobody wakes a worker meanwhile, and those who find the queue full wait for the
// end of the handover before they are refused. In a chanpool a goroutine that is stopped
// with the lock of the channel in its hands keeps everybody away from it.
//
//	go test -run '^$' -bench StoppedHolder -benchtime 10s . | tee holder.txt
//	go tool benchstat -col /impl holder.txt

// BenchmarkStoppedHolder has a small pool between idle and full: each producer submits a
// few tasks at a time, and then waits for them. Two producers wait for room. Two do not, and
// are measured: from just before the submit that succeeds to the first statement of the
// task, and how long each submit takes that is refused.
func BenchmarkStoppedHolder(b *testing.B) {
	for _, condition := range []struct {
		name string
		set  func(b *testing.B) (work func())
	}{
		{"calm", func(*testing.B) func() { return Work(time.Microsecond) }},
		{"oneprocessor", oneProcessor},
		{"collector", busyCollector},
		{"neighbors", busyNeighbors},
	} {
		for _, impl := range []string{"chan", "ring"} {
			b.Run(fmt.Sprintf("impl=%s/size=2/producers=2+2/condition=%s", impl, condition.name), func(b *testing.B) {
				stopHolders(b, Find(impl).NewRefusing(2), condition.set(b))
			})
		}
	}
}

func oneProcessor(b *testing.B) (work func()) {
	before := runtime.GOMAXPROCS(1)
	b.Cleanup(func() { runtime.GOMAXPROCS(before) })
	return Work(time.Microsecond)
}

// busyCollector has the garbage collector run all the time, over a heap that takes it a
// while, and makes tasks that allocate, so that they have to assist it.
func busyCollector(b *testing.B) (work func()) {
	type node struct {
		next *node
		_    [6]uintptr
	}
	var heap *node
	for range 1 << 17 { // 7 MB
		heap = &node{next: heap}
	}
	before := debug.SetGCPercent(1)
	b.Cleanup(func() {
		debug.SetGCPercent(before)
		runtime.KeepAlive(heap)
	})
	return func() {
		var list *node
		for range 16 { // 1 KB
			list = &node{next: list}
		}
		runtime.KeepAlive(list)
	}
}

// busyNeighbors starts as many other processes as there are processors, each of which
// wants one for itself. They end with this process, however that ends.
func busyNeighbors(b *testing.B) (work func()) {
	for range runtime.NumCPU() {
		busy := exec.Command("sh", "-c", `while kill -0 "$PPID" 2>/dev/null; do :; done`)
		if err := busy.Start(); err != nil {
			b.Skip("no busy process can be started here:", err)
		}
		b.Cleanup(func() {
			_ = busy.Process.Kill()
			_ = busy.Wait()
		})
	}
	return Work(time.Microsecond)
}

// stopHolders submits b.N tasks from two producers, and others from two more meanwhile.
func stopHolders(b *testing.B, p Pool, work func()) {
	const size, producers, atATime = 2, 2, 3
	start(p, size)
	waits := func(task func()) bool {
		p.Submit(task)
		return true
	}
	var over atomic.Bool
	var others, all sync.WaitGroup
	for range producers {
		others.Go(func() {
			for q := newProducer(waits, atATime, work); !over.Load(); {
				q.produce(atATime, nil)
			}
		})
	}

	var mu sync.Mutex // guards the two
	started, refused := newHistogram(), newHistogram()
	b.ResetTimer()
	for i := range producers {
		share := b.N / producers
		if i < b.N%producers {
			share++
		}
		all.Go(func() {
			q, latency, inVain := newProducer(p.TrySubmit, atATime, work), newHistogram(), newHistogram()
			for ; share > 0; share -= atATime {
				for _, d := range q.produce(min(share, atATime), inVain) {
					must(latency.RecordValue(max(1, int64(d))))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			started.Merge(latency)
			refused.Merge(inVain)
		})
	}
	all.Wait()
	b.StopTimer()
	over.Store(true)
	others.Wait()
	p.Close()

	if n := started.TotalCount(); n != int64(b.N) {
		b.Fatalf("%d of %d tasks have started", n, b.N)
	}
	reportLatency(b, started)
	b.ReportMetric(float64(refused.TotalCount())/float64(b.N), "refused/op")
	b.ReportMetric(float64(refused.ValueAtPercentile(99)), "refused-p99-ns")
	b.ReportMetric(float64(refused.ValueAtPercentile(99.9)), "refused-p99.9-ns")
	b.ReportMetric(float64(refused.Max()), "refused-max-ns")
}

// A producer submits its tasks over and over.
type producer struct {
	submit    func(task func()) bool
	tasks     []func()
	submitted []time.Time
	latency   []time.Duration
	ended     chan struct{}
}

func newProducer(submit func(task func()) bool, n int, work func()) *producer {
	q := &producer{submit, make([]func(), n), make([]time.Time, n), make([]time.Duration, n), make(chan struct{}, n)}
	for i := range q.tasks {
		q.tasks[i] = func() {
			q.latency[i] = time.Since(q.submitted[i])
			work()
			q.ended <- struct{}{}
		}
	}
	return q
}

// produce submits n tasks, and waits for their end. It returns how long each took to
// start, and records how long each submit took that was refused.
func (q *producer) produce(n int, refused *hdrhistogram.Histogram) (latency []time.Duration) {
	for i := range n {
		for {
			q.submitted[i] = time.Now()
			if q.submit(q.tasks[i]) {
				break
			}
			must(refused.RecordValue(max(1, int64(time.Since(q.submitted[i])))))
			runtime.Gosched()
		}
	}
	for range n {
		<-q.ended
	}
	return q.latency[:n]
}
