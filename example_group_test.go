package workerpool_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// Look up many things on a pool that the whole service shares. Stop at the
// first error.
func ExampleGroup() {
	p := ringpool.New(4)
	defer p.Shutdown()

	prices := map[string]int{"tea": 3, "milk": 2}
	lookUp := func(_ context.Context, name string) (int, error) {
		price, ok := prices[name]
		if !ok {
			return 0, fmt.Errorf("no price of %s", name)
		}
		return price, nil
	}
	sum := func(names ...string) (total int, err error) {
		g := workerpool.NewGroup(context.Background(), p)
		found := make([]int, len(names))
		for i, name := range names {
			if g.Go(func(ctx context.Context) (err error) {
				found[i], err = lookUp(ctx, name)
				return err
			}) != nil {
				break // Wait returns the reason
			}
		}
		if err := g.Wait(); err != nil {
			return 0, err
		}
		for _, price := range found {
			total += price
		}
		return total, nil
	}
	fmt.Println(sum("tea", "milk", "tea"))
	fmt.Println(sum("tea", "salt"))
	// Output:
	// 8 <nil>
	// 0 no price of salt
}

// A panic in a group is an error like any other, with the stack.
func ExamplePanicError() {
	p := ringpool.New(1, workerpool.WithPanicHandler(func(any, []byte) {})) // is called, too
	defer p.Shutdown()
	g := workerpool.NewGroup(context.Background(), p)
	_ = g.Go(func(context.Context) error { panic("no such account") })
	err := g.Wait()
	var panicked *workerpool.PanicError
	if errors.As(err, &panicked) {
		fmt.Println("panicked:", panicked.Value)
		fmt.Println("names the place:", strings.Contains(string(panicked.Stack), "ExamplePanicError"))
	}
	// Output:
	// panicked: no such account
	// names the place: true
}

// Go starts a function, and Wait returns its value when it is needed.
func ExampleGo() {
	p := ringpool.New(2)
	defer p.Shutdown()
	sum, err := workerpool.Go(p, func() (int, error) { return 40 + 2, nil })
	if err != nil {
		fmt.Println("not accepted:", err)
		return
	}
	// Something else can be done here.
	fmt.Println(sum.Wait(context.Background()))
	// Output: 42 <nil>
}

// A caller can stop waiting for a result and come back later: the function goes
// on.
func ExampleResult() {
	p := ringpool.New(1)
	defer p.Shutdown()
	release := make(chan struct{})
	answer, err := workerpool.GoContext(context.Background(), p, func(context.Context) (int, error) {
		<-release
		return 42, nil
	})
	if err != nil {
		fmt.Println("not accepted:", err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background()) // or WithTimeout
	cancel()
	_, err = answer.Wait(ctx)
	fmt.Println("not yet:", err)
	close(release)
	<-answer.Done() // or a select
	fmt.Println(answer.Wait(ctx))
	// Output:
	// not yet: context canceled
	// 42 <nil>
}
