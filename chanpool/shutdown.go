package chanpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
)

// Shutdown closes the pool: it refuses new tasks, runs the accepted ones, and
// returns when the last of them has ended and no worker will touch the pool again.
// Calls that wait for room return [ErrPoolClosed]. Shutdown may be called many
// times and from many goroutines; each call waits for the same end. The end of
// every task synchronizes before the return of Shutdown.
//
// A task must not call Shutdown, nor must a panic handler or another function
// that a worker calls: it would wait for its own end.
func (p *Pool) Shutdown() {
	p.checkMade("Shutdown")
	p.close()
	p.drained.Wait()
}

// ShutdownContext is like [Pool.Shutdown], but returns at the latest when ctx ends.
// If ctx ends first, it returns an error in which [errors.Is] finds both ctx.Err()
// and [context.Cause] of ctx, and the shutdown goes on in the background.
// ShutdownContext closes the pool even if ctx has already ended. It panics if ctx is
// nil.
func (p *Pool) ShutdownContext(ctx context.Context) error {
	p.checkMade("ShutdownContext")
	check.Context("chanpool: ShutdownContext", ctx)
	p.close()
	return p.drained.WaitContext(ctx)
}

// ShutdownNow closes the pool: it refuses new tasks, removes from the queue the
// tasks that no worker has taken, and returns them, the oldest first. The pool will
// not run them; the caller may. ShutdownNow then waits for the tasks that are
// running, at the latest until ctx ends. The error is nil if all of them have ended,
// and otherwise that of [Pool.ShutdownContext]. The tasks are returned in either
// case. If several goroutines call ShutdownNow, each task is returned by one of the
// calls. It panics if ctx is nil.
func (p *Pool) ShutdownNow(ctx context.Context) (tasks []func(), err error) {
	p.checkMade("ShutdownNow")
	check.Context("chanpool: ShutdownNow", ctx)
	p.close()
	for {
		task, open := p.tasks.Receive()
		if !open {
			break
		}
		tasks = append(tasks, p.supervisor.Unobserved(task))
	}
	// Only now, or Stats could count a task both as queued and as returned.
	p.returned.Add(uint64(len(tasks)))
	p.checkQuiescence()
	return tasks, p.drained.WaitContext(ctx)
}

// close begins the shutdown, if it has not begun.
func (p *Pool) close() {
	p.gate.Lock()
	first := !p.closed
	p.closed = true
	p.gate.Unlock()
	if first {
		p.closing.Open()
		p.waiters.Wait() // so that none sends on a closed channel
		p.tasks.Close()
	}
}
