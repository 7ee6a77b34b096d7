package ringpool

import (
	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/step"
)

// Stats returns a snapshot of the pool. It takes the same short time for every
// size, and waits for nothing but a Resize, or the beginning of a shutdown, that is
// just moving the queue.
//
// What the figures cost those who submit and run tasks: Queued, Submitted and
// Completed nothing, because they follow from the two ends of the ring and the
// number of busy workers. Busy, Parks and Wakes are two counters that change
// when a worker goes to sleep or is woken, beside a word that changes then
// anyway. Started, Panicked and Waiting are counted where it happens, which is
// rare or slow. Rejected is one atomic addition for each refusal, to one of a
// few words that share the work.
func (p *Pool) Stats() workerpool.Stats {
	for attempt := 0; ; attempt++ {
		if s, ok := p.stats(); ok {
			return s
		}
		step.Relax(attempt)
	}
}

// stats is Stats, if no Resize interferes.
func (p *Pool) stats() (s workerpool.Stats, ok bool) {
	// The order matters. Every task that has been popped and is not completed
	// has a worker that is busy, and was so before the pop. So if the busy
	// workers are counted after the pops, the difference is at most the number
	// of completed tasks; and if the parks are counted before the wakes, no
	// busy worker is overlooked. So the difference may be too low, which Raise
	// makes good, and never too high, which nothing could. ShutdownNow counts as
	// one more busy worker, and counts each task that it returns before it takes
	// the next; so if the returned tasks are counted last, no more than that
	// one is missing from them.
	r := p.ring.Load()
	popped := r.Popped()
	parks := p.parks.Load()
	wakes := p.wakes.Load()
	busy := wakes - parks
	returned := p.returned.Load()
	pushed := r.Pushed()
	// A task that has overflowed is pushed later, and counted there from then on.
	// As it leaves the backlog before, it may be missing here for a moment, which
	// Raise makes good, and is not counted twice.
	backlog := p.waiters.backlog.Load()
	size := p.Size()
	surplus := p.surplus.Load()
	if backlog == moving || p.waiters.backlog.Load() == moving || p.ring.Load() != r {
		return s, false // what was moved out of r looks as if it were popped
	}
	submitted := p.submitted.Raise(pushed + uint64(backlog))
	s = workerpool.Stats{
		Size:     size,
		Capacity: 2 * size,

		Queued:  int(min(pushed-popped, uint64(r.Cap()))) + int(backlog),
		Busy:    int(min(busy, uint64(size)+uint64(surplus))),
		Waiting: int(p.waiters.length.Load()),
		Started: int(p.started.Load()),

		Submitted: submitted,
		Completed: min(p.completed.Raise(popped-min(popped, busy+returned)), submitted),
		Returned:  returned,
		Panicked:  p.supervisor.Panicked.Load(),

		Parks: parks,
		Wakes: wakes,
	}
	p.refused.Report(&s)
	return s, true
}
