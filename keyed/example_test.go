package keyed_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/keyed"
	"github.com/seed62337844/workerpool/ringpool"
)

// Payments of one account are made in order, and those of different accounts at
// the same time. The balances need no lock: only the account's own tasks touch
// them, and the end of each task synchronizes before the start of the next.
func Example() {
	p := ringpool.New(4)
	defer p.Shutdown()
	q := keyed.New[string](p, 100)

	type account struct{ balance, lowest int }
	accounts := map[string]*account{"ann": {}, "bob": {}}
	for _, payment := range []struct {
		name   string
		amount int
	}{{"ann", 10}, {"bob", 5}, {"ann", -7}, {"bob", -9}, {"ann", 3}} {
		a := accounts[payment.name]
		err := q.Submit(payment.name, func() {
			a.balance += payment.amount
			a.lowest = min(a.lowest, a.balance)
		})
		if err != nil {
			fmt.Println("not accepted:", err)
		}
	}
	if err := q.Wait(context.Background()); err != nil {
		fmt.Println("not finished:", err)
		return
	}
	fmt.Println("ann", *accounts["ann"])
	fmt.Println("bob", *accounts["bob"])
	// Output:
	// ann {6 0}
	// bob {-4 -4}
}

// Submit does not wait. If there is no room, it refuses the task.
func ExampleQueue_Submit() {
	p := ringpool.New(1)
	defer p.Shutdown()
	q := keyed.New[int](p, 2)

	started, release := make(chan struct{}), make(chan struct{})
	fmt.Println(q.Submit(7, func() { close(started); <-release }))
	<-started // the task runs: it no longer waits
	for range 3 {
		fmt.Println(q.Submit(7, func() {}))
	}
	close(release)
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// workerpool: pool is full
}

// SubmitContext waits for room until its context ends.
func ExampleQueue_SubmitContext() {
	p := ringpool.New(1)
	defer p.Shutdown()
	q := keyed.New[string](p, 1)

	started, release := make(chan struct{}), make(chan struct{})
	_ = q.Submit("a", func() { close(started); <-release })
	<-started
	_ = q.Submit("a", func() {}) // takes the only slot

	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	err := q.SubmitContext(ctx, "b", func() {})
	fmt.Println("in time:", !errors.Is(err, context.DeadlineExceeded))
	close(release)
	fmt.Println(q.SubmitContext(context.Background(), "b", func() {}))
	// Output:
	// in time: false
	// <nil>
}

// To stop, wait for the tasks, with a deadline, and then shut down the pool.
func ExampleQueue_Wait() {
	p := ringpool.New(2)
	q := keyed.New[string](p, 10)
	sum := 0
	for i := range 5 {
		_ = q.Submit("sum", func() { sum += i })
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	fmt.Println(q.Wait(ctx), sum)
	p.Shutdown()
	fmt.Println(q.Submit("sum", func() {}) == workerpool.ErrPoolClosed)
	// Output:
	// <nil> 10
	// true
}

// A Queue works with any pool.
func ExampleNew() {
	var p workerpool.Submitter = ringpool.New(2)
	type document struct{ tenant, id int }
	q := keyed.New[document](p, 10)
	_ = q.Submit(document{1, 1}, func() { fmt.Println("first version") })
	_ = q.Submit(document{1, 1}, func() { fmt.Println("second version") })
	_ = q.Wait(context.Background())
	// Output:
	// first version
	// second version
}
