package chanpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/count"
	"github.com/seed62337844/workerpool/internal/step"
)

// A quiescence is what [Pool.Wait] needs. The pool is quiescent when as many tasks
// have ended, or been handed back, as were accepted.
//
// The channel and the workers alone do not show it: a task that a worker has
// received and not yet begun is in neither. So the submits count the accepted tasks,
// after the send, and each worker counts the tasks that have ended. To compare the
// two takes gate, held for writing, and that there is no waiter. Then every send
// has been counted, and no other can happen, while the workers' counts can only grow.
// So if they add up to the number of accepted tasks, the pool is quiescent.
//
// Three events can make the two equal, and each is followed by a check: the end of a
// task, the end of a waiter, and a ShutdownNow.
type quiescence struct {
	accepted count.Counter // tasks; added to under gate, or by a waiter
	awaited  step.Bool     // somebody waits; written under gate

	reached step.Latch // of those who wait: opened when the pool is quiescent; guarded by gate
}

// Wait returns nil when the pool is quiescent: at some instant during the call no
// task was queued, and none was running. The pool stays open. If others submit
// without a pause, the pool may never be quiescent. If ctx ends first, Wait returns
// an error that is both [context.Cause] of ctx and the error of ctx. It panics if
// ctx is nil.
//
// The end of every task that was accepted before the call synchronizes before the
// return of a Wait that returns nil. A task that SubmitOrRun runs in its caller was
// not accepted, and Wait does not wait for it.
//
// A task must not call Wait on its own pool: it would wait for its own end, forever
// or until ctx ends. The pool does not detect that.
func (p *Pool) Wait(ctx context.Context) error {
	p.mustBeMade("Wait")
	check.Context("chanpool: Wait", ctx)
	p.gate.Lock()
	if !p.quiescence.awaited.Load() {
		p.quiescence.reached = step.NewLatch()
		p.quiescence.awaited.Store(true)
	}
	reached := p.quiescence.reached
	p.gate.Unlock()
	p.checkQuiescence()
	return reached.WaitContext(ctx)
}

// checkQuiescence ends all calls of Wait if the pool is quiescent.
func (p *Pool) checkQuiescence() {
	if !p.quiescence.awaited.Load() || p.tasks.Len() > 0 {
		return
	}
	p.gate.Lock()
	defer p.gate.Unlock()
	if p.quiescence.awaited.Load() && p.quiescent() {
		p.quiescence.reached.Open()
		p.quiescence.awaited.Store(false)
	}
}

// quiescent reports whether the pool is quiescent. The caller holds gate for writing.
func (p *Pool) quiescent() bool {
	if p.waiting.Load() > 0 {
		return false
	}
	ended := p.returned.Load()
	for i := range p.workers {
		ended += p.workers[i].steps.Load() / 2
	}
	return ended == p.quiescence.accepted.Load()
}
