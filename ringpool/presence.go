package ringpool

import "github.com/seed62337844/workerpool/internal/step"

// A presence counts what must be gone before a shutdown is over: the indexes of the
// workers, whether they have goroutines or not, goroutines that were evicted and are on
// their way out, and the next round of the evictor.
type presence struct {
	n    step.Uint32
	gone step.Latch // open when none is left
}

func (p *presence) arrive(n uint32) { p.n.Add(n) }

// leave counts n that are gone, or will never come. The last of all opens gone.
func (p *presence) leave(n uint32) {
	if n != 0 && p.n.Sub(n) == 0 {
		p.gone.Open()
	}
}
