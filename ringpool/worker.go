package ringpool

import "github.com/seed62337844/workerpool/internal/mpmc"

// A worker is one goroutine of the pool, and what other goroutines need to know about it. Its
// index is older than it, and outlives it. This is the life of an index:
//
//	                        +------------+   too many workers, or the queue is
//	           +----------- | not in use | <-- drained: from each of the three
//	           |            +------------+   states below
//	           | New, Resize
//	           v
//	+---------------------+    claimed: a new worker    +------+
//	| idle, no goroutine  | --------------------------> | busy |
//	+---------------------+                             +------+
//	           ^                                         ^    |
//	           | evicted                         claimed |    | queue empty
//	           |                                         |    v
//	           |                              +---------------------+
//	           +----------------------------- | idle, its goroutine |
//	                                          | sleeps              |
//	                                          +---------------------+
type worker struct {
	// Set before any other goroutine sees the worker.
	pool  *Pool
	entry *workerEntry // the entry of its index, by which the idle stack knows it

	// These belong to the goroutine that has claimed the worker, from the CAS that
	// took it off the stack until the Unpark, and then to the worker, until it
	// pushes itself.
	task      func() // what to run first, if hasTask
	hasTask   bool
	searching bool // it was woken with a searching permit, which it must release
	mustEnd   bool // it was removed by a Resize, and woken only to end

	sleeper // how it sleeps
}

// newWorker makes a worker for an entry that the caller owns.
func (p *Pool) newWorker(entry *workerEntry) *worker {
	w := &worker{pool: p, entry: entry}
	w.parker.Init()
	return w
}

// start starts the goroutine of a new worker.
func (p *Pool) start(w *worker) {
	p.started.Inc()
	p.evictor.add(&w.sleeper)
	p.supervisor.Start(w.work)
}

// work is the loop of a worker's goroutine: it runs the task that it was given, and then
// those that it takes, until the worker must end. The supervisor calls it again after a
// task that panicked or called Goexit. Then the worker has been given none, and goes on
// with the next.
func (w *worker) work() {
	task, ok := w.accept()
	if !ok {
		task, ok = w.next()
	}
	for ok {
		if w.pool.supervisor.CallsDirectly() {
			task()
		} else {
			w.pool.supervisor.Call(task)
		}
		task, ok = w.next()
	}
	w.pool.alive.done(1)
}

// next returns the task to run now: the oldest in the queue, or the one that the worker
// was given while it slept. It returns false when the goroutine must end: the queue is
// drained, there are too many workers, or the worker was evicted.
func (w *worker) next() (task func(), ok bool) {
	p := w.pool
	for {
		task, result := p.take()
		switch result {
		case taken:
			p.roomFreed()
			return task, true
		case tooMany:
			if p.removeBusy(w) {
				return nil, false
			}
			continue
		case drained:
			p.wakeAll()
			w.end()
			return nil, false
		case empty:
			if p.admitBeforeIdle() {
				continue
			}
		}
		p.evictor.markIdle(&w.sleeper)
		p.pushIdle(w.entry, 0) // P1
		p.lookForWork()        // P2
		w.parker.Park()        // P3
		if w.isEvicted() {
			return nil, false // the index no longer belongs to w
		}
		if w.mustEnd {
			w.end()
			return nil, false
		}
		if task, ok := w.accept(); ok { // P4
			return task, true
		}
	}
}

// end records that w will neither run a task nor sleep any more.
func (w *worker) end() {
	w.pool.evictor.forget(&w.sleeper)
	w.pool.quiescence.parked()
}

// accept returns the task that w was given, if there is one, and does P4.
func (w *worker) accept() (task func(), ok bool) {
	task, ok = w.task, w.hasTask
	w.task, w.hasTask = nil, false // or the worker would keep a finished task alive
	if w.searching {
		w.searching = false
		w.pool.idle.release(oneSearching)
		w.pool.recheck()
	}
	return task, ok
}

// A takeResult says what became of an attempt to take a task.
type takeResult uint8

const (
	taken   takeResult = iota
	empty              // no task is queued
	pending            // the oldest task has its slot and is not yet published
	drained            // no task is queued, and never will be
	tooMany            // there are more workers than the size says: one must leave
)

// take removes the oldest task from the queue, for a worker. It checks whether there
// are too many workers after it has loaded the ring and before it pops: see resize.go.
func (p *Pool) take() (task func(), result takeResult) {
	for {
		ring := p.queue.Oldest()          // Z1
		if p.sizes.load().excess() != 0 { // Z2
			return nil, tooMany
		}
		switch task, o := ring.TryPop(); o { // Z3
		case mpmc.OK:
			return task, taken
		case mpmc.Empty:
			return nil, empty
		case mpmc.Pending:
			return nil, pending
		}
		if !p.queue.Advance(ring) {
			return nil, drained
		}
	}
}
