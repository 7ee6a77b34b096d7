package chanpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/count"
	"github.com/seed62337844/workerpool/internal/step"
)

// A quiescence is what [Pool.Wait] waits for. The pool is quiescent when all
// accepted tasks have ended or been returned.
//
// To look at the channel and the workers is not enough: a task that a worker has
// received and not yet begun is in neither. So each submit counts its accepted tasks,
// after the send, and each worker counts the tasks that have ended. The two are
// compared while gate is held for writing and there is no waiter. Then every send has
// been counted, and no other can happen, while the workers' counts can only grow. So
// if these add up to the number of accepted tasks, the pool is quiescent.
//
// Three events can make the two equal, and each is followed by a check: the end of a
// task, the end of a waiter, and a ShutdownNow.
type quiescence struct {
	accepted count.Counter // tasks; added to under gate, or by a waiter
	awaited  step.Bool     // a call of Wait waits; written under gate

	reached step.Latch // of the calls of Wait: opened when the pool is quiescent; guarded by gate
}

// Wait waits until no task is queued and none is running. It returns nil if there was such
// an instant during the call. The pool stays open. While other goroutines submit without a
// pause, there may be no such instant, and Wait may miss a short one. If ctx ends first,
// Wait returns an error in which [errors.Is] finds both ctx.Err() and [context.Cause] of
// ctx. On an idle pool Wait returns nil even if ctx has ended. It panics if ctx is nil.
//
// If Wait returns nil, the end of every task that was accepted before the call
// synchronizes before that return. Wait does not wait for a task that
// [Pool.SubmitOrRun] runs in its caller.
//
// A task must not call Wait on its own pool: it would wait for its own end.
func (p *Pool) Wait(ctx context.Context) error {
	p.checkMade("Wait")
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
