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
//	S1  publish the task in the queue
//	S2  look: unless the oldest task is published, a worker is idle, fewer than two
//	    are searching, and the handoff is free, that's all
//	S3  claim the worker on top of the stack, and with it one searching and the
//	    handoff
//	S4  take the oldest task, release the handoff, hand the task over, and wake the
//	    worker, which is searching from now on; if there is no task after all, push
//	    the worker back, release both, and go on with S2
//
// Park:
//
//	P1  announce: push yourself on the stack
//	P2  look, as S2 to S4; the worker woken may be yourself
//	P3  sleep
//	P4  awake with a task, stop searching if you were, look, as S2 to S4, and only
//	    then run the task
//
// A submitter that finds the queue full, and a worker idle, claims the worker with
// the handoff alone, goes on as in S4, and looks.
//
// # No wake-up is lost
//
// Suppose one were lost. Then from some instant on, the oldest task is published, a
// worker is idle, and nobody acts. One of three events came last before that
// instant: the task was published (S1), the worker was announced (P1), or searching
// or the handoff was released. After each of them the same goroutine looks, and the
// look comes after the event in the one order that all atomic operations have. So it
// sees the task, the worker, fewer than two searching and a free handoff, and acts;
// or it sees two searching or the handoff held, and then releasing them was not the
// last event, but is yet to come. Where the handoff is released without a look, in
// S4, a worker is woken that is searching, and its P4 is yet to come.
//
// A fourth event has no look behind it. A worker that ends one task and takes the
// next, without ever searching, makes the task after that the oldest. If that one
// was published already, then the look of its own submit came to nothing for one of
// three reasons. Nobody was idle: then every worker that has become idle since has
// looked in P2. Or two were searching, or the handoff was held: their holders look
// when they release it. Or the task that was the oldest then was not yet published:
// its submitter looks once it is. Each of these looks sees whatever is the oldest
// then.
//
// If it were done the other way round, first the look and then the publishing or
// announcing, a task could be published and a worker fall asleep each between the
// other's two steps. And if a holder released without a look, nobody would speak for
// the tasks that came in the meantime: their submitters saw it held, and left.
// Searching ends before the task runs, so no task can hold it, whether it blocks,
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

// recheck is the look of a goroutine that has announced a worker, or has released
// searching or the handoff. If the oldest task is just being published, it waits until
// that is done.
func (p *Pool) recheck() {
	for attempt := 0; !p.wakeOne(); attempt++ {
		step.Relax(attempt)
	}
}

// wakeOne is the look: S2 to S4. It returns false if there is more to see soon, because
// the oldest task is just being published. To a submitter that makes no difference.
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
