package ringpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// Shutdown closes the pool: it refuses new tasks, runs the accepted ones, and returns when
// the last of them has ended and no worker will touch the pool again. Calls that wait for
// room return [ErrPoolClosed]. Shutdown may be called many times and from many goroutines;
// each call waits for the same end. The end of every task synchronizes before the return
// of Shutdown.
//
// A task must not call Shutdown, nor must a panic handler or another function that a
// worker calls: it would wait for its own end.
func (p *Pool) Shutdown() {
	p.checkMade("Shutdown")
	p.close()
	p.alive.zero.Wait()
}

// ShutdownContext is like [Pool.Shutdown], but returns at the latest when ctx ends. If ctx
// ends first, it returns an error in which [errors.Is] finds both ctx.Err() and
// [context.Cause] of ctx, and the shutdown goes on in the background. ShutdownContext
// closes the pool even if ctx has already ended. It panics if ctx is nil.
func (p *Pool) ShutdownContext(ctx context.Context) error {
	p.checkMade("ShutdownContext")
	check.Context("ringpool: ShutdownContext", ctx)
	p.close()
	return p.alive.zero.WaitContext(ctx)
}

// ShutdownNow closes the pool: it refuses new tasks, removes from the queue the tasks that
// no worker has taken, and returns them, the oldest first. The pool will not run them; the
// caller may. ShutdownNow then waits for the tasks that are running, at the latest until
// ctx ends. The error is nil if all of them have ended, and otherwise that of
// [Pool.ShutdownContext]. The tasks are returned in either case. If several goroutines
// call ShutdownNow, each task is returned by one of the calls. It panics if ctx is nil.
func (p *Pool) ShutdownNow(ctx context.Context) (tasks []func(), err error) {
	p.checkMade("ShutdownNow")
	check.Context("ringpool: ShutdownNow", ctx)
	p.close()
	p.quiescence.woken() // counts as a busy worker, for Stats and Wait
	for attempt := 0; ; attempt++ {
		task, o := p.queue.TryPop()
		if o == mpmc.Drained {
			break
		}
		if o == mpmc.Pending { // a submitter is still writing the oldest task
			step.Relax(attempt)
			continue
		}
		tasks = append(tasks, p.supervisor.Unobserved(task))
		p.returned.Inc()
		attempt = 0
	}
	p.quiescence.parked()
	return tasks, p.alive.zero.WaitContext(ctx)
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
	p.recheck() // if no task is queued, no other look will find the queue drained
}
