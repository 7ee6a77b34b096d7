// Package chanpool is the reference pool: a buffered channel, and a fixed number
// of goroutines that receive from it. It has the methods and keeps the promises of
// [workerpool.Pool], as package ringpool does.
//
// It is there to be read, and to test and measure ringpool against. All that its
// goroutines say to each other, they say by a channel, a lock or a counter, so it
// can be checked without a theory of its own. Use ringpool where throughput
// matters, and where you need Resize or WithIdleTimeout, which chanpool leaves out:
// a channel keeps its capacity, and a goroutine that receives from one cannot be
// told to stop without a second channel in every receive.
//
// # What the obvious version gets wrong
//
// The pool that everybody writes first closes one channel to say "no more", and the
// task channel to end the workers:
//
//	select {
//	case <-p.closed:
//		return ErrPoolClosed
//	case p.tasks <- task:
//		return nil
//	}
//
// It has three faults. A submit that has passed its check when Shutdown closes the
// task channel panics with "send on closed channel". So does every second submit
// after Shutdown: select picks at random among the cases that are ready, and a send
// on a closed channel is ready. And a task that calls [runtime.Goexit], as t.FailNow
// does, takes its worker with it.
//
// # What this version does
//
// A submit holds the read side of a [sync.RWMutex] while it looks whether the pool
// is closed, and sends without blocking. Shutdown closes the pool under the write
// side. So each send comes before the closing or does not happen.
//
// A submit that waits for room cannot hold the lock, or Shutdown would wait for room
// too. It registers as a waiter under the lock, releases the lock, and selects
// between the send and the closing. Shutdown closes the task channel when the last
// waiter has left its select. If both cases are ready, select may accept the task
// after the closing has begun. That is no fault: the task channel is still open, and
// the task runs before Shutdown returns.
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

// A Pool runs tasks on a fixed number of goroutines. Make one with [New]: the
// methods of a Pool that was made otherwise panic. A Pool must not be copied. All
// its methods are safe for concurrent use.
type Pool struct {
	tasks   step.Chan[func()]
	closing step.Latch // opened when a shutdown begins
	drained step.Latch // opened when it is complete

	gate       step.RWMutex   // guards closed: held for reading to send, for writing to close
	closed     bool           // a shutdown has begun
	waiters    step.WaitGroup // calls that send in a select; Add under gate, while the pool is open
	quiescence quiescence     // for Wait

	workers    []worker
	running    step.Int32 // workers whose loop has not ended
	supervisor supervise.Supervisor

	waiting   step.Int32  // the number of waiters
	returned  step.Uint64 // tasks that ShutdownNow has handed back
	expired   step.Uint64 // functions not called because nobody waited for them any more
	refused   refuse.Refusals
	submitted count.Mark // the largest number that Stats has reported
}

// A worker counts the tasks that one goroutine has begun and ended. An odd number
// says that the worker is busy. Only the worker writes it, and no other worker's
// counter lies on the same cache line.
type worker struct {
	steps step.Uint64
	_     [cacheline.Size - 8]byte
}

// New returns a pool of size workers, all started, with a queue of 2×size tasks,
// or as many as [workerpool.WithQueueCapacity] says. New panics if
// size is less than 1 or greater than 8,388,608, if an option is nil, and if one is
// [workerpool.WithIdleTimeout].
//
// A worker takes its first task when the runtime lets it begin, and its next a
// moment after the end of the last. Until then a Submit may find the queue full
// though the worker has no task. With a queue capacity of 0, Submit accepts a task
// only if a worker is receiving at that instant. SubmitWait just waits for that.
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

// mustBeMade panics unless p was made by New. The task channel is what tells: a
// submit is about to read it anyway.
func (p *Pool) mustBeMade(method string) {
	if p == nil || p.tasks == nil {
		notMade(method)
	}
}

func notMade(method string) {
	panic("chanpool: " + method + ": the Pool was not made by New")
}

// work runs tasks until the task channel is closed and empty. The supervisor calls
// it again after a task that panicked or called Goexit.
func (p *Pool) work(w *worker) {
	if w.steps.Load()%2 == 1 {
		w.steps.Inc() // the end of the task that did not return
		p.checkQuiescence()
	}
	for {
		task, open := p.tasks.Receive()
		if !open {
			break
		}
		w.steps.Inc()
		if p.supervisor.Bare() {
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
	p.mustBeMade("Size")
	return len(p.workers)
}

// Name returns the name that the pool was given by [workerpool.WithName], or "".
func (p *Pool) Name() string {
	p.mustBeMade("Name")
	return p.supervisor.Options.Name
}
