package chanpool_test

import (
	"fmt"

	"github.com/seed62337844/workerpool/chanpool"
)

// The methods are those of package ringpool, which has more examples: a handler
// that sheds load, and a pool for the whole application.
func Example() {
	p := chanpool.New(4)
	squares := make([]int, 5)
	for i := range squares {
		if err := p.SubmitWait(func() { squares[i] = i * i }); err != nil {
			fmt.Println("not accepted:", err)
		}
	}
	p.Shutdown()
	fmt.Println(squares)
	// Output: [0 1 4 9 16]
}
