package ringpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// wait is the slow path of a submit that waits for room until ctx ends. o is the outcome
// of the attempt to push: Full if there was no room, perhaps because an overdue waiter took
// the last, or Closed. If task is refused, n tasks are counted as refused: 1, or all that are left of a
// batch.
func (p *Pool) wait(ctx context.Context, task func(), n int, o mpmc.Outcome) error {
	if o == mpmc.Closed {
		return p.refusals.Closed(n)
	}
	l := &p.waiters
	w := l.newWaiter(task)
	toWake, ok := l.join(w)
	if !ok {
		l.recycle(w)
		return p.refusals.Closed(n)
	}
	p.finishAdmission(toWake)
	p.admitDirect()
	private := p.sleep(ctx, w)
	verdict := w.verdict
	if private {
		l.recycle(w)
	}
	switch verdict {
	case admitted:
		if !p.direct {
			p.finishAdmission(l.awoke())
		}
		return nil
	case refused:
		return p.refusals.Closed(n)
	default:
		return p.refusals.Canceled(n, ctx)
	}
}

// sleep returns when w has its verdict. If ctx ends first, the verdict is canceled. sleep
// reports whether the caller is the only one that refers to w. Otherwise a cancellation
// that came too late may still be running, and w must not be reused.
func (p *Pool) sleep(ctx context.Context, w *waiter) (private bool) {
	if ctx.Done() == nil {
		w.parker.Park()
		return true
	}
	stop := step.AfterFunc(ctx, func() {
		if p.waiters.cancel(w) {
			w.parker.Unpark()
		}
	})
	w.parker.Park()
	return stop()
}

// finishAdmission completes the admission of waiters: their tasks are in the queue, so it looks
// for a worker to run them (S2 to S4). Then it wakes the waiters.
func (p *Pool) finishAdmission(toWake *waiter) {
	if toWake != nil {
		p.look(false)
		wakeWaiters(toWake)
	}
}

// admit is waitList.admit, and finishAdmission for the waiters that it admits.
func (p *Pool) admit(queueEmpty bool) mpmc.Outcome {
	toWake, o := p.waiters.admit(queueEmpty)
	p.finishAdmission(toWake)
	return o
}

// roomFreed is F2, for a goroutine that has taken a task from the queue.
func (p *Pool) roomFreed() {
	if p.waiters.wanted.Load() {
		p.admit(false)
	}
}

// admitBeforeIdle admits a waiter on behalf of a worker that has found the queue empty.
// It returns true if the queue may hold a task again.
func (p *Pool) admitBeforeIdle() bool {
	return !p.direct && p.waiters.length.Load() != 0 && p.admit(true) == mpmc.OK
}
