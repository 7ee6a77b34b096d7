package ringpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// Shutdown refuses new tasks, lets the accepted ones run, and returns when the last of
// them has ended and no worker will touch the pool again. Submitters that wait are told
// [ErrPoolClosed]. It may be called many times and from many goroutines; each call
// returns only when all that is done. The end of every task synchronizes before the
// return of Shutdown.
//
// A task must not call Shutdown, nor must a panic handler or another function that a
// worker calls: it would wait for its own end.
func (p *Pool) Shutdown() {
	p.checkMade("Shutdown")
	p.close()
	p.presence.gone.Wait()
}

// ShutdownContext is like [Pool.Shutdown], but does not wait longer than until ctx
// ends. If that comes first, it returns an error that is both [context.Cause] of ctx
// and its Err, to [errors.Is], and the shutdown, which has begun in any case, goes on
// without it. It panics if ctx is nil.
func (p *Pool) ShutdownContext(ctx context.Context) error {
	p.checkMade("ShutdownContext")
	check.Context("ringpool: ShutdownContext", ctx)
	p.close()
	return p.presence.gone.WaitContext(ctx)
}

// ShutdownNow refuses new tasks, takes those that no worker has taken yet out of the
// queue, and returns them, the oldest first. They will not run, unless the caller runs
// them. Then it waits for the tasks that run, but not longer than until ctx ends: the
// error is nil if all of them have ended, and otherwise that of
// [Pool.ShutdownContext]. The tasks are returned in either case. If ShutdownNow is
// called from several goroutines, each task is returned by one of the calls. It panics
// if ctx is nil.
func (p *Pool) ShutdownNow(ctx context.Context) (tasks []func(), err error) {
	p.checkMade("ShutdownNow")
	check.Context("ringpool: ShutdownNow", ctx)
	p.close()
	p.quiescence.woken() // like a worker that is busy: see Stats
	for attempt := 0; ; attempt++ {
		task, o := p.queue.TryPop()
		if o == mpmc.Drained {
			break
		}
		if o == mpmc.Pending { // a submit is just writing the oldest task
			step.Relax(attempt)
			continue
		}
		tasks = append(tasks, task)
		p.returned.Inc()
		attempt = 0
	}
	p.quiescence.parked()
	p.wakeOne()
	p.supervisor.Over()
	return tasks, p.presence.gone.WaitContext(ctx)
}

// close begins the shutdown.
func (p *Pool) close() {
	p.resizer.mu.Lock()
	if !p.resizer.closed {
		p.resizer.closed = true
		p.queue.End()
	}
	p.resizer.mu.Unlock()
	wakeWaiters(p.waiters.close())
	p.evictor.close()
	p.wakeOne() // if nothing is queued, nobody else will see that it is over
}
