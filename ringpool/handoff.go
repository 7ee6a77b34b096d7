package ringpool

import (
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// A pool with a queue capacity of 0 accepts a task only if a worker takes it at once.
// Its queue has room for one task, which is in it only while the handoff is held:
//
//	H1  load the state; if nobody is idle, and the handoff is free, the pool is full
//	H2  claim a worker with the handoff
//	H3  push the task; if the queue has ended, push the worker back instead
//	H4  take the task, hand it over, and wake the worker
//	H5  look, for those who could not claim while the handoff was held
//
// As the handoff has one holder, and that one pops before it releases, the push of H3
// finds room. Another worker that has just ended a task may take the task before H4:
// then the claimed one goes back.
//
// If there are too many workers, the claimed one leaves instead. That is seen before
// H3, so that a task that is pushed is always handed over. A Resize that comes later
// is one that the submit did not wait for.
//
// The refusal of H1 is exact: at the load nobody was idle, and nobody was claimed and
// without a task.
//
// A waiter has its turn when a worker is idle. Both announce themselves and then
// look: the waiter joins the list, and tries to claim (H1); the worker pushes itself
// on the stack, and looks at the length of the list. One of the two sees the other. A
// goroutine that finds the handoff held waits for its release, so it cannot miss the
// worker that is pushed back.

// pushDirect is push for a pool without a queue: H1 to H5.
func (p *Pool) pushDirect(task func()) mpmc.Outcome {
	if p.queue.Pushed() >= p.waiters.limitOfOldest() && !p.admitDirect() {
		return mpmc.Full // for the waiter
	}
	slot := p.claimDirect()
	if slot == nil {
		return mpmc.Full
	}
	return p.handDirect(slot, task)
}

// claimDirect is H1 and H2. It returns nil if no worker is idle.
func (p *Pool) claimDirect() *workerSlot {
	for attempt := 0; ; attempt++ {
		s := p.idle.load()
		switch {
		case s.inHandoff():
			step.Relax(attempt)
		case s.empty():
			return nil
		default:
			slot := p.claim(s, handoff)
			if slot == nil {
				continue
			}
			if p.excess.Load() == 0 {
				return slot
			}
			p.pushIdle(slot, handoff) // which lets it leave
			p.wakeOne()
		}
	}
}

// handDirect is H3 to H5, for a caller that has done H2.
func (p *Pool) handDirect(slot *workerSlot, task func()) mpmc.Outcome {
	o := p.queue.TryPush(task)
	if oldest, popped := p.queue.TryPop(); popped == mpmc.OK {
		p.give(slot, handoff, oldest)
	} else {
		p.pushIdle(slot, handoff)
	}
	p.wakeOne()
	return o
}

// admitDirect admits waiters of a pool without a queue while a worker is idle. It
// returns true if nobody waits any more.
func (p *Pool) admitDirect() bool {
	if !p.direct {
		return true
	}
	for p.waiters.length.Load() != 0 {
		slot := p.claimDirect()
		if slot == nil {
			return false
		}
		w := p.waiters.takeOldest()
		if w == nil {
			p.pushIdle(slot, handoff)
			p.wakeOne()
			return true
		}
		task := w.task
		w.task, w.verdict = nil, admitted
		if p.handDirect(slot, task) != mpmc.OK {
			w.verdict = refused
		}
		w.parker.Unpark()
	}
	return true
}

// look is P2: wakeOne, and a waiter of a pool without a queue may have its turn.
func (p *Pool) look() {
	p.wakeOne()
	if p.direct {
		p.admitDirect()
	}
}
