package ringpool

import "github.com/seed62337844/workerpool/internal/step"

// A presence counts what must end before a shutdown is over: the workers, with a goroutine
// or without, goroutines that were evicted and have not ended yet, and the next round of
// the evictor.
type presence struct {
	n    step.Uint32
	gone step.Latch // opened when n falls to 0
}

// add adds n. The count must not be 0 before, unless New calls add.
func (p *presence) add(n uint32) { p.n.Add(n) }

// done subtracts n, for what has ended or will never begin. The last call opens gone.
func (p *presence) done(n uint32) {
	if n != 0 && p.n.Sub(n) == 0 {
		p.gone.Open()
	}
}
