package chanpool

import (
	"context"
	"time"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/refuse"
)

// chunk is how many tasks of a batch are sent before gate is released. Shutdown
// and Wait wait until gate is free, and every later submit waits for them. So a
// long batch must not hold gate until its end.
const chunk = 64

// SubmitBatch queues as many of tasks as there is room for, from the first on and in
// order, and returns their number. It does not wait. The error is nil if all tasks
// were queued. Otherwise it is [ErrPoolFull], or [ErrPoolClosed] if a shutdown has
// begun, or, if tasks[n] is nil, an error that wraps [ErrNilTask] and names n. The
// tasks from tasks[n] on will never run.
//
// Tasks of other submitters may be queued between those of a batch. SubmitBatch
// reads only one task more than it can queue. It does not keep the slice.
func (p *Pool) SubmitBatch(tasks []func()) (n int, err error) {
	p.checkMade("SubmitBatch")
	began := p.supervisor.Clock()
	for n < len(tasks) {
		sent, _, o := p.sendChunk(tasks[n:], began)
		n += sent
		if o != accepted {
			return n, p.refuseRest(tasks, n, o, nil)
		}
	}
	return n, nil
}

// SubmitBatchWait is like [Pool.SubmitBatch], but waits for room, as
// [Pool.SubmitContext] does for a single task, until all tasks are queued. It
// returns fewer only with an error: that of SubmitBatch for a nil task,
// [ErrPoolClosed] if a shutdown begins before all are queued, and that of
// SubmitContext if ctx ends before that. It panics if ctx is nil.
//
// SubmitBatchWait may read the slice at any time until it returns.
func (p *Pool) SubmitBatchWait(ctx context.Context, tasks []func()) (n int, err error) {
	p.checkMade("SubmitBatchWait")
	check.Context("chanpool: SubmitBatchWait", ctx)
	began := p.supervisor.Clock()
	for n < len(tasks) {
		if ctx.Err() != nil {
			return n, p.refuseRest(tasks, n, canceled, ctx)
		}
		sent, next, o := p.sendChunk(tasks[n:], began)
		n += sent
		if o == full {
			if o = p.sendWait(ctx, next); o == accepted {
				n++
			}
		}
		if o != accepted {
			return n, p.refuseRest(tasks, n, o, ctx)
		}
	}
	return n, nil
}

// sendChunk queues up to chunk of the first tasks, if the pool is open and has room. It
// returns how many it has queued, and why not all. If the queue is full, it also
// returns the next task.
//
// It reads each element once, so that the task that is sent is the one that was
// checked, even if the caller writes to the slice at the same time.
func (p *Pool) sendChunk(tasks []func(), began time.Time) (n int, next func(), o outcome) {
	p.gate.RLock()
	defer p.gate.RUnlock()
	defer func() { p.quiescence.accepted.Add(n) }()
	for _, task := range tasks[:min(chunk, len(tasks))] {
		if task == nil {
			return n, nil, isNil
		}
		if p.closed {
			return n, nil, closed
		}
		task = p.supervisor.ObservedSince(began, task)
		if !p.tasks.TrySend(task) {
			return n, task, full
		}
		n++
	}
	return n, nil, accepted
}

// refuseRest is refuse for tasks[n:] of a batch.
func (p *Pool) refuseRest(tasks []func(), n int, o outcome, ctx context.Context) error {
	if o == isNil {
		return refuse.Nil(n, len(tasks))
	}
	return p.refuse(len(tasks)-n, o, ctx)
}
