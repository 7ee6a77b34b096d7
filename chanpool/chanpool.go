// Package chanpool is a bounded worker pool made of a buffered channel, and of a
// fixed number of goroutines that receive from it. It keeps the promises of
// package [workerpool], as package ringpool does.
//
// It is the reference: easy to read, and the pool that ringpool is tested and
// measured against. Its goroutines communicate only by channels, locks and
// counters. Use ringpool where throughput matters, or where you need Resize or
// WithIdleTimeout. chanpool has neither: the capacity of a channel is fixed, and to
// stop a single worker would take a second channel in every receive.
//
// # What the obvious version gets wrong
//
// The pool that most people write first has two channels. It closes one to refuse
// further tasks, and the task channel to end the workers:
//
//	select {
//	case <-p.closed:
//		return ErrPoolClosed
//	case p.tasks <- task:
//		return nil
//	}
//
// It has three faults. A submit that waits in the select when Shutdown closes the
// task channel panics with "send on closed channel". So does every second submit
// after Shutdown: select chooses at random among the cases that are ready, and a
// send on a closed channel is ready. And a task that calls [runtime.Goexit], as
// t.FailNow does, ends its worker.
//
// # What this version does
//
// A submit read-locks a [sync.RWMutex], checks whether the pool is closed, and
// sends without blocking. Shutdown write-locks it to close the pool. So no send
// comes after the closing.
//
// A submit that waits for room must not hold the lock, or Shutdown would wait for
// room, too. It registers as a waiter under the lock, releases the lock, and selects
// between the send and the closing. Shutdown closes the task channel only when no
// waiter is left in its select. If both cases are ready, select may choose the send
// after the shutdown has begun. That does no harm: the task channel is still open,
// and the task runs before Shutdown returns.
//
// Each worker is supervised: a task that panics or calls Goexit does not end it.
package chanpool

import (
	"fmt"

	"github.com/seed62337844/workerpool/internal/cacheline"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/count"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/refuse"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/supervise"
)

// A Pool runs tasks on a fixed number of goroutines. Make one with [New]. It must
// not be copied. All its methods are safe for concurrent use.
type Pool struct {
	tasks   step.Chan[func()]
	closing step.Latch // opened when a shutdown begins
	drained step.Latch // opened when it is complete

	gate       step.RWMutex   // guards closed: held for reading to send, for writing to close
	closed     bool           // a shutdown has begun
	waiters    step.WaitGroup // calls that wait for room; Add under gate, while the pool is open
	quiescence quiescence     // for Wait

	workers    []worker
	running    step.Int32 // workers whose loop has not ended
	supervisor supervise.Supervisor

	waiting   step.Int32  // the number of waiters
	returned  step.Uint64 // tasks that ShutdownNow has returned
	expired   step.Uint64 // functions of GoContext that were not called
	refusals  refuse.Refusals
	submitted count.Mark // the largest number that Stats has reported
}

// A worker counts the starts and ends of tasks of one goroutine: an odd number of
// steps means that it is busy. Only that goroutine writes steps. The padding
// keeps the counters of different workers on different cache lines.
type worker struct {
	steps step.Uint64
	_     [cacheline.Size - 8]byte
}

// New returns a pool that runs at most size tasks at once and queues 2×size more,
// or as many as [workerpool.WithQueueCapacity] says. It starts size goroutines. It
// panics if size is less than 1 or greater than 8,388,608, if an option is nil, and
// if one is [workerpool.WithIdleTimeout].
//
// A worker needs a moment to start, and between two tasks. During that time a
// Submit may find the queue full although the worker has no task. With a queue
// capacity of 0, Submit accepts a task only if a worker is receiving at that
// instant. SubmitWait waits until one is.
func New(size int, opts ...Option) *Pool {
	check.Size("chanpool: New", size)
	o := options.Apply("chanpool", opts)
	if o.IdleTimeout != 0 {
		panic(fmt.Sprintf("chanpool: New: WithIdleTimeout(%v): only package ringpool has this option", o.IdleTimeout))
	}
	p := &Pool{
		tasks:   step.NewChan[func()](o.Capacity(size)),
		closing: step.NewLatch(),
		drained: step.NewLatch(),
		workers: make([]worker, size),
	}
	p.supervisor.Init("chanpool", o)
	p.running.Store(int32(size))
	for i := range p.workers {
		w := &p.workers[i]
		p.supervisor.Start(func() { p.work(w) })
	}
	return p
}

// checkMade panics if p was not made by New. It looks at the task channel,
// which a submit reads anyway.
func (p *Pool) checkMade(method string) {
	if p == nil || p.tasks == nil {
		panicNotMade(method)
	}
}

func panicNotMade(method string) {
	panic("chanpool: " + method + ": the Pool was not made by New")
}

// work runs tasks until the task channel is closed and empty. The supervisor calls
// it again after a task that panicked or called Goexit.
func (p *Pool) work(w *worker) {
	if w.steps.Load()%2 == 1 {
		w.steps.Inc() // a task has ended without returning
		p.checkQuiescence()
	}
	for {
		task, open := p.tasks.Receive()
		if !open {
			break
		}
		w.steps.Inc()
		if p.supervisor.CallsDirectly() {
			task()
		} else {
			p.supervisor.Call(task)
		}
		w.steps.Inc()
		p.checkQuiescence()
	}
	if p.running.Dec() == 0 {
		p.drained.Open()
	}
}

// Size returns the number of workers.
func (p *Pool) Size() int {
	p.checkMade("Size")
	return len(p.workers)
}

// Name returns the name that [workerpool.WithName] gave the pool, or "".
func (p *Pool) Name() string {
	p.checkMade("Name")
	return p.supervisor.Options.Name
}
