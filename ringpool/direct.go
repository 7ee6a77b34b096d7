package ringpool

import (
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// A pool with a queue capacity of 0 accepts a task only if a worker takes it at once. Such a
// pool is called direct here, as java.util.concurrent speaks of direct handoffs. Its queue has
// one slot, which holds a task only while the submitter holds the handoff:
//
//	H1  load the state; if the handoff is held, wait and try again; if no worker is
//	    idle, the pool is full
//	H2  claim a worker with the handoff
//	H3  push the task; if the queue has ended, push the worker back instead
//	H4  pop the task, release the handoff, give the task to the worker, and wake it
//	H5  recheck, for goroutines that could not claim while the handoff was held
//
// The push of H3 always finds room: only the holder of the handoff pushes, and it does not
// release the handoff before its task has been popped. (It may wait for the pop before that
// to finish.) A worker that has just ended a task may take the task before H4, and so may
// ShutdownNow. Then the claimed worker is pushed back.
//
// If there are too many workers, the claimed worker leaves, and H1 begins again. The
// submitter checks that before H3, so a task that was pushed always gets a worker. A
// Resize that begins after the check is concurrent with the submit, which may go by the
// old size.
//
// The refusal of H1 is exact: at the instant of the load no worker was idle, and none was
// claimed and still without a task. After a shutdown no worker is idle either. So a submit
// that is refused checks whether the queue has ended: if so, it returns Closed, and otherwise
// Full.
//
// A waiter is admitted when a worker is idle. The waiter joins the list, then tries to
// claim a worker (H1). The worker pushes itself on the stack (P1), then looks at the length
// of the list (P2). So at least one of the two sees the other. H1 waits while the handoff is
// held, so it does not miss a worker that is pushed back.

// pushDirect is push for a pool without a queue: H1 to H5. Overdue waiters come first.
func (p *Pool) pushDirect(task func()) mpmc.Outcome {
	if p.queue.Pushed() >= p.waiters.oldestOverdueAt() && !p.admitDirect() {
		return p.refuseDirect() // there is no worker for the waiter, so there is none for task
	}
	entry := p.claimDirect()
	if entry == nil {
		return p.refuseDirect()
	}
	return p.handDirect(entry, task)
}

// refuseDirect returns the outcome of a push for which no worker is idle.
func (p *Pool) refuseDirect() mpmc.Outcome {
	if p.queue.Ended() {
		return mpmc.Closed
	}
	return mpmc.Full
}

// claimDirect is H1 and H2. It returns nil if no worker is idle.
func (p *Pool) claimDirect() *workerEntry {
	for attempt := 0; ; attempt++ {
		s := p.idle.load()
		switch {
		case s.inHandoff():
			step.Relax(attempt)
		case s.empty():
			return nil
		default:
			entry := p.claim(s, handoff)
			if entry == nil {
				continue
			}
			if p.sizes.load().excess() == 0 {
				return entry
			}
			p.pushIdle(entry, handoff) // the worker leaves, as there are too many
			p.recheck()
		}
	}
}

// handDirect is H3 to H5, for a caller that has done H2.
func (p *Pool) handDirect(entry *workerEntry, task func()) mpmc.Outcome {
	o := p.queue.TryPush(task)
	if oldest, popped := p.queue.TryPop(); popped == mpmc.OK {
		p.give(entry, handoff, oldest)
	} else {
		p.pushIdle(entry, handoff)
	}
	p.recheck()
	return o
}

// admitDirect admits the waiters of a pool without a queue, as long as a worker is idle.
// It returns true if no waiter is left.
func (p *Pool) admitDirect() bool {
	if !p.direct {
		return true
	}
	for p.waiters.length.Load() != 0 {
		entry := p.claimDirect()
		if entry == nil {
			return false
		}
		w := p.waiters.takeOldest()
		if w == nil {
			p.pushIdle(entry, handoff)
			p.recheck()
			return true
		}
		task := w.task
		w.task, w.verdict = nil, admitted
		if p.handDirect(entry, task) != mpmc.OK {
			w.verdict = refused
		}
		w.parker.Unpark()
	}
	return true
}

// lookForWork is P2: recheck, and in a pool without a queue also the worker's look for
// waiters.
func (p *Pool) lookForWork() {
	p.recheck()
	if p.direct {
		p.admitDirect()
	}
}
