package chanpool_test

import (
	"fmt"

	"github.com/seed62337844/workerpool/chanpool"
)

// The API is that of package ringpool, whose page has more examples: a handler
// that sheds load, and a pool that belongs to the whole application.
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
