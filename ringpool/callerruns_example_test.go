package ringpool_test

import (
	"fmt"

	"github.com/seed62337844/workerpool/ringpool"
)

// A task that submits others must not wait for room that it is itself in the way
// of. SubmitOrRun never waits: a task for which there is no room is run here.
func ExamplePool_SubmitOrRun() {
	p := ringpool.New(2)
	var count func(n int, add func(int))
	count = func(n int, add func(int)) {
		if n == 1 {
			add(1)
			return
		}
		for _, half := range []int{n / 2, n - n/2} {
			_ = p.SubmitOrRun(func() { count(half, add) })
		}
	}
	leaves := make(chan int, 100)
	count(100, func(n int) { leaves <- n })
	sum := 0
	for range 100 {
		sum += <-leaves
	}
	p.Shutdown()
	fmt.Println(sum)
	// Output: 100
}
