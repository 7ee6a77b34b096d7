package ringpool

import (
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// A worker is one of the pool's goroutines, or the promise of one: it exists
// from its first claim, and has a goroutine from its first task. When that is let
// go, another worker takes its place with the next task.
type worker struct {
	// Set before anybody else sees the worker.
	pool  *Pool
	index uint32 // its name on the stack, from 1

	// What lies below it on the stack. Stored by whoever is about to put it
	// there, loaded by all who try to claim it, and void if their CAS fails.
	below step.Uint32

	// Whether its goroutine may be let go; see timeout.go.
	since step.Uint64

	// These belong to whoever has claimed the worker, from the CAS that took
	// it off the stack until the bed's wake, and then to the worker, until the
	// CAS that puts it back.
	started bool   // has a goroutine, or had one that was let go
	task    func() // handed over; nil if the wake only bids the worker look
	token   bool   // has come with the task
	leaves  bool   // the wake bids the worker leave

	bed bed
}

// work is the loop of a worker's goroutine: the task handed to it, and those
// that it takes, until there can be no more. The keeper calls it again after a
// task that panicked or called Goexit. Such a worker has nothing handed to it,
// holds no token, and just goes on.
func (w *worker) work() {
	task := w.handed()
	if task == nil {
		task = w.next()
	}
	for task != nil {
		if w.pool.supervisor.Bare() {
			task()
		} else {
			w.pool.supervisor.Call(task)
		}
		task = w.next()
	}
	w.pool.retire(1)
}

// next returns the task to run now: the oldest in the ring, or one handed over
// after a sleep. It returns nil when the goroutine is to end: the ring is drained,
// the worker is one too many, or it has been idle for too long.
func (w *worker) next() func() {
	p := w.pool
	for {
		task, o := p.take()
		switch {
		case o == mpmc.OK:
			return task
		case o == tooMany:
			if p.leave(w) {
				return nil
			}
			continue
		case o == mpmc.Drained:
			p.dismiss()
			w.ends()
			return nil
		case o == mpmc.Empty && p.waiters.length.Load() != 0 && p.admit(true) == mpmc.OK:
			continue // a submitter's task is in the ring, or was
		}
		if p.timeout.after != 0 {
			w.tire()
		}
		p.stack(w, 0) // P1
		p.rouse()     // P2
		w.bed.sleep() // P3
		if w.since.Load() == gone {
			return nil // somebody else has its place, and parks for it
		}
		if w.leaves {
			w.ends()
			return nil
		}
		if task := w.handed(); task != nil {
			return task
		}
	}
}

// ends says that w will neither run a task nor sleep any more.
func (w *worker) ends() {
	if w.pool.timeout.after != 0 {
		w.since.Store(gone) // to sweeps
	}
	w.pool.countPark() // this time for good
}

// handed returns the task that was left for the worker, or nil, and does P4.
func (w *worker) handed() func() {
	task := w.task
	w.task = nil // or the worker would keep a finished task alive
	if w.token {
		w.token = false
		w.pool.giveUp()
	}
	return task
}
