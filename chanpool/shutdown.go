package chanpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
)

// Shutdown refuses new tasks, lets the accepted ones run, and returns when the last
// of them has ended and all workers are gone. It may be called many times and from
// many goroutines; each call returns only then. The end of every task synchronizes
// before the return of Shutdown.
//
// A task must not call Shutdown: it would wait for its own end, forever. The pool
// does not detect that. A handler of panics and a report of slow tasks run on a
// worker, as a part of the task, so the same holds for them.
func (p *Pool) Shutdown() {
	p.mustBeMade("Shutdown")
	p.close()
	p.drained.Wait()
}

// ShutdownContext is like [Pool.Shutdown], but does not wait longer than until ctx
// ends. If that comes first, it returns an error that is both [context.Cause] of ctx
// and the error of ctx, and the shutdown goes on without it. It panics if ctx is
// nil.
func (p *Pool) ShutdownContext(ctx context.Context) error {
	p.mustBeMade("ShutdownContext")
	check.Context("chanpool: ShutdownContext", ctx)
	p.close()
	return p.drained.WaitContext(ctx)
}

// ShutdownNow is like [Pool.ShutdownContext], but takes the tasks that no worker
// has taken yet out of the queue, and returns them, the oldest first. They will not
// run, unless the caller runs them. It returns them with the error, too, if ctx ends
// before the last running task. If it is called from several goroutines, each task
// is returned by one of the calls. It panics if ctx is nil.
func (p *Pool) ShutdownNow(ctx context.Context) (tasks []func(), err error) {
	p.mustBeMade("ShutdownNow")
	check.Context("chanpool: ShutdownNow", ctx)
	p.close()
	for {
		task, open := p.tasks.Receive()
		if !open {
			break
		}
		tasks = append(tasks, task)
	}
	// After the last has left the channel: Stats must not see a task in both.
	p.returned.Add(uint64(len(tasks)))
	p.checkQuiescence()
	p.supervisor.Over()
	return tasks, p.drained.WaitContext(ctx)
}

// close begins the shutdown, if that has not been done.
func (p *Pool) close() {
	p.gate.Lock()
	first := !p.closed
	p.closed = true
	p.gate.Unlock()
	if first {
		p.closing.Open()
		p.waiters.Wait() // or one of them could send on a closed channel
		p.tasks.Close()
	}
}
