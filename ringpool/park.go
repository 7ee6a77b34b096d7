package ringpool

import (
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// When is a worker woken, and when does it sleep? With too few wakes a task waits
// beside an idle worker, perhaps forever. With too many the pool is no faster than a
// channel, which wakes a goroutine for nearly every task. This is the Go scheduler's
// own problem, with workers for Ms and tasks for Gs, and so is the shape of the
// answer (see the comment on worker thread parking in runtime/proc.go). What was
// rejected on the way:
//
//  1. Wake a worker for every submit. A stream of small tasks then costs a wake and
//     a sleep each, many times what it takes to run them.
//  2. Wake one only if the queue was empty before. The second of two tasks
//     submitted together finds it not empty, and no worker is woken for it. If the
//     first task then waits for the second, they wait forever.
//  3. Count the idle workers and the queued tasks, and wake as many workers as there
//     is work for. Then every task, on every core, writes the same word.
//  4. Let a worker without a task spin before it parks. The submitter of the next task
//     often waits for the result of the last one, and needs the processor on which the
//     worker spins.
//  5. If the queue is empty, give the task to an idle worker without queuing it. That is
//     faster while there is little work. But every submit beside an idle worker must
//     then look at both ends of the queue, even while two workers are being woken.
//
// What 4 and 5 cost is in docs/design.md.
//
// So a worker is woken with one of two searching permits. It is called searching until it is
// awake, and then releases the permit. (The word is that of Tokio's scheduler. Go's says
// spinning. Theirs look for work; here the worker has its task already, as its waker took it
// from the queue.) While two workers are searching, submitters wake none. A worker that stops
// searching takes over their duty: it wakes the next worker if more tasks are queued. So a
// burst reaches all workers, each waking another, and a stream of small tasks keeps only the
// few busy that it needs. There is also the handoff, a lock that is held from the claim of an
// idle worker until a task is taken for it (idle.go).
//
// Why two? The Go scheduler runs a goroutine that was just made ready next on the
// processor of its waker. Another processor may steal it only after a pause. If a second
// goroutine is made ready, the first moves to the ordinary run queue of that processor,
// from which others can steal it at once. A third gains less.
//
// # The protocols
//
// Submit:
//
//	S1  push the task into the queue: claim a slot, then publish the task there
//	S2  go on if a worker is idle, fewer than two are searching, the handoff is free, and
//	    the oldest task is published. If the oldest task has its slot and is not yet
//	    published, make a fence, and do S2 once more. Otherwise return
//	S3  claim the worker on top of the stack, with a searching permit and the handoff
//	S4  take the oldest task, release the handoff, give the task to the worker, and wake
//	    it; it is searching until its P4. If there is no task after all, push the
//	    worker back, release the permit and the handoff, and recheck
//
// Park:
//
//	P1  announce: push yourself on the stack
//	P2  recheck; the worker woken may be yourself
//	P3  sleep
//	P4  awake with a task: if you have a searching permit, release it and recheck.
//	    Only then run the task
//
// S2 to S4 is called a look. A recheck is a look, but if the oldest task has its slot and is
// not yet published, it waits until that is done. The look of a submitter does not wait. If it
// did, a submitter that is stopped while it publishes would stop all others. (It does wait if
// it ends with a recheck, in S4, because another worker has taken the oldest task meanwhile.)
//
// A submitter that finds the queue full and a worker idle makes room (makeRoomByHandoff):
// it claims the worker with the handoff but without a permit, does S4, and rechecks.
//
// # No wake-up is lost
//
// A task is published by a release store. Other processors may see it late, even after its
// submitter has looked (mpmc/ring.go). The claim of its slot is seen at once.
//
// Suppose that a wake-up were lost: from some instant on, a task Y is queued, a worker is
// idle, and no goroutine makes another step of these protocols. (Tasks may run.) Consider the
// last instant L at which a worker was announced, or a permit or the handoff was released.
//
//  1. A recheck followed L, unless L was in New. (In New the queue is empty and nobody submits
//     yet, which is all that 4 needs. When S4 gives a task to a worker, it releases the handoff and does
//     not recheck. But either the worker has a permit, and rechecks when it releases that, or
//     the caller of S4 rechecks: a submitter that makes room, or one without a queue.)
//  2. After L nobody acquired a permit or the handoff, as each is released again.
//  3. So from L on a worker was idle, and a permit and the handoff were free. A look that
//     came later returned for one of two reasons: the queue was empty, or its oldest task
//     was not yet published. (It did not find the queue drained, as Y is queued.)
//  4. The recheck waits in the second case. So it found the queue empty, at an instant E.
//  5. Every task whose slot was claimed after E has a submitter that looked after publishing it,
//     so after L. (One look may be for several tasks: those of a batch, or of waiters that were
//     admitted.) Y is one of these tasks.
//
// A task is visible once its submitter's release store has reached the other processors.
// Let X be the one of the tasks of 5 that became visible last. What did its submitter find in
// S2, after it had published X?
//
//   - The queue was empty. Then X had been taken, so it was visible, and it is not Y. But Y had
//     no slot yet, so it became visible after X. That contradicts the choice of X.
//   - The oldest task was not yet published. Then came the fence, which makes X visible. As X is
//     the last, all tasks of 5 are visible now. So S2 after the fence found the queue empty,
//     which is the first case, or its oldest task published. Then the look went on to claim a
//     worker. (If the claim failed because a Resize had removed a worker, it did S2 again.) That
//     contradicts 2.
//
// A worker that ends a task and takes the next one need not look, although it makes the task
// after that the oldest. The argument does not depend on which task is the oldest.
//
// The order of the steps matters:
//
//   - If a submitter looked before it claims the slot, a worker could announce itself and
//     recheck in between, and neither would see the other. The same holds for a worker that
//     rechecks before it announces itself.
//   - If a holder released without a recheck, no goroutine would look for the tasks that came
//     meanwhile. Their submitters saw the permits or the handoff held, and relied on the
//     holder.
//   - If a recheck did not wait for a task to be published, it could rely on a submitter that
//     has looked already, and did not see the worker.
//   - If a submitter did not look again after a fence, two submitters could rely on each
//     other: each sees the other's task as the oldest and not yet published, because a worker
//     takes the older task in between, and does not look.
//
// A permit is released before the task runs, so no task can hold one, whether it blocks,
// panics or exits.
//
// # The end
//
// A look that finds the queue drained wakes all idle workers, and they end. After the queue
// has ended, no slot is claimed any more, and close rechecks. So does each worker that is
// announced later (P2), and each goroutine that releases a permit or the handoff, or the
// worker that it has woken (P4). Consider the last of these rechecks to load the idle state:
//
//   - It found the permits and the handoff free. Whoever holds one rechecks later.
//   - It gave no task to a worker. That worker would have rechecked later.
//   - If it found no worker idle, none became idle later.
//   - If it found one, it found the queue drained, and woke all.
//
// ShutdownNow announces and releases nothing while it empties the queue, so it needs no look
// of its own.

// recheck is the look of a goroutine that has announced a worker, has released a searching
// permit or the handoff, or has ended the queue.
func (p *Pool) recheck() { p.look(true) }

// look is S2 to S4. If the oldest task has its slot and is not yet published, a recheck waits
// until it is. A submitter, which has published a task of its own, does S2 once more after a
// fence.
func (p *Pool) look(recheck bool) {
	fenced := false
	for attempt := 0; ; attempt++ {
		s := p.idle.load()
		if !s.mayWake() {
			return // the holders will look, or the next worker that parks
		}
		o := p.queue.Oldest().Peek()
		if o == mpmc.Drained {
			o = p.queue.Peek() // another ring may have been appended
		}
		switch o {
		case mpmc.OK:
			if entry := p.claim(s, handoff|oneSearching); entry != nil {
				p.finishHandoff(entry, handoff|oneSearching)
				return
			}
		case mpmc.Drained:
			p.wakeAll()
			return
		case mpmc.Pending:
			switch {
			case recheck:
				step.Relax(attempt)
			case fenced:
				return
			default:
				step.Fence()
				fenced = true
			}
		default:
			return
		}
	}
}

// claim claims the worker on top of the idle stack; see idleStack. It must be followed by
// finishHandoff, give or pushIdle.
func (p *Pool) claim(s idleState, h hold) *workerEntry {
	entry := p.idle.claim(s, h)
	if entry != nil {
		p.quiescence.woken() // before the task is popped, for Stats, and while the handoff is held, for Wait
	}
	return entry
}

// finishHandoff is S4 for a caller that has claimed the worker, and holds h. Nothing that
// allocates or takes a lock comes between the claim and the release of the handoff. (Only the
// admission of a waiter without a queue takes one there: see admitDirect.)
//
// It calls look again, which may have called it. Each time the two go one call deeper, a task was
// there when look saw it, and another worker took it in between. So they do not go deep.
func (p *Pool) finishHandoff(entry *workerEntry, h hold) {
	task, result := p.take()
	if result != taken {
		p.pushIdle(entry, h)
		p.recheck()
		return
	}
	p.give(entry, h, task)
}

// give is the end of S4: it releases the handoff, gives the task to the worker, and wakes
// it.
func (p *Pool) give(entry *workerEntry, h hold, task func()) {
	p.idle.release(handoff)
	w := entry.worker
	reserved := w != nil && w.reserve()
	if !reserved { // an evicted worker is not used again: its goroutine may not have ended
		w = p.newWorker(entry)
		entry.worker = w
	}
	w.task, w.hasTask, w.searching = task, true, h&oneSearching != 0
	if reserved {
		w.parker.Unpark()
	} else {
		p.start(w)
	}
	p.roomFreed()
}

// makeRoomByHandoff makes room in a full queue: it gives the oldest task to an idle worker,
// even if both permits are held. It does nothing if the state is no longer s, or if the
// oldest task is not yet published.
func (p *Pool) makeRoomByHandoff(s idleState) {
	if p.queue.Peek() != mpmc.OK {
		return
	}
	if entry := p.claim(s, handoff); entry != nil {
		p.finishHandoff(entry, handoff)
		p.recheck()
	}
}

// pushIdle pushes a worker on the idle stack, and releases h.
func (p *Pool) pushIdle(entry *workerEntry, h hold) {
	p.idle.push(entry.index, entry, h)
	// After the push: Stats must not count a worker as idle that can't be claimed yet.
	p.quiescence.parked()
	// After the push, too: either this load sees what Resize stored, or Resize, which
	// then looks for idle workers, sees this one.
	if p.sizes.load().excess() != 0 {
		p.removeIdle()
	}
}

// wakeAll wakes all idle workers, so that they end, because the queue is drained.
func (p *Pool) wakeAll() {
	noGoroutine := uint32(0) // idle workers without a goroutine to end
	for index := p.idle.claimAll(); index != 0; {
		entry, below := p.entries.find(index), p.idle.below(index)
		if entry != nil && entry.worker != nil && entry.worker.reserve() {
			p.quiescence.woken()
			entry.worker.parker.Unpark()
		} else {
			noGoroutine++
		}
		index = below
	}
	p.quiescence.check()
	p.alive.done(noGoroutine)
}
