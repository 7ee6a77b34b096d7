package chanpool

import (
	"context"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/count"
)

// A rest is what [Pool.Wait] needs. The pool is at rest when as many tasks
// have ended, or been handed back, as were accepted.
//
// It cannot be seen from the channel and the workers alone: a task that a worker
// has received, and not yet begun, is in neither. So those who send count the
// accepted tasks, after the send, and each worker the tasks that it has ended. To
// compare the two, gate must be held for writing, and there must be no waiter:
// then every send has been counted, and there are no more of them, while at least
// as many tasks have ended as the workers' counts add up to. If that is the same
// number, the pool is at rest.
//
// Whatever may make the two equal is followed by a check: the end of a task, the
// end of a waiter, a ShutdownNow.
type rest struct {
	accepted count.Counter // tasks; added to under gate, or by a waiter
	awaited  atomic.Bool   // somebody waits for the pool to be at rest

	reached chan struct{} // closed when it is; nil unless awaited; guarded by gate
}

// Wait returns nil when the pool is at rest: at some instant during the call no
// task was queued, and none was running. The pool stays open, and others may go on
// to submit; if they do so without a pause, the pool may never be at rest. Wait
// returns [context.Cause] of ctx if ctx ends first. It panics if ctx is nil.
//
// The end of every task that was accepted before the call synchronizes before the
// return of a Wait that returns nil.
//
// A task must not call Wait on its own pool: it would wait for its own end.
func (p *Pool) Wait(ctx context.Context) error {
	check.Context("chanpool: Wait", ctx)
	p.gate.Lock()
	if p.rest.reached == nil {
		p.rest.reached = make(chan struct{})
		p.rest.awaited.Store(true)
	}
	reached := p.rest.reached
	p.gate.Unlock()
	p.checkRest()
	return await.Done(ctx, reached)
}

// checkRest lets those go who wait for the pool to be at rest, if it is.
func (p *Pool) checkRest() {
	if !p.rest.awaited.Load() || len(p.tasks) > 0 {
		return
	}
	p.gate.Lock()
	defer p.gate.Unlock()
	if p.rest.reached != nil && p.atRest() {
		close(p.rest.reached)
		p.rest.reached = nil
		p.rest.awaited.Store(false)
	}
}

// atRest reports whether the pool is at rest. The caller holds gate for writing.
func (p *Pool) atRest() bool {
	if p.waiting.Load() > 0 {
		return false
	}
	ended := p.returned.Load()
	for i := range p.workers {
		ended += p.workers[i].steps.Load() / 2
	}
	return ended == p.rest.accepted.Load()
}
