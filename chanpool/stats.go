package chanpool

import "github.com/seed62337844/workerpool"

// Stats returns a snapshot of the pool. It waits for nothing, and takes time
// proportional to the size. For it, a worker makes two atomic additions for each
// task, to a word that no other goroutine writes. A refused submit makes one, to
// one of a few words that the submitters share.
func (p *Pool) Stats() workerpool.Stats {
	p.checkMade("Stats")
	s := workerpool.Stats{Size: len(p.workers), Capacity: p.tasks.Cap(), Started: len(p.workers)}
	// A task is first sent, and then counted by a worker, or as returned. The
	// loads come in the opposite order. So a task that moves on at the same time
	// may be missed, which Raise corrects. But it is never counted twice, which
	// could not be corrected.
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
	p.refusals.Report(&s)
	return s
}
