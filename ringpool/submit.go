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
// Submit synchronizes before the start of its task. It does not allocate, unless it starts
// the goroutine of a worker, or an option says otherwise.
func (p *Pool) Submit(task func()) error {
	if p == nil {
		panicNotMade()
	}
	if task == nil {
		return ErrNilTask
	}
	switch p.submit(p.supervisor.Observed(task)) {
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
// of the queue has been accepted while a call waits (64 tasks if the capacity is 0), every
// submit that begins from then on comes after it. The capacity is that at the time of the
// call. After a Resize to a smaller capacity, a call may also have to wait until those that wait
// before it have come to that point.
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
	task = p.supervisor.Observed(task)
	if o := p.submit(task); o != mpmc.OK {
		return p.wait(context.Background(), task, 1, o)
	}
	return nil
}

// SubmitContext is like [Pool.SubmitWait], but gives up when ctx ends. Then the task
// never runs, and [errors.Is] finds both ctx.Err() and [context.Cause] of ctx in the
// error. If ctx has ended already, SubmitContext gives up at once. It panics if ctx is
// nil.
//
// Once the task is queued, ctx has no effect on it.
//
// A call that finds room allocates no more than Submit. One that waits allocates, to be
// told when ctx ends. It then returns in the same short time, however many calls wait.
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
	task = p.supervisor.Observed(task)
	if o := p.submit(task); o != mpmc.OK {
		return p.wait(ctx, task, 1, o)
	}
	return nil
}

// submit pushes task into the queue, and then looks whether a worker must be woken for it
// (S1 to S4). The outcome is OK, Full or Closed.
func (p *Pool) submit(task func()) mpmc.Outcome {
	for attempt := 0; ; attempt++ {
		s := p.idle.load()
		switch o := p.push(task); {
		case o == mpmc.OK:
			p.look(false)
			return o
		case o == mpmc.Closed || !p.makeRoom(s):
			return o
		}
		step.Relax(attempt)
	}
}

// makeRoom is called by a submitter that loaded the state s and then found the queue full.
// It returns false if the pool was full at that instant, and true if the submitter should
// try again.
//
// A full queue alone is no reason to refuse. If a worker is idle, it can take a task and
// so make room. If a worker has been claimed, it is about to get its task, and there will
// be room soon. Otherwise, if the state is still the same, no worker was idle or claimed
// at the instant at which the queue was full: the pool was full.
func (p *Pool) makeRoom(s idleState) bool {
	switch {
	case p.direct:
		return false // pushDirect has looked for an idle worker
	case s.inHandoff():
		return true
	case !s.empty():
		p.makeRoomByHandoff(s)
		return true
	default:
		return p.idle.load() != s
	}
}

// push tries once to push task into the queue. Submitters that have waited too long come
// first.
func (p *Pool) push(task func()) mpmc.Outcome {
	if at := p.waiters.overdueAt.Load(); at != never {
		if p.direct {
			return p.pushDirect(task)
		}
		if o := p.admitOverdue(at); o != mpmc.OK {
			return o
		}
	}
	o := p.queue.Newest().TryPush(task)
	if o == mpmc.Closed {
		o = p.queue.TryPush(task) // another ring may have been appended
	}
	return o
}

// admitOverdue admits the submitters that have waited too long. An outcome other than OK is
// also the caller's: if the queue has no room for them, it has none for the caller.
func (p *Pool) admitOverdue(overdueAt uint64) mpmc.Outcome {
	if p.queue.Newest() == nil { // in the zero Pool overdueAt is 0, so this is found out here
		panicNotMade()
	}
	if p.queue.Pushed() < overdueAt {
		return mpmc.OK
	}
	return p.admit(false)
}
