package ringpool

// Stats returns a snapshot of the pool. It does not block, and takes the same
// short time for every size.
//
// What the figures cost those who submit and run tasks: Queued, Submitted and
// Completed nothing, because they follow from the two ends of the ring and the
// number of busy workers. Busy, Parks and Wakes are two counters that change
// when a worker goes to sleep or is woken, beside a word that changes then
// anyway. Started, Panicked and Waiting are counted where it happens, which is
// rare or slow. Rejected is one atomic addition for each refusal, to one of a
// few words that share the work.
func (p *Pool) Stats() Stats {
	// The order matters. Every task that has been popped and is not completed
	// has a worker that is busy, and was so before the pop. So if the busy
	// workers are counted after the pops, the difference is at most the number
	// of completed tasks; and if the parks are counted before the wakes, no
	// busy worker is overlooked. So the difference may be too low, which Raise
	// makes good, and never too high, which nothing could. ShutdownNow counts as
	// one more busy worker, and counts each task that it returns before it takes
	// the next; so if the returned tasks are counted last, no more than that
	// one is missing from them.
	popped := p.ring.Popped()
	parks := p.parks.Load()
	wakes := p.wakes.Load()
	busy := wakes - parks
	returned := p.returned.Load()
	pushed := p.ring.Pushed()
	s := Stats{
		Size:     p.Size(),
		Capacity: p.ring.Cap(),

		Queued:  int(min(pushed-popped, uint64(p.ring.Cap()))),
		Busy:    int(min(busy, uint64(p.Size()))),
		Waiting: int(p.waiters.length.Load()),
		Started: int(p.started.Load()),

		Submitted: pushed,
		Completed: min(p.completed.Raise(popped-min(popped, busy+returned)), pushed),
		Returned:  returned,
		Panicked:  p.keeper.Panicked.Load(),

		Parks: parks,
		Wakes: wakes,
	}
	p.refused.Report(&s)
	return s
}
