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
//     submitted together finds it not empty and wakes nobody. If the first then
//     waits for the second, they wait forever.
//  3. Count the idle workers and the queued tasks, and wake as many as are of use.
//     The counts are a word that every task writes, on every core.
//  4. Let a worker that has run out of tasks look at the ring for a while before it
//     sleeps. The submitter of the next task often waits for the result of the last,
//     and for the very processor on which the worker looks.
//  5. Hand the task straight to an idle worker if the ring is empty, past the ring.
//     That saves work where there is hardly any, and costs a look at both ends of
//     the ring wherever a worker is idle.
//
// What 4 and 5 cost is in docs/design.md.
//
// What is left: at most two workers at a time are searching, on their way from sleep
// to work. While two are, submitters wake nobody. A worker that has its task takes
// over their duty: it stops searching, and wakes the next worker if there are tasks
// left. So a burst reaches all workers, each waking another, and a stream of small
// tasks keeps the few busy that it needs.
//
// Why two? A goroutine that has just been made ready stands first in line on its
// waker's processor, and the Go scheduler lets another processor take it only after
// a pause. A second one moves the first to the common queue, where an idle processor
// finds it at once. A third gains less.
//
// # The protocols
//
// Submit:
//
//	S1  push the task into the queue: claim a slot, then publish the task there
//	S2  look: return unless a worker is idle, fewer than two are searching, the handoff
//	    is free, and the oldest task is published
//	S3  claim the worker on top of the stack, with one of the two searching permits and
//	    the handoff
//	S4  take the oldest task, release the handoff, give the task to the worker, and wake
//	    it; it is searching until its P4. If there is no task after all, push the
//	    worker back, release both, and recheck
//
// Park:
//
//	P1  announce: push yourself on the stack
//	P2  recheck; the worker woken may be yourself
//	P3  sleep
//	P4  awake with a task, release the searching permit if you have one, recheck, and
//	    only then run the task
//
// Recheck is S2 to S4, but if the oldest task has its slot and is not yet published, it
// waits until that is done, and looks again. A submitter does not wait in S2.
//
// A submitter that finds the queue full and a worker idle makes room: it claims the
// worker with the handoff alone, does S4, and rechecks.
//
// # No wake-up is lost
//
// Suppose one were lost. Then from some instant on, the oldest task is published, a
// worker is idle, and no goroutine acts. One of three events came last: a slot was
// claimed for the task (S1), the worker was announced (P1), or a searching permit or the
// handoff was released. After each of them the same goroutine looks.
//
// If the claim came last, its goroutine sees the worker, a free permit and a free handoff,
// and its own task, and acts. After the other two it rechecks: it sees that the task
// has its slot, waits until it is published, and acts. Or it sees both permits
// or the handoff taken. Then their release was not the last event, but is yet to come.
// S4 releases the handoff without a look, but it wakes a worker that has a permit,
// and that worker rechecks in P4.
//
// A fourth event has no look after it. A worker that ends a task takes the next one from
// the queue, and so makes the task after that the oldest. Suppose that this one was
// published already, and that its own submit woke no worker, for one of three reasons.
// (a) No worker was idle. Then every worker that has become idle since has rechecked in
// P2. (b) Both permits or the handoff were taken. Then their holders recheck when they
// release them. (c) The task that was the oldest then was not yet published. Then the
// submitter of that task has looked, too, after the claim of its slot. It has woken a
// worker, which rechecks in P4, or had reason (a) or (b), or had reason (c) because of a
// still older task, and so on. Each of these rechecks sees the task that is the oldest by
// then.
//
// The order of the steps matters. If a look came before the claim of the slot or the
// announcement, a task could be published and a worker fall asleep each between the
// other's two steps. If a holder released without a look, no goroutine would look for
// the tasks that came meanwhile: their submitters saw it held and relied on the holder.
// And if a recheck did not wait for a task to be published, it could leave the task to a
// submitter that has looked already: what a submitter publishes may reach other
// processors after its look. That a slot is claimed never does, because the claim is a
// compare-and-swap.
//
// A permit is released before the task runs, so no task can hold one, whether it blocks,
// panics or exits.
//
// # The end
//
// A queue that has ended gets no more tasks. The worker that gets the last one looks
// for another when it has ended, and finds the queue drained. (Or it leaves, because
// there are too many workers. Then, if anybody was idle beside that last task,
// somebody was about to look, as has been argued, and finds the queue drained.) A
// worker that goes to sleep later finds so in P2, a holder when it releases, and
// Shutdown if nothing was queued from the start. ShutdownNow takes tasks as a worker
// does, and looks when there are no more. A look that finds the queue drained
// dismisses all idle workers.

// recheck is the look of a goroutine that has announced a worker, or has released a
// searching permit or the handoff.
func (p *Pool) recheck() {
	for attempt := 0; !p.wakeOne(); attempt++ {
		step.Relax(attempt)
	}
}

// wakeOne is the look of a submitter: S2 to S4. It returns false if it woke no worker
// because the oldest task has its slot and is not yet published.
func (p *Pool) wakeOne() bool {
	for {
		s := p.idle.load()
		if !s.mayWake() {
			return true // the holders will look, or the next worker that parks
		}
		o := p.queue.Oldest().Peek()
		if o == mpmc.Drained {
			o = p.queue.Peek() // another ring may have been appended
		}
		switch o {
		case mpmc.OK:
			if slot := p.claim(s, handoff|oneSearching); slot != nil {
				p.handOff(slot, handoff|oneSearching)
				return true
			}
		case mpmc.Drained:
			p.dismissIdle()
			return true
		case mpmc.Pending:
			return false
		default:
			return true
		}
	}
}

// claim claims the worker on top of the idle stack; see idleStack. It must be
// followed by a handOff or a pushIdle.
func (p *Pool) claim(s idleState, h hold) *workerSlot {
	slot := p.idle.claim(s, h)
	if slot != nil {
		p.quiescence.woken() // before the pop, for Stats, and while the handoff is held
	}
	return slot
}

// handOff is S4 for a caller that has claimed the worker, and holds h. Nothing that
// allocates or waits comes between the claim and the release of the handoff.
func (p *Pool) handOff(slot *workerSlot, h hold) {
	task, result := p.take()
	if result != taken {
		p.pushIdle(slot, h)
		p.recheck()
		return
	}
	p.give(slot, h, task)
}

// give is the end of S4: it releases the handoff, and hands the task over.
func (p *Pool) give(slot *workerSlot, h hold, task func()) {
	p.idle.release(handoff)
	w := slot.worker
	awake := w != nil && w.reserve()
	if !awake { // its goroutine may not yet have ended, if it was evicted
		w = p.newWorker(slot)
		slot.worker = w
	}
	w.task, w.handed, w.searching = task, true, h&oneSearching != 0
	if awake {
		w.parker.Unpark()
	} else {
		p.start(w)
	}
	p.freed()
}

// handOver makes room in a full queue: it hands the oldest task to an idle worker,
// however many are searching. It does nothing if the state is no longer s, or if the
// oldest task is not yet published.
func (p *Pool) handOver(s idleState) {
	if p.queue.Peek() != mpmc.OK {
		return
	}
	if slot := p.claim(s, handoff); slot != nil {
		p.handOff(slot, handoff)
		p.recheck()
	}
}

// pushIdle pushes a worker on the idle stack, and releases h.
func (p *Pool) pushIdle(slot *workerSlot, h hold) {
	p.idle.push(slot.index, slot, h)
	p.quiescence.parked() // not before: Stats must not call a worker idle that can't be claimed
	if p.excess.Load() != 0 {
		p.removeIdle() // not before, either: Resize has looked for idle workers
	}
}

// dismissIdle lets all idle workers go, because the queue is drained.
func (p *Pool) dismissIdle() {
	absent := uint32(0)
	for index := p.idle.claimAll(); index != 0; {
		slot, below := p.slots.find(index), p.idle.below(index)
		if slot != nil && slot.worker != nil && slot.worker.reserve() {
			p.quiescence.woken()
			slot.worker.parker.Unpark()
		} else {
			absent++
		}
		index = below
	}
	p.quiescence.check()
	p.presence.leave(absent)
}
