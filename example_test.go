package workerpool_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// Code that takes a Pool works with either package.
func ExamplePool() {
	for _, p := range []workerpool.Pool{ringpool.New(2), chanpool.New(2)} {
		_ = p.SubmitWait(func() {})
		p.Shutdown()
		fmt.Println(p.Stats().Completed, p.Submit(func() {}))
	}
	// Output:
	// 1 workerpool: pool is closed
	// 1 workerpool: pool is closed
}

// A pool that is full refuses a task at once.
func ExampleErrPoolFull() {
	p := ringpool.New(1, workerpool.WithQueueCapacity(0))
	release := make(chan struct{})
	_ = p.Submit(func() { <-release })
	err := p.Submit(func() {})
	fmt.Println(errors.Is(err, workerpool.ErrPoolFull), err)
	close(release)
	p.Shutdown()
	// Output: true workerpool: pool is full
}

// A nil task is refused.
func ExampleErrNilTask() {
	p := ringpool.New(1)
	defer p.Shutdown()
	fmt.Println(p.Submit(nil))
	// Output: workerpool: task is nil
}

// A function that ends its goroutine, as t.FailNow does in a test.
func ExampleErrGoexit() {
	p := ringpool.New(1)
	defer p.Shutdown()
	r, _ := workerpool.Go(p, func() (int, error) { runtime.Goexit(); return 0, nil })
	_, err := r.Wait(context.Background())
	fmt.Println(err)
	// Output: workerpool: function called runtime.Goexit
}

// A group cannot be used again after its Wait.
func ExampleErrGroupDone() {
	p := ringpool.New(1)
	defer p.Shutdown()
	g := workerpool.NewGroup(context.Background(), p)
	fmt.Println(g.Wait())
	fmt.Println(g.Go(func(context.Context) error { return nil }))
	// Output:
	// <nil>
	// workerpool: group is done: its Wait has returned
}

// A loop stops giving functions to the group when the group is over.
func ExampleGroup_Go() {
	p := ringpool.New(2)
	defer p.Shutdown()
	g := workerpool.NewGroup(context.Background(), p)
	given := 0
	for i := range 1_000_000 {
		if g.Go(func(context.Context) error {
			if i == 1000 {
				return fmt.Errorf("item %d is bad", i)
			}
			return nil
		}) != nil {
			break
		}
		given++
	}
	fmt.Println(g.Wait(), given < 2000)
	// Output: item 1000 is bad true
}

// A group's context ends with its first error.
func ExampleGroup_Context() {
	p := ringpool.New(1)
	defer p.Shutdown()
	g := workerpool.NewGroup(context.Background(), p)
	_ = g.Go(func(context.Context) error { return errors.New("no connection") })
	<-g.Context().Done()
	fmt.Println(context.Cause(g.Context()))
	fmt.Println(g.Wait())
	// Output:
	// no connection
	// no connection
}

// The size of a pool comes from an environment variable.
func ExampleSizeFromEnv() {
	os.Setenv(workerpool.SizeVariable, "8")
	defer os.Unsetenv(workerpool.SizeVariable)
	fmt.Println(workerpool.SizeFromEnv())
	os.Setenv(workerpool.SizeVariable, "many")
	fmt.Println(workerpool.SizeFromEnv())
	// Output:
	// 8 <nil>
	// 0 workerpool: WORKER_POOL_SIZE="many": want a decimal integer from 1 to 8388608
}

// When no task is running, the figures are exact.
func ExampleStats() {
	p := ringpool.New(2)
	for range 5 {
		_ = p.SubmitWait(func() {})
	}
	p.Shutdown()
	s := p.Stats()
	fmt.Println(s.Size, s.Capacity, s.Submitted, s.Completed, s.Queued, s.Busy)
	// Output: 2 4 5 5 0 0
}
