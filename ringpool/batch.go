package ringpool

import (
	"context"
	"time"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/refuse"
	"github.com/seed62337844/workerpool/internal/step"
)

// SubmitBatch queues as many of tasks as there is room for, from the first on and in
// order, and returns their number. It does not wait. The error is nil if all tasks were
// queued. Otherwise it is [ErrPoolFull], or [ErrPoolClosed] if a shutdown has begun, or,
// if tasks[n] is nil, an error that wraps [ErrNilTask] and names n. The tasks from
// tasks[n] on will never run.
//
// Tasks of other submitters may be queued between those of a batch. SubmitBatch reads
// only a few tasks more than it can queue. It does not keep the slice, and allocates no
// more than [Pool.Submit].
func (p *Pool) SubmitBatch(tasks []func()) (n int, err error) {
	p.checkMade("SubmitBatch")
	b := batch{tasks: tasks, called: p.supervisor.Clock()}
	o := p.submitBatch(context.Background(), &b)
	if o == mpmc.Full {
		return b.queued, p.refusals.Full(len(tasks) - b.queued)
	}
	return b.queued, p.end(&b, o)
}

// SubmitBatchWait is like [Pool.SubmitBatch], but waits for room, as
// [Pool.SubmitContext] does for a single task, until all tasks are queued. It returns
// fewer only with an error: that of SubmitBatch for a nil task, [ErrPoolClosed] if a
// shutdown begins before all are queued, and that of SubmitContext if ctx ends before
// that. It panics if ctx is nil.
//
// SubmitBatchWait may read the slice at any time until it returns.
func (p *Pool) SubmitBatchWait(ctx context.Context, tasks []func()) (n int, err error) {
	p.checkMade("SubmitBatchWait")
	check.Context("ringpool: SubmitBatchWait", ctx)
	b := batch{tasks: tasks, called: p.supervisor.Clock()}
	for {
		o := p.submitBatch(ctx, &b)
		switch {
		case b.queued < len(tasks) && ctx.Err() != nil:
			return b.queued, p.refusals.Canceled(len(tasks)-b.queued, ctx)
		case o != mpmc.Full:
			return b.queued, p.end(&b, o)
		}
		if err := p.wait(ctx, b.next(p)[0], len(tasks)-b.queued, o); err != nil {
			return b.queued, err
		}
		b.advance(1)
	}
}

// end returns the error for a batch that was queued with the outcome OK or Closed.
func (p *Pool) end(b *batch, o mpmc.Outcome) error {
	switch {
	case o == mpmc.Closed:
		return p.refusals.Closed(len(b.tasks) - b.queued)
	case b.queued < len(b.tasks):
		return refuse.Nil(b.queued, len(b.tasks))
	default:
		return nil
	}
}

// A batch is the tasks of one call, some of them copied. A task is looked at once,
// when it is copied, so that nothing can change between the check for nil and the
// push. Few are copied at a time, so that a call that can queue few is short.
type batch struct {
	tasks  []func()  // the caller's
	called time.Time // when the call began; only if queue waits are observed
	queued int       // how many of tasks are queued

	chunk       [64]func()
	first, last int // the part of chunk that is not yet queued
}

// next returns the tasks to queue next. There are none if all are queued, or the next
// one is nil.
func (b *batch) next(p *Pool) []func() {
	if b.first == b.last {
		b.first, b.last = 0, 0
		for _, task := range b.tasks[b.queued:min(len(b.tasks), b.queued+len(b.chunk))] {
			if task == nil {
				break
			}
			b.chunk[b.last] = p.supervisor.ObservedSince(b.called, task)
			b.last++
		}
	}
	return b.chunk[b.first:b.last]
}

// advance records that n more tasks are queued.
func (b *batch) advance(n int) {
	b.queued += n
	b.first += n
}

// submitBatch pushes the tasks of b, until all are pushed, the next one is nil, or ctx has
// ended, which is OK; or until the pool is Full or Closed.
//
// It costs less than a loop of submits for two reasons. The ring gives several slots
// for one CAS of its tail, so the tail's cache line is fetched once for them. And
// there are only one or two looks (S2 to S4) for each push. One is enough to start all workers,
// because each worker that is woken wakes the next. As two may be searching, a second look
// may wake a second one at once.
func (p *Pool) submitBatch(ctx context.Context, b *batch) mpmc.Outcome {
	for attempt := 0; ; attempt++ {
		tasks := b.next(p)
		if len(tasks) == 0 || ctx.Err() != nil {
			return mpmc.OK
		}
		s := p.idle.load()
		n, o := p.pushBatch(tasks)
		switch {
		case o == mpmc.OK:
			b.advance(n)
			attempt = -1
			p.look(false)
			if n > 1 {
				p.look(false)
			}
			continue
		case o == mpmc.Closed || !p.makeRoom(s):
			return o
		}
		step.Relax(attempt)
	}
}

// pushBatch is push for one or more of tasks, from the first on. It returns how many it has
// pushed.
func (p *Pool) pushBatch(tasks []func()) (int, mpmc.Outcome) {
	if at := p.waiters.overdueAt.Load(); at != never {
		if p.direct {
			o := p.pushDirect(tasks[0])
			return 1, o
		}
		if o := p.admitOverdue(at); o != mpmc.OK {
			return 0, o
		}
	}
	return p.queue.TryPushBatch(tasks)
}
