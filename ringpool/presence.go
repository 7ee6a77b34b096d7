package ringpool

import "github.com/seed62337844/workerpool/internal/step"

// A presence counts what must end before a shutdown is over: the workers, with a goroutine
// or without, goroutines that were evicted and have not ended yet, and the next round of
// the evictor.
type presence struct {
	n    step.Uint32
	gone step.Latch // opened when n falls to 0
}

// arrive adds n. The count is not 0 before, unless New calls it.
func (p *presence) arrive(n uint32) { p.n.Add(n) }

// leave subtracts n, for what has ended or will never begin. The last one opens gone.
func (p *presence) leave(n uint32) {
	if n != 0 && p.n.Sub(n) == 0 {
		p.gone.Open()
	}
}
