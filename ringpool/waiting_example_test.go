package ringpool_test

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/ringpool"
)

// A request that has waited too long for room gives up, and says why.
func ExamplePool_SubmitContext() {
	p := ringpool.New(1)
	release := make(chan struct{})
	for range 3 { // one runs, two are queued
		_ = p.Submit(func() { <-release })
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("the client has gone"))
	fmt.Println(p.SubmitContext(ctx, func() { fmt.Println("never runs") }))
	close(release)
	p.Shutdown()
	// Output: the client has gone
}

// As much of a batch is accepted as there is room for; the rest is the caller's
// again.
func ExamplePool_SubmitBatch() {
	p := ringpool.New(2)
	release := make(chan struct{})
	batch := make([]func(), 10)
	for i := range batch {
		batch[i] = func() { <-release }
	}
	n, err := p.SubmitBatch(batch)
	fmt.Println(n, "accepted:", err)
	close(release)
	rest, err := p.SubmitBatchWait(context.Background(), batch[n:])
	fmt.Println(rest, "accepted:", err)
	p.Shutdown()
	// Output:
	// 6 accepted: workerpool: pool is full
	// 4 accepted: <nil>
}

// Wait separates the phases of a job, and the pool goes on.
func ExamplePool_Wait() {
	p := ringpool.New(4)
	defer p.Shutdown()
	words := []string{"a", "few", "words"}
	lengths := make([]int, len(words))
	for i, word := range words {
		_ = p.SubmitWait(func() { lengths[i] = len(word) })
	}
	if err := p.Wait(context.Background()); err != nil {
		fmt.Println(err)
	}
	fmt.Println(lengths) // all have been written, and may be read
	// Output: [1 3 5]
}

// A service that must stop by a certain time first lets the accepted tasks run,
// and takes back those that have not begun when the time is up.
func ExamplePool_ShutdownNow() {
	p := ringpool.New(1)
	var done atomic.Int32
	release := make(chan struct{})
	for range 3 {
		_ = p.Submit(func() { <-release; done.Inc() })
	}
	ctx, cancel := context.WithCancel(context.Background()) // or WithTimeout
	cancel()
	if err := p.ShutdownContext(ctx); err != nil {
		fmt.Println("not done in time:", err)
		close(release) // as a task that looks at ctx would end by itself
		tasks, _ := p.ShutdownNow(context.Background())
		for _, task := range tasks {
			task() // or save it for the next start
		}
	}
	fmt.Println(done.Load(), "tasks done")
	// Output:
	// not done in time: context canceled
	// 3 tasks done
}

// A shutdown that is not waited for any longer goes on all the same.
func ExamplePool_ShutdownContext() {
	p := ringpool.New(1)
	release := make(chan struct{})
	_ = p.Submit(func() { <-release; fmt.Println("the task has ended") })
	ctx, cancel := context.WithCancel(context.Background()) // or WithTimeout
	cancel()
	fmt.Println(p.ShutdownContext(ctx))
	fmt.Println(p.Submit(func() {}))
	close(release)
	p.Shutdown() // waits for what the first call has begun
	// Output:
	// context canceled
	// workerpool: pool is closed
	// the task has ended
}
