package chanpool_test

import (
	"context"
	"fmt"

	"github.com/seed62337844/workerpool/chanpool"
)

// More examples are on the page of package ringpool.
func ExamplePool_Group() {
	p := chanpool.New(4)
	defer p.Shutdown()
	squares := make([]int, 5)
	g := p.Group(context.Background())
	for i := range squares {
		g.Go(func(context.Context) error {
			squares[i] = i * i
			return nil
		})
	}
	fmt.Println(g.Wait(), squares)
	// Output: <nil> [0 1 4 9 16]
}

// Go asks for a value, and Wait gets it, when it is needed.
func ExampleGo() {
	p := chanpool.New(2)
	defer p.Shutdown()
	sum, err := chanpool.Go(p, func() (int, error) { return 40 + 2, nil })
	if err != nil {
		fmt.Println("not accepted:", err)
		return
	}
	fmt.Println(sum.Wait(context.Background()))
	// Output: 42 <nil>
}
