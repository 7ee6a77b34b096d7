package chanpool

import "github.com/seed62337844/workerpool"

// Stats returns a snapshot of the pool. It does not block, and takes time
// proportional to the size. What it needs costs a worker two atomic additions for
// each task, to a word that nobody else writes, and a refusal one, to one of a few
// words that the submitters share.
func (p *Pool) Stats() workerpool.Stats {
	p.mustBeMade("Stats")
	s := workerpool.Stats{Size: len(p.workers), Capacity: p.tasks.Cap(), Started: len(p.workers)}
	// A task is sent, and then counted by a worker, or as returned. The order here
	// is the opposite one. So a task that moves on meanwhile may be missed, which
	// Raise makes good, but is not counted twice, which nothing could make good.
	s.Returned = p.returned.Load()
	for i := range p.workers {
		steps := p.workers[i].steps.Load()
		s.Busy += int(steps % 2)
		s.Completed += steps / 2
	}
	s.Queued = p.tasks.Len()
	s.Submitted = p.submitted.Raise(s.Completed + s.Returned + uint64(s.Busy+s.Queued))
	s.Waiting = int(p.waiting.Load())
	s.Panicked = p.supervisor.Panicked.Load()
	s.Expired = p.expired.Load()
	p.refused.Report(&s)
	return s
}
