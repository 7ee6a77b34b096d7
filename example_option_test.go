package workerpool_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math"
	rtrace "runtime/trace"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// A burst needs many goroutines. They end when they have been idle for long.
func ExampleWithIdleTimeout() {
	p := ringpool.New(100, workerpool.WithIdleTimeout(time.Millisecond)) // a minute, in a service
	defer p.Shutdown()
	release := make(chan struct{})
	var begun sync.WaitGroup
	begun.Add(100)
	for range 100 {
		_ = p.Submit(func() { begun.Done(); <-release })
	}
	begun.Wait()
	fmt.Println("goroutines:", p.Stats().Started)
	close(release)
	for p.Stats().Started > 0 {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("goroutines:", p.Stats().Started, "of size", p.Size())
	// Output:
	// goroutines: 100
	// goroutines: 0 of size 100
}

// A panic in a task goes to the handler, and the pool goes on.
func ExampleWithPanicHandler() {
	p := ringpool.New(1, workerpool.WithPanicHandler(func(value any, stack []byte) {
		fmt.Println("a task panicked:", value)
	}))
	_ = p.Submit(func() { panic("no such account") })
	_ = p.Submit(func() { fmt.Println("the next task runs") })
	p.Shutdown()
	// Output:
	// a task panicked: no such account
	// the next task runs
}

// How long tasks wait, as a histogram. One task in ten is counted in the first
// bucket whose bound it does not exceed. A metrics library has a histogram of its
// own: call its Observe instead of the loop.
func ExampleWithQueueWait() {
	bounds := []time.Duration{time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, math.MaxInt64}
	buckets := make([]atomic.Uint64, len(bounds))
	p := ringpool.New(4, workerpool.WithQueueWait(10, func(waited time.Duration) {
		for i := range bounds {
			if waited <= bounds[i] {
				buckets[i].Add(1)
				return
			}
		}
	}))
	for range 10_000 {
		_ = p.SubmitWait(func() {})
	}
	p.Shutdown()

	observed := uint64(0)
	for i := range buckets {
		observed += buckets[i].Load()
	}
	fmt.Println("about a thousand:", 700 < observed && observed < 1300)
	// Output: about a thousand: true
}

// A pool with a name, which reports tasks that take a second or longer.
func ExampleWithSlowTask() {
	p := ringpool.New(4, workerpool.WithName("mail"), workerpool.WithProfileLabel(),
		workerpool.WithSlowTask(time.Second, func(task workerpool.SlowTask) {
			slog.Warn("slow task", "pool", "mail", "function", task.Name, "took", task.Took)
		}))
	defer p.Shutdown()
	fmt.Println(p.Name())
	// Output: mail
}

// A pool with a queue for three tasks.
func ExampleWithQueueCapacity() {
	p := ringpool.New(2, workerpool.WithQueueCapacity(3))
	defer p.Shutdown()
	fmt.Println(p.Stats().Capacity)
	// Output: 3
}

// Each task is a region of a trace, for go tool trace.
func ExampleWithTraceRegions() {
	p := ringpool.New(2, workerpool.WithTraceRegions())
	var trace bytes.Buffer
	if err := rtrace.Start(&trace); err != nil {
		return // a trace is already running
	}
	_ = p.Submit(func() {})
	p.Shutdown()
	rtrace.Stop()
	fmt.Println(bytes.Contains(trace.Bytes(), []byte("ringpool.task")))
	// Output: true
}
