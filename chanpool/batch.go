package chanpool

import (
	"context"
	"time"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/refuse"
)

// chunk is how many tasks of a batch are sent under one hold of gate. Shutdown and
// Wait wait for the holder, and every submit that comes after them waits for them.
// So a batch must not hold gate for its whole length.
const chunk = 64

// SubmitBatch queues the longest prefix of tasks that there is room for and that
// has no nil in it, in order, without blocking. It returns how many tasks these are.
// The error is nil if they are all, and otherwise says why the next was not queued:
// [ErrPoolFull]; [ErrPoolClosed] if a shutdown has begun; or, if the next task is
// nil, an error that names its index, and is [ErrNilTask] to [errors.Is]. The tasks
// from tasks[n] on will never run.
//
// Tasks of other submitters may be queued between those of a batch. SubmitBatch does
// not keep the slice, and reads no more of it than it queues and the next.
func (p *Pool) SubmitBatch(tasks []func()) (n int, err error) {
	p.mustBeMade("SubmitBatch")
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
// returns fewer only with an error: if a task is nil when its turn comes, if a
// shutdown begins, or if ctx ends, which is seen at the latest after 64 more tasks.
// It panics if ctx is nil.
//
// SubmitBatchWait reads the slice until it returns.
func (p *Pool) SubmitBatchWait(ctx context.Context, tasks []func()) (n int, err error) {
	p.mustBeMade("SubmitBatchWait")
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

// sendChunk queues the first chunk of tasks, or as much of it as there is room for,
// if the pool is open. It returns how many tasks that is, and why not all. If the queue
// is full, it also returns the next task.
//
// It reads each element once, because the caller may write to the slice meanwhile: a
// task that was looked at must be the one that is sent.
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
		task = p.supervisor.TimedSince(began, task)
		if !p.tasks.TrySend(task) {
			return n, task, full
		}
		n++
	}
	return n, nil, accepted
}

// refuseRest is refuse for the tasks of a batch from n on.
func (p *Pool) refuseRest(tasks []func(), n int, o outcome, ctx context.Context) error {
	if o == isNil {
		return refuse.Nil(n, len(tasks))
	}
	return p.refuse(len(tasks)-n, o, ctx)
}
