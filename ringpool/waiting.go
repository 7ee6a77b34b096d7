package ringpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// wait is the slow half of a submit that waits for room until ctx ends. With the
// outcome Full the pool was full, or others wait that come first. If task is refused, n
// is how many are, with those that come after it in a batch.
func (p *Pool) wait(ctx context.Context, task func(), n int, o mpmc.Outcome) error {
	if o == mpmc.Closed {
		return p.refusals.Closed(n)
	}
	l := &p.waiters
	w := l.newWaiter(task)
	woken, ok := l.join(w)
	if !ok {
		l.recycle(w)
		return p.refusals.Closed(n)
	}
	p.announce(woken)
	p.admitDirect()
	private := p.sleep(ctx, w)
	verdict := w.verdict
	if private {
		l.recycle(w)
	}
	switch verdict {
	case admitted:
		if !p.direct {
			p.announce(l.ran())
		}
		return nil
	case refused:
		return p.refusals.Closed(n)
	default:
		return p.refusals.Canceled(n, ctx)
	}
}

// sleep returns when w has its verdict, of which the end of ctx is one. It reports
// whether nobody else refers to w any more: a cancellation that came too late may
// still be under way.
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

// announce looks for those who may run the tasks of waiters that were admitted, and
// wakes these waiters.
func (p *Pool) announce(woken *waiter) {
	if woken != nil {
		p.wakeOne()
		wakeWaiters(woken)
	}
}

// admit admits waiters, if there is room and it is their turn; see waitList.admit.
func (p *Pool) admit(dry bool) mpmc.Outcome {
	woken, o := p.waiters.admit(dry)
	p.announce(woken)
	return o
}

// freed is F2, for a goroutine that has taken a task from the queue.
func (p *Pool) freed() {
	if p.waiters.wanted.Load() {
		p.admit(false)
	}
}

// admitBeforeIdle admits a waiter for a worker that has found the queue empty. It
// returns true if there may be a task again.
func (p *Pool) admitBeforeIdle() bool {
	return !p.direct && p.waiters.length.Load() != 0 && p.admit(true) == mpmc.OK
}
