package chanpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/refuse"
)

// SubmitBatch queues the longest prefix of tasks that there is room for, in
// order, without blocking. It returns how many tasks that are, and nil if it is
// all of them. Otherwise the error is [ErrPoolFull], or [ErrPoolClosed] if a
// shutdown has begun, and the tasks from tasks[n] on will never run. If one of
// the tasks is nil, none is queued, and the error tells its index; to
// [errors.Is] it is an [ErrNilTask].
//
// The pool does not keep the slice.
func (p *Pool) SubmitBatch(tasks []func()) (n int, err error) {
	if err := refuse.CheckBatch(tasks); err != nil {
		return 0, err
	}
	n, err = p.sendMany(p.supervisor.TimedAll(tasks))
	return n, p.refused.Count(len(tasks)-n, err)
}

// SubmitBatchWait is like [Pool.SubmitBatch], but waits for room, as
// [Pool.SubmitContext] does for a single task, until all tasks are queued. It
// returns fewer only with an error: [ErrPoolClosed] if a shutdown begins before
// that, and [context.Cause] of ctx if ctx ends before that. While it waits, tasks
// of others may be queued between those of the batch. It panics if ctx is nil.
func (p *Pool) SubmitBatchWait(ctx context.Context, tasks []func()) (n int, err error) {
	check.Context("chanpool: SubmitBatchWait", ctx)
	if err := refuse.CheckBatch(tasks); err != nil {
		return 0, err
	}
	tasks = p.supervisor.TimedAll(tasks)
	for n < len(tasks) && err == nil {
		if ctx.Err() != nil {
			err = await.Cause(ctx)
			break
		}
		var sent int
		sent, err = p.sendMany(tasks[n:])
		n += sent
		if err == ErrPoolFull {
			if err = p.sendWait(ctx, tasks[n]); err == nil {
				n++
			}
		}
	}
	return n, p.refused.Count(len(tasks)-n, err)
}

// sendMany queues as many of tasks, from the first on, as there is room for, if
// the pool is open. It says how many, and why not all.
func (p *Pool) sendMany(tasks []func()) (n int, err error) {
	p.gate.RLock()
	defer p.gate.RUnlock()
	defer func() { p.rest.accepted.Add(n) }()
	for _, task := range tasks {
		if p.closed {
			return n, ErrPoolClosed
		}
		select {
		case p.tasks <- task:
			n++
		default:
			return n, ErrPoolFull
		}
	}
	return n, nil
}
