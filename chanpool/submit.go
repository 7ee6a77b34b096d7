package chanpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/submission"
)

// An outcome is what became of a submit. Refusals are counted by the outcome, not
// by the error: the cause of a context may be any error, ErrPoolFull too.
type outcome int

const (
	accepted outcome = iota
	isNil            // the task is nil
	full
	closed
	canceled // the context ended
)

// refuse counts n tasks with the outcome o, unless they are accepted, and returns
// the error for their submitter.
func (p *Pool) refuse(n int, o outcome, ctx context.Context) error {
	switch o {
	case full:
		return p.refused.Full(n)
	case closed:
		return p.refused.Closed(n)
	case canceled:
		return p.refused.Canceled(n, ctx)
	default:
		return nil
	}
}

// Submit queues task and returns nil, without blocking. It returns [ErrPoolFull]
// if the queue is full, [ErrPoolClosed] if a shutdown has begun, and [ErrNilTask]
// if task is nil; task will then never run.
//
// What happens before a Submit synchronizes before the start of its task.
func (p *Pool) Submit(task func()) error {
	p.mustBeMade("Submit")
	if task == nil {
		return ErrNilTask
	}
	return p.refuse(1, p.send(p.supervisor.Timed(task)), nil)
}

// SubmitWait is like [Pool.Submit], but while the queue is full it blocks. It
// returns [ErrPoolClosed] if a shutdown begins meanwhile. Waiting calls are served
// in the order of their arrival.
//
// A task that calls SubmitWait on its own pool waits for a worker while it occupies
// one. If all of them do so, they wait forever. In a task use [Pool.SubmitOrRun].
func (p *Pool) SubmitWait(task func()) error {
	p.mustBeMade("SubmitWait")
	if task == nil {
		return ErrNilTask
	}
	return p.refuse(1, p.sendWait(context.Background(), p.supervisor.Timed(task)), nil)
}

// SubmitContext is like [Pool.SubmitWait], but gives up when ctx ends before there
// is room, and at once if ctx has ended already. The task then never runs, and to
// [errors.Is] the error is both [context.Cause] of ctx and the error of ctx. Once
// the task is queued, the end of ctx changes nothing. SubmitContext panics if ctx is
// nil.
func (p *Pool) SubmitContext(ctx context.Context, task func()) error {
	p.mustBeMade("SubmitContext")
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
	return p.refuse(1, p.sendWait(ctx, p.supervisor.Timed(task)), ctx)
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

// sendWait queues task as soon as there is room, unless the pool closes or ctx ends
// first.
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

// unregister is the end of a waiter.
func (p *Pool) unregister() {
	p.waiting.Dec()
	p.waiters.Done()
	p.checkQuiescence()
}
