package chanpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/submission"
)

// An outcome says how a submit ended. Refusals are counted by the outcome and not
// by the error, because the cause of a context may be any error, also
// ErrPoolFull.
type outcome int

const (
	accepted outcome = iota
	isNil            // the task is nil
	full
	closed
	canceled // the context ended
)

// refuse counts n tasks that were refused with the outcome o, and returns the
// error for their submitter. If o is accepted, it does nothing and returns nil.
func (p *Pool) refuse(n int, o outcome, ctx context.Context) error {
	switch o {
	case full:
		return p.refusals.Full(n)
	case closed:
		return p.refusals.Closed(n)
	case canceled:
		return p.refusals.Canceled(n, ctx)
	default:
		return nil
	}
}

// Submit queues task and returns nil. It does not wait for room: if the queue is
// full, it returns [ErrPoolFull]. It returns [ErrPoolClosed] if a shutdown has
// begun, and [ErrNilTask] if task is nil. A task whose Submit returned an error
// never runs.
//
// Submit synchronizes before the start of its task.
func (p *Pool) Submit(task func()) error {
	p.checkMade("Submit")
	if task == nil {
		return ErrNilTask
	}
	return p.refuse(1, p.send(p.supervisor.Observed(task)), nil)
}

// SubmitWait queues task and returns nil. If the queue is full, it waits until
// there is room, and returns [ErrPoolClosed] if a shutdown begins before that. It
// returns [ErrNilTask] if task is nil. A task whose SubmitWait returned an error
// never runs. Calls that wait are served in the order in which they began to wait.
//
// A task that calls SubmitWait on its own pool occupies a worker while it waits for
// one. If all workers do so, they wait forever. In a task use [Pool.SubmitOrRun],
// or [Pool.Submit] and be ready for ErrPoolFull.
func (p *Pool) SubmitWait(task func()) error {
	p.checkMade("SubmitWait")
	if task == nil {
		return ErrNilTask
	}
	return p.refuse(1, p.sendWait(context.Background(), p.supervisor.Observed(task)), nil)
}

// SubmitContext is like [Pool.SubmitWait], but gives up when ctx ends. Then the task
// never runs, and [errors.Is] finds both ctx.Err() and [context.Cause] of ctx in the
// error. If ctx has ended already, SubmitContext gives up at once. It panics if ctx
// is nil. Once the task is queued, ctx has no effect on it.
func (p *Pool) SubmitContext(ctx context.Context, task func()) error {
	p.checkMade("SubmitContext")
	check.Context("chanpool: SubmitContext", ctx)
	if task == nil {
		return ErrNilTask
	}
	if ctx.Err() != nil {
		return p.refuse(1, canceled, ctx)
	}
	if s, ok := ctx.(*submission.Context); ok {
		s.Expired = &p.expired
	}
	return p.refuse(1, p.sendWait(ctx, p.supervisor.Observed(task)), ctx)
}

// send queues task if the pool is open and has room.
func (p *Pool) send(task func()) outcome {
	p.gate.RLock()
	defer p.gate.RUnlock()
	if p.closed {
		return closed
	}
	if !p.tasks.TrySend(task) {
		return full
	}
	p.quiescence.accepted.Add(1)
	return accepted
}

// sendWait queues task as soon as there is room, unless the pool is closed or ctx
// ends first.
func (p *Pool) sendWait(ctx context.Context, task func()) outcome {
	if o := p.send(task); o != full {
		return o
	}
	if !p.register() {
		return closed
	}
	defer p.unregister()
	switch p.tasks.SendOr(task, p.closing, ctx) {
	case step.Sent:
		p.quiescence.accepted.Add(1)
		return accepted
	case step.Opened:
		return closed
	default:
		return canceled
	}
}

// register makes the caller a waiter, for which Shutdown waits before it closes the
// task channel. It reports whether the pool is open.
func (p *Pool) register() bool {
	p.gate.RLock()
	defer p.gate.RUnlock()
	if p.closed {
		return false
	}
	p.waiters.Add(1)
	p.waiting.Inc()
	return true
}

// unregister ends what register began.
func (p *Pool) unregister() {
	p.waiting.Dec()
	p.waiters.Done()
	p.checkQuiescence()
}
