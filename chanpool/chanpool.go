// Package chanpool is the reference pool: a buffered channel and a fixed
// number of goroutines that receive from it, with the same API and the same
// promises as package ringpool.
//
// It exists to be read, to be tested against and to be measured against. Where
// throughput matters, use ringpool; where a page of code that holds no
// surprise matters more, use this.
//
// # What the obvious version gets wrong
//
// The pool that everybody writes has a task channel and a channel closed to
// say "no more":
//
//	select {
//	case <-p.closed:
//		return ErrPoolClosed
//	case p.tasks <- task:
//		return nil
//	}
//
// and a Shutdown that closes both, and waits for the workers. It has three
// faults. A submit that is past its check when Shutdown closes the task channel
// panics with "send on closed channel". A submit that comes after Shutdown
// panics too, about every second time, because select evaluates all its cases
// and picks at random among those that are ready, and a send on a closed
// channel is ready. And a task that calls [runtime.Goexit], as t.FailNow does,
// takes its worker with it for good.
//
// # What this version does
//
// A submit holds the read side of a [sync.RWMutex] while it looks whether the
// pool is closed and sends without blocking. Shutdown takes the write side to
// close the pool. So each send is wholly before the closing or does not happen:
// that instant decides which tasks are accepted.
//
// A SubmitWait that finds the queue full must not hold the lock while it waits,
// or Shutdown would wait for room too. It registers as a waiter under the lock,
// lets go of it, and blocks in a select between sending and the closing of the
// pool. Shutdown closes the task channel only when the last waiter has left
// its select, so here as well nobody can send on a closed channel. A waiter may
// find both cases ready, and then select may accept its task after the closing
// has begun. That is no fault: the task channel is still open, and the task
// runs before Shutdown returns.
//
// # What it leaves out
//
// A channel keeps its capacity, and a goroutine that receives from it can't be told
// to stop without a second channel, which every receive would have to select from.
// Resize and WithIdleTimeout, which package ringpool has, would make this one longer
// than the five minutes that it should take to read. So it has neither.
//
// This file has the pool as such, batch.go the submits of many tasks, and rest.go
// tells how Wait knows that there is nothing left to do.
package chanpool

import (
	"context"
	"sync"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/cacheline"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/count"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/refuse"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/supervise"
)

// A Pool runs tasks on a fixed number of goroutines. Make one with [New]. It
// must not be copied. All its methods are safe for concurrent use.
type Pool struct {
	tasks   chan func()
	closing chan struct{} // closed when a shutdown begins
	drained chan struct{} // closed when it is complete

	gate    sync.RWMutex   // held to send, and to close
	closed  bool           // guarded by gate
	waiters sync.WaitGroup // calls that send in a select; Add under gate while open
	rest    rest           // for Wait

	workers    []worker
	running    atomic.Int32 // workers that have not been let go
	supervisor supervise.Supervisor

	waiting   atomic.Int32 // the number of waiters
	returned  step.Uint64  // tasks that ShutdownNow has handed back
	refused   refuse.Refusals
	submitted count.Mark // what Stats has reported
}

// A worker is what Stats needs to know of one goroutine: how many tasks it has
// begun and ended. An odd number says that it is busy. Only the worker writes
// it, once before and once after each task, and no other worker's counter lies
// on the same cache line.
type worker struct {
	steps step.Uint64
	_     [cacheline.Size - 8]byte
}

// New returns a pool of size workers, all started, with a queue of 2×size
// tasks. The runtime lets the workers begin in its own time, so a Submit right
// after New may find the queue full though no worker has a task yet. While the
// program is traced by [runtime/trace], each task is a region "chanpool.task" of
// the trace. New panics if size is less than 1 or greater than 8,388,608, and if
// an option is nil.
func New(size int, opts ...Option) *Pool {
	check.Size("chanpool: New", size)
	o := options.Apply("chanpool", opts)
	p := &Pool{
		tasks:   make(chan func(), 2*size),
		closing: make(chan struct{}),
		drained: make(chan struct{}),
		workers: make([]worker, size),
	}
	p.supervisor.Init("chanpool", o)
	p.running.Store(int32(size))
	for i := range p.workers {
		w := &p.workers[i]
		go p.supervisor.Run(func() { p.work(w) })
	}
	return p
}

// Submit queues task and returns nil, without blocking. It returns
// [ErrPoolFull] if the queue is full, [ErrPoolClosed] if a shutdown has begun,
// and [ErrNilTask] if task is nil; task will then never run.
//
// What happens before a Submit synchronizes before the start of its task.
func (p *Pool) Submit(task func()) error {
	if task == nil {
		return ErrNilTask
	}
	return p.refused.Count(1, p.send(p.supervisor.Timed(task)))
}

// SubmitWait is like [Pool.Submit], but while the queue is full it blocks, and
// returns [ErrPoolClosed] if a shutdown begins meanwhile. Waiting calls are
// served in the order of their arrival.
//
// A task that calls SubmitWait on its own pool waits for a worker to become
// free while it occupies one: if all of them do so, they wait forever. In a task
// use [Pool.SubmitOrRun].
func (p *Pool) SubmitWait(task func()) error {
	if task == nil {
		return ErrNilTask
	}
	return p.refused.Count(1, p.sendWait(context.Background(), p.supervisor.Timed(task)))
}

// SubmitContext is like [Pool.SubmitWait], but gives up when ctx ends: it
// returns [context.Cause] of ctx if that is before there is room, and at once if
// ctx has ended already. The task then never runs. It panics if ctx is nil.
//
// Once the task is queued, ctx has no more to do with it.
func (p *Pool) SubmitContext(ctx context.Context, task func()) error {
	check.Context("chanpool: SubmitContext", ctx)
	if task == nil {
		return ErrNilTask
	}
	if ctx.Err() != nil {
		return p.refused.Canceled(1, ctx)
	}
	return p.refused.Count(1, p.sendWait(ctx, p.supervisor.Timed(task)))
}

// send queues task if there is room and the pool is open.
func (p *Pool) send(task func()) error {
	p.gate.RLock()
	defer p.gate.RUnlock()
	if p.closed {
		return ErrPoolClosed
	}
	select {
	case p.tasks <- task:
		p.rest.accepted.Add(1)
		return nil
	default:
		return ErrPoolFull
	}
}

// sendWait queues task as soon as there is room, unless the pool closes or ctx
// ends first.
func (p *Pool) sendWait(ctx context.Context, task func()) error {
	if err := p.send(task); err != ErrPoolFull {
		return err
	}
	if !p.register() {
		return ErrPoolClosed
	}
	defer p.unregister()
	select {
	case p.tasks <- task:
		p.rest.accepted.Add(1)
		return nil
	case <-p.closing:
		return ErrPoolClosed
	case <-ctx.Done():
		return await.Cause(ctx)
	}
}

// register makes the caller a waiter, on which Shutdown waits before it closes
// the task channel. It reports whether the pool is open.
func (p *Pool) register() bool {
	p.gate.RLock()
	defer p.gate.RUnlock()
	if !p.closed {
		p.waiters.Add(1)
		p.waiting.Inc()
	}
	return !p.closed
}

// unregister is the end of a waiter.
func (p *Pool) unregister() {
	p.waiting.Dec()
	p.waiters.Done()
	p.checkRest()
}

// work runs tasks until the task channel is closed and empty. It is called
// again after a task that panicked or called Goexit.
func (p *Pool) work(w *worker) {
	if w.steps.Load()%2 == 1 {
		w.steps.Inc() // the end of the task that did not return
		p.checkRest()
	}
	for task := range p.tasks {
		w.steps.Inc()
		if p.supervisor.Bare() {
			task()
		} else {
			p.supervisor.Call(task)
		}
		w.steps.Inc()
		p.checkRest()
	}
	if p.running.Dec() == 0 {
		close(p.drained)
	}
}

// Shutdown refuses new tasks, lets the accepted ones run, and returns when the
// last of them has ended and all workers are gone. It may be called many times
// and from many goroutines; each call returns only then. The end of every task
// synchronizes before the return of Shutdown.
//
// A task must not call Shutdown: it would wait for its own end.
func (p *Pool) Shutdown() {
	p.close()
	<-p.drained
}

// ShutdownContext is like [Pool.Shutdown], but does not wait longer than until
// ctx ends: if that comes first, it returns [context.Cause] of ctx, and the
// shutdown, which has begun in any case, goes on without it. It panics if ctx is
// nil.
func (p *Pool) ShutdownContext(ctx context.Context) error {
	check.Context("chanpool: ShutdownContext", ctx)
	p.close()
	return await.Done(ctx, p.drained)
}

// ShutdownNow is like [Pool.Shutdown], but takes the tasks that no worker has
// taken yet out of the queue, and returns them, the oldest first. They will not
// run, unless the caller runs them. Like Shutdown it waits for the tasks that
// run. If it is called from several goroutines, each task is returned by one of
// the calls.
func (p *Pool) ShutdownNow(ctx context.Context) (tasks []func(), err error) {
	check.Context("chanpool: ShutdownNow", ctx)
	p.close()
	for task := range p.tasks {
		tasks = append(tasks, task)
	}
	p.returned.Add(uint64(len(tasks)))
	p.checkRest()
	p.supervisor.Over()
	return tasks, await.Done(ctx, p.drained)
}

// close begins the shutdown, if that has not been done.
func (p *Pool) close() {
	p.gate.Lock()
	first := !p.closed
	p.closed = true
	p.gate.Unlock()
	if first {
		close(p.closing)
		p.waiters.Wait()
		close(p.tasks)
	}
}

// Size returns the number of workers.
func (p *Pool) Size() int { return len(p.workers) }

// Name returns the name that the pool was given by [WithName], or "".
func (p *Pool) Name() string { return p.supervisor.Options.Name }

// Stats returns a snapshot of the pool. It does not block, and takes time
// proportional to the size. Its price for those who work: two atomic additions
// for each task, by the worker that runs it, to a word that nobody else writes;
// and one for each refusal, to one of a few words that share the work. (A further
// one for each submit is for [Pool.Wait].)
func (p *Pool) Stats() workerpool.Stats {
	s := workerpool.Stats{Size: len(p.workers), Capacity: cap(p.tasks), Started: len(p.workers)}
	s.Returned = p.returned.Load()
	for i := range p.workers {
		steps := p.workers[i].steps.Load()
		s.Busy += int(steps % 2)
		s.Completed += steps / 2
	}
	// Looked at after the workers: a task that is taken in between is missed,
	// which Raise makes good, and not counted twice, which nothing could.
	s.Queued = len(p.tasks)
	s.Submitted = p.submitted.Raise(s.Completed + s.Returned + uint64(s.Busy+s.Queued))
	s.Waiting = int(p.waiting.Load())
	s.Panicked = p.supervisor.Panicked.Load()
	p.refused.Report(&s)
	return s
}
