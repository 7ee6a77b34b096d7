package ringpool

import "github.com/seed62337844/workerpool/internal/step"

// A waitGroup counts what must end before a shutdown is over: the workers, with a goroutine
// or without, goroutines that were evicted and have not ended yet, and the next round of
// the evictor. It is a sync.WaitGroup, but a wait can be given up with a context.
type waitGroup struct {
	n    step.Uint32
	zero step.Latch // opened when n falls to 0
}

// add adds n. The count must not be 0 before, unless New calls add.
func (g *waitGroup) add(n uint32) { g.n.Add(n) }

// done subtracts n, for what has ended or will never begin. The last call opens zero.
func (g *waitGroup) done(n uint32) {
	if n != 0 && g.n.Sub(n) == 0 {
		g.zero.Open()
	}
}
