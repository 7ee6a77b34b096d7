package ringpool

import "github.com/seed62337844/workerpool"

// What Stats costs, and in which order it loads.
//
// The numbers cost submitters and workers little. Queued, Submitted and Completed cost
// nothing, because they follow from the two ends of the queue and the number of busy
// workers. Busy, Parks and Wakes come from two counters that change when a worker becomes
// idle or is woken; they lie beside a word that changes then anyway. Started, Panicked,
// Expired and Waiting are counted where it happens, which is rare or slow. Rejected is
// one atomic addition for each refusal, to one of a few words.
//
// Completed is popped - busy - returned. If that is too low, Raise returns what an earlier
// call returned. If it is too high, nothing can correct it. So the loads have an order in
// which it is never too high:
//
//  1. popped. Each popped task that has not ended has a busy worker, which became busy
//     before the pop.
//  2. parks, then wakes. Busy is the difference. In this order it includes every worker
//     that has been busy since the load of popped.
//  3. returned. ShutdownNow counts as one busy worker. It counts a task that it returns
//     before it pops the next. So at most one of its tasks is missing here, and the busy
//     worker stands for that one.
//  4. the pushes, for Submitted. Each task that is counted above was pushed before.

// Stats returns a snapshot of the pool. It takes the same short time for every size,
// and waits for nothing.
func (p *Pool) Stats() workerpool.Stats {
	p.checkMade("Stats")
	popped := p.queue.Popped()         // 1
	parks := p.quiescence.parks.Load() // 2
	wakes := p.quiescence.wakes.Load()
	busy := wakes - parks
	returned := p.returned.Load()                    // 3
	submitted := p.submitted.Raise(p.queue.Pushed()) // 4
	sizes := p.sizes.load()                          // no more workers are busy than there are
	s := workerpool.Stats{
		Size:     sizes.size(),
		Capacity: p.supervisor.Options.Capacity(sizes.size()),

		Queued:  p.queue.Len(),
		Busy:    int(min(busy, uint64(sizes.workers()))),
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
