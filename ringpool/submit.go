package ringpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/submission"
)

// Submit queues task and returns nil. It does not wait for room: if the queue is full
// and all workers are busy, it returns [ErrPoolFull]. It returns [ErrPoolClosed] if a
// shutdown has begun, and [ErrNilTask] if task is nil. A task whose Submit returned an
// error never runs.
//
// Submit synchronizes before the start of its task. It does not allocate, except for
// the goroutine of a worker that is needed for the first time.
func (p *Pool) Submit(task func()) error {
	if p == nil {
		panicNotMade()
	}
	if task == nil {
		return ErrNilTask
	}
	switch p.submit(p.supervisor.Timed(task)) {
	case mpmc.OK:
		return nil
	case mpmc.Full:
		return p.refusals.Full(1)
	default:
		return p.refusals.Closed(1)
	}
}

// SubmitWait queues task and returns nil. If the queue is full and all workers are
// busy, it waits until there is room, and returns [ErrPoolClosed] if a shutdown begins
// before that. It returns [ErrNilTask] if task is nil. A task whose SubmitWait
// returned an error never runs.
//
// Calls that wait are served in the order in which they began to wait. A call that
// comes later may still find room at once, but not forever: when 64 times the capacity
// of the queue has been accepted while a call waits, every submit that begins from
// then on comes after it.
//
// A task that calls SubmitWait on its own pool occupies a worker while it waits for
// one. If all workers do so, they wait forever. In a task use [Pool.SubmitOrRun], or
// [Pool.Submit] and be ready for ErrPoolFull.
//
// SubmitWait synchronizes before the start of its task.
func (p *Pool) SubmitWait(task func()) error {
	if p == nil {
		panicNotMade()
	}
	if task == nil {
		return ErrNilTask
	}
	task = p.supervisor.Timed(task)
	if o := p.submit(task); o != mpmc.OK {
		return p.wait(context.Background(), task, 1, o)
	}
	return nil
}

// SubmitContext is like [Pool.SubmitWait], but gives up when ctx ends. Then the task
// never runs, and the error is both [context.Cause] of ctx and its Err, to
// [errors.Is]. If ctx has ended already, SubmitContext gives up at once. It panics if
// ctx is nil.
//
// Once the task is queued, ctx has no more to do with it.
//
// A call that finds room does not allocate. One that waits does, for the sake of ctx.
// When ctx ends, each call that waits on it takes the same short time.
func (p *Pool) SubmitContext(ctx context.Context, task func()) error {
	p.checkMade("SubmitContext")
	check.Context("ringpool: SubmitContext", ctx)
	if task == nil {
		return ErrNilTask
	}
	if ctx.Err() != nil {
		return p.refusals.Canceled(1, ctx)
	}
	if s, ok := ctx.(*submission.Context); ok {
		s.Expired = &p.expired
	}
	task = p.supervisor.Timed(task)
	if o := p.submit(task); o != mpmc.OK {
		return p.wait(ctx, task, 1, o)
	}
	return nil
}

// submit pushes task into the queue and sees to it that somebody runs it. The outcome
// is OK, Full or Closed.
func (p *Pool) submit(task func()) mpmc.Outcome {
	for attempt := 0; ; attempt++ {
		s := p.idle.load()
		switch o := p.push(task); {
		case o == mpmc.OK:
			p.wakeOne()
			return o
		case o == mpmc.Closed || !p.makeRoom(s):
			return o
		}
		step.Relax(attempt)
	}
}

// makeRoom is called by a submitter that has found the queue full since it loaded the
// state s. It returns false if the pool was full, and true if another attempt is to be
// made.
//
// That the queue is full is not yet a reason to refuse. An idle worker makes room, and
// a worker that has been claimed and is about to get its task will have made some in a
// moment. Otherwise the pool was full if the state is still the same: then at the
// instant at which the queue was full, nobody was idle or just claimed.
func (p *Pool) makeRoom(s idleState) bool {
	switch {
	case p.direct:
		return false // pushDirect has looked for an idle worker
	case s.inHandoff():
		return true
	case !s.empty():
		p.handOver(s)
		return true
	default:
		return p.idle.load() != s
	}
}

// push is one attempt to push task into the queue, after the submitters that have
// waited too long.
func (p *Pool) push(task func()) mpmc.Outcome {
	if limit := p.waiters.overdue.Load(); limit != never {
		if p.direct {
			return p.pushDirect(task)
		}
		if o := p.admitOverdue(limit); o != mpmc.OK {
			return o
		}
	}
	o := p.queue.Newest().TryPush(task)
	if o == mpmc.Closed {
		o = p.queue.TryPush(task) // another ring may have been appended
	}
	return o
}

// admitOverdue admits the submitters that have waited too long. Another outcome than
// OK is one for the caller, too: what had no room for them has none for it.
func (p *Pool) admitOverdue(limit uint64) mpmc.Outcome {
	if p.queue.Newest() == nil { // in the zero Pool limit is 0, so this is found out here
		panicNotMade()
	}
	if p.queue.Pushed() < limit {
		return mpmc.OK
	}
	return p.admit(false)
}
