package pooltest

import (
	"context"
	"slices"
	"sync"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
)

func (p *model) Shutdown() {
	p.checkMade("Shutdown")
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	for _, w := range p.waiters {
		if p.fault != forgetsWaiters {
			w.done <- workerpool.ErrPoolClosed
		}
	}
	p.waiters = nil
	if first {
		for _, w := range p.idle {
			close(w.inbox)
		}
		p.idle = nil
	}
	p.mu.Unlock()
	switch {
	case p.fault == returnsEarly:
	case p.fault == waitsOnce && !first:
	default:
		p.workers.Wait()
	}
}

func (p *model) ShutdownContext(ctx context.Context) error {
	p.checkMade("ShutdownContext")
	check.Context("model: ShutdownContext", ctx)
	over := make(chan struct{})
	go func() {
		p.Shutdown()
		close(over)
	}()
	synced := func() bool { // whether it is over already
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.closed && p.stats.Busy == 0 && len(p.queue) == 0
	}
	if synced() {
		<-over
		return nil
	}
	select {
	case <-over:
		return nil
	case <-p.ended(ctx):
		if p.fault == stopsDrain {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.queue = nil
		}
		return await.Cause(ctx)
	}
}

func (p *model) ShutdownNow(ctx context.Context) ([]func(), error) {
	p.checkMade("ShutdownNow")
	check.Context("model: ShutdownNow", ctx)
	p.mu.Lock()
	tasks := slices.Clone(p.queue)
	switch {
	case p.fault == returnsRun: // they stay in the queue
	case p.fault == losesReturned && len(tasks) > 0:
		tasks = tasks[1:]
		p.queue = nil
	case p.fault == newestTask:
		slices.Reverse(tasks)
		p.queue = nil
	default:
		p.queue = nil
	}
	p.stats.Returned += uint64(len(tasks))
	p.mu.Unlock()
	p.returned.Store(true)
	for i, task := range tasks {
		if p.fault != observesReturned {
			tasks[i] = p.supervisor.Unobserved(task)
		}
		if p.fault == recyclesReturned {
			tasks[i] = sync.OnceFunc(tasks[i])
		}
	}
	return tasks, p.ShutdownContext(ctx)
}
