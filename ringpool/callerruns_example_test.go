package ringpool_test

import (
	"fmt"

	"github.com/seed62337844/workerpool/ringpool"
)

// A task that submits other tasks must not wait for room, because it takes room
// itself. SubmitOrRun never waits: if there is no room, it runs the task itself.
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
