package ringpool

import "github.com/seed62337844/workerpool"

// Stats returns a snapshot of the pool. It takes the same short time for every size,
// and waits for nothing.
func (p *Pool) Stats() workerpool.Stats {
	p.checkMade("Stats")
	// The numbers cost submitters and workers little. Queued, Submitted and Completed cost
	// nothing, because they follow from the two ends of the queue and the number of busy
	// workers. Busy, Parks and Wakes come from two counters that change when a worker becomes
	// idle or is woken; they lie beside a word that changes then anyway. Started, Panicked,
	// Expired and Waiting are counted where it happens, which is rare or slow. Rejected is
	// one atomic addition for each refusal, to one of a few words.
	//
	// The order of the loads matters. Every task that has been popped and is not completed
	// has a worker that is busy, and was busy before the pop. So busy is loaded after popped:
	// then popped - busy is at most the number of completed tasks. And parks is loaded before
	// wakes: then no busy worker is missed. The result may be too low, and Raise corrects
	// that. It is never too high, which could not be corrected. ShutdownNow counts as one
	// more busy worker, and counts each task that it returns before it takes the next. So
	// returned is loaded after busy: then it lacks at most that one task. And the pushes are
	// loaded last: then each task that is counted as completed or returned is counted there.
	popped := p.queue.Popped()
	parks := p.quiescence.parks.Load()
	wakes := p.quiescence.wakes.Load()
	busy := wakes - parks
	returned := p.returned.Load()
	submitted := p.submitted.Raise(p.queue.Pushed())
	// No more workers are busy than there are. Resize never lets size + excess be less, but it
	// may change both between the loads here. So size is loaded on both sides of excess.
	size := p.Size()
	excess := p.excess.Load()
	workers := max(size, p.Size()) + int(excess)
	s := workerpool.Stats{
		Size:     size,
		Capacity: p.supervisor.Options.Capacity(size),

		Queued:  p.queue.Len(),
		Busy:    int(min(busy, uint64(workers))),
		Waiting: int(p.waiters.length.Load()),
		Started: int(p.started.Load()),

		Submitted: submitted,
		Completed: min(p.completed.Raise(popped-min(popped, busy+returned)), submitted),
		Returned:  returned,
		Panicked:  p.supervisor.Panicked.Load(),
		Expired:   p.expired.Load(),

		Parks: parks,
		Wakes: wakes,
	}
	p.refusals.Report(&s)
	return s
}
