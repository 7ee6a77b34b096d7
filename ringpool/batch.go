package ringpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/refuse"
	"github.com/seed62337844/workerpool/internal/step"
)

// A batch costs less than a loop of submits for two reasons. The ring gives a
// run of slots for one CAS of its tail, so the tail's cache line is fetched once
// for the run. And the look for idle workers comes once or twice for each run:
// once is enough for all to start, for each worker that is woken wakes the next,
// and as there are two tokens a second look may wake a second worker at once.

// SubmitBatch queues the longest prefix of tasks that there is room for, in
// order, and returns how many tasks that are. It does not wait. The error is nil
// if it is all of them; otherwise [ErrPoolFull], or [ErrPoolClosed] if a shutdown
// has begun, and the tasks from tasks[n] on will never run. If one of the tasks
// is nil, none is queued, and the error tells its index; to [errors.Is] it is an
// [ErrNilTask].
//
// Tasks of other submitters may be queued between those of a batch. SubmitBatch
// does not keep the slice, and allocates no more than [Pool.Submit].
func (p *Pool) SubmitBatch(tasks []func()) (n int, err error) {
	if err := refuse.CheckBatch(tasks); err != nil {
		return 0, err
	}
	n, o := p.submitMany(p.supervisor.TimedAll(tasks))
	switch o {
	case mpmc.OK:
		return n, nil
	case mpmc.Full:
		return n, p.refused.Full(len(tasks) - n)
	default:
		return n, p.refused.Closed(len(tasks) - n)
	}
}

// SubmitBatchWait is like [Pool.SubmitBatch], but waits for room, as
// [Pool.SubmitContext] does for a single task, until all tasks are queued. It
// returns fewer only with an error: [ErrPoolClosed] if a shutdown begins before
// that, and [context.Cause] of ctx if ctx ends before that. It panics if ctx is
// nil.
func (p *Pool) SubmitBatchWait(ctx context.Context, tasks []func()) (n int, err error) {
	check.Context("ringpool: SubmitBatchWait", ctx)
	if err := refuse.CheckBatch(tasks); err != nil {
		return 0, err
	}
	tasks = p.supervisor.TimedAll(tasks)
	for n < len(tasks) {
		if ctx.Err() != nil {
			return n, p.refused.Canceled(len(tasks)-n, ctx)
		}
		queued, o := p.submitMany(tasks[n:])
		n += queued
		switch o {
		case mpmc.OK:
		case mpmc.Full:
			if err := p.wait(ctx, tasks[n], len(tasks)-n, o); err != nil {
				return n, err
			}
			n++
		default:
			return n, p.refused.Closed(len(tasks) - n)
		}
	}
	return n, nil
}

// submitMany is submit for many tasks: for as many, from the first on, as there
// is room for. The outcome is OK if that is all of them.
func (p *Pool) submitMany(tasks []func()) (n int, o mpmc.Outcome) {
	for attempt := 0; n < len(tasks); attempt++ {
		s := p.state.Load()
		pushed, o := p.pushRun(tasks[n:])
		switch {
		case o == mpmc.OK:
			n += pushed
			attempt = 0
			p.rouse()
			if pushed > 1 {
				p.rouse()
			}
			continue
		case o == mpmc.Closed:
			return n, o
		case p.full(s):
			return n, o
		}
		step.Relax(attempt)
	}
	return n, mpmc.OK
}

// pushRun is push for the first of some tasks.
func (p *Pool) pushRun(tasks []func()) (int, mpmc.Outcome) {
	for {
		r := p.ring.Load()
		if p.overdue(r) {
			if o := p.admit(false); o != mpmc.OK {
				return 0, o
			}
		}
		if n, o := r.TryPushRun(tasks); o != mpmc.Closed || !p.replaced(r) {
			return n, o
		}
	}
}
