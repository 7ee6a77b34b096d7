package ringpool

import (
	"github.com/seed62337844/workerpool"
)

// Stats returns a snapshot of the pool. It takes the same short time for every size,
// and waits for nothing.
//
// What the figures cost those who submit and run tasks: Queued, Submitted and Completed
// nothing, because they follow from the two ends of the queue and the number of busy
// workers. Busy, Parks and Wakes are two counters that change when a worker becomes
// idle or is woken, beside a word that changes then anyway. Started, Panicked, Expired
// and Waiting are counted where it happens, which is rare or slow. Rejected is one
// atomic addition for each refusal, to one of a few words that share the work.
func (p *Pool) Stats() workerpool.Stats {
	p.checkMade("Stats")
	// The order matters. Every task that has been popped and is not completed has a
	// worker that is busy, and was so before the pop. So if the busy workers are counted
	// after the pops, the difference is at most the number of completed tasks; and if the
	// parks are counted before the wakes, no busy worker is overlooked. So the difference
	// may be too low, which Raise makes good, and never too high, which nothing could.
	// ShutdownNow counts as one more busy worker, and counts each task that it returns
	// before it takes the next; so if the returned tasks are counted last, no more than
	// that one is missing from them.
	popped := p.queue.Popped()
	parks := p.quiescence.parks.Load()
	wakes := p.quiescence.wakes.Load()
	busy := wakes - parks
	returned := p.returned.Load()
	submitted := p.submitted.Raise(p.queue.Pushed())
	size := p.Size()
	s := workerpool.Stats{
		Size:     size,
		Capacity: p.supervisor.Options.Capacity(size),

		Queued:  p.queue.Len(),
		Busy:    int(min(busy, uint64(size)+uint64(p.excess.Load()))),
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
