package pooltest

// A modelWorker is a worker. Its tasks come through the inbox, which holds one.
type modelWorker struct {
	p       *model
	inbox   chan func()
	running bool
	last    func() // by the fault keepsLastTask
}

// wakeWorker returns a worker that is idle, or new, and makes it busy.
func (p *model) wakeWorker() *modelWorker {
	p.stats.Busy++
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return w
	}
	return p.startWorker()
}

func (p *model) startWorker() *modelWorker {
	p.stats.Started++
	w := &modelWorker{p: p, inbox: make(chan func(), 1)}
	if p.fault != waitsForAll {
		p.workers.Add(1)
	}
	if p.fault == plainRecover || p.fault == losesPanicker {
		go w.workPlainly()
	} else {
		go p.supervisor.Run(w.work)
	}
	return w
}

// work is called again after a task that has not returned.
func (w *modelWorker) work() {
	if w.running {
		w.next()
	}
	for task := range w.inbox {
		w.running = true
		if w.p.fault == keepsLastTask {
			w.last = task
		}
		if w.p.fault == observesNoLate && w.p.returned.Load() {
			task = w.p.supervisor.Unobserved(task)
		}
		if w.p.fault == callsBare {
			task()
		} else {
			w.p.supervisor.Call(task)
		}
		w.next()
	}
	w.p.workers.Done()
	if w.p.fault == leavesGoroutine {
		select {}
	}
}

// workPlainly is work without a supervisor, as in most pools.
func (w *modelWorker) workPlainly() {
	defer w.p.workers.Done()
	for task := range w.inbox {
		if !w.runPlainly(task) && w.p.fault == losesPanicker {
			return
		}
		w.next()
	}
}

func (w *modelWorker) runPlainly(task func()) (returned bool) {
	defer func() {
		if value := recover(); value != nil {
			w.p.supervisor.Panicked.Inc()
			w.p.supervisor.Handle(value, nil)
		}
	}()
	task()
	return true
}

// next counts the end of a task, and gives the worker the oldest task that is
// queued, or that a waiter has. If there is none, the worker becomes idle.
func (w *modelWorker) next() {
	p := w.p
	p.mu.Lock()
	defer p.mu.Unlock()
	w.running = false
	p.stats.Completed++
	switch {
	case p.fault == looksOnce && p.oneIn(100) || p.fault == batches && p.stats.Busy > 1:
		p.makeIdle(w)
	case len(p.queue) > 0:
		w.inbox <- p.takeQueued()
		if 2*len(p.queue) <= p.capacity {
			p.latched = false
		}
		p.serveWaiter()
	case p.capacity == 0 && len(p.waiters) > 0 && p.fault != servesFromQueueOnly:
		w.inbox <- p.takeWaiter().task
	default:
		p.makeIdle(w)
	}
}

func (p *model) makeIdle(w *modelWorker) {
	p.stats.Busy--
	if p.stats.Busy == 0 && len(p.queue) == 0 || p.fault == quiescentWithoutQueue && len(p.queue) == 0 {
		p.quiescent()
	}
	if p.closed {
		close(w.inbox)
	} else {
		p.idle = append(p.idle, w)
	}
}

// takeQueued removes the oldest task from the queue.
func (p *model) takeQueued() func() {
	last := len(p.queue) - 1
	if p.fault == newestTask {
		p.queue[0], p.queue[last] = p.queue[last], p.queue[0]
	}
	task := p.queue[0]
	if p.fault != keepsSlots {
		p.queue[0] = nil
	}
	p.queue = p.queue[1:]
	return task
}

// serveWaiter gives the free slot to the oldest waiter.
func (p *model) serveWaiter() {
	switch {
	case len(p.waiters) == 0 || p.latched:
	case p.fault == halfEmpty && 2*len(p.queue) > p.capacity:
	case p.fault == starvesWaiters && len(p.queue) > 0:
	case p.bypassed < p.bypassLimit() && len(p.queue) > 0:
	case p.fault == wakesAll:
		for _, w := range p.waiters {
			w.done <- errTryAgain
		}
		p.waiters = nil
	default:
		p.queue = append(p.queue, p.takeWaiter().task)
	}
}

// bypassLimit is how many tasks are accepted before one that waits.
func (p *model) bypassLimit() int {
	switch p.fault {
	case bypassesInBounds:
		return 64 * p.capacity
	case bypassesTenfold:
		return 10 * 64 * p.capacity
	default:
		return 0
	}
}

// takeWaiter accepts the task of the oldest waiter.
func (p *model) takeWaiter() *modelWaiter {
	w := p.waiters[0]
	p.waiters[0] = nil
	p.waiters = p.waiters[1:]
	p.stats.Submitted++
	w.done <- nil
	return w
}

// quiescent ends all calls of Wait.
func (p *model) quiescent() {
	if p.fault == missesQuiescence && p.oneIn(4) || p.fault == quiescentOpenOnly && p.closed {
		return
	}
	for _, r := range p.awaiting {
		close(r)
	}
	p.awaiting = nil
}
