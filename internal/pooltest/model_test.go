package pooltest

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/submission"
	"github.com/seed62337844/workerpool/internal/supervise"
)

// A model is a simple correct pool: one mutex guards everything, and each change of
// the state does all that follows from it. So no goroutine has to look twice. The
// model passes the suite. Each fault breaks it in one place, and the suite must
// notice.
//
// Invariants:
//   - a task is queued only while all workers are busy;
//   - a submit waits only while the queue is full.
//
// Its methods are in four files: submits, batches, workers and shutdowns.
type model struct {
	size, capacity int
	promised       int // the capacity that Stats reports
	fault          fault
	supervisor     supervise.Supervisor
	expired        step.Uint64 // written by tasks of groups
	workers        sync.WaitGroup
	returned       step.Bool // a ShutdownNow has emptied the queue

	mu       sync.Mutex // guards what follows
	closed   bool
	queue    []func()
	waiters  []*modelWaiter
	idle     []*modelWorker   // asleep; the last to fall asleep wakes first
	latched  bool             // for the fault freesLate: full until half empty
	bypassed int              // tasks that were accepted while a submit waited
	events   int              // for faults that strike now and then
	stats    workerpool.Stats // all counts, and Busy and Started
	hoard    []func()         // for the fault hoards
	awaiting []chan struct{}  // closed when the pool is quiescent
}

func newModel(f fault, size int, opts ...workerpool.Option) *model {
	if f == takesAnySize {
		size = max(1, size%1000)
	}
	check.Size("model: New", size)
	if f == takesNilOption && opts != nil && opts[len(opts)-1] == nil {
		opts = opts[:len(opts)-1]
	}
	o := options.Apply("model", opts)
	switch f {
	case swallowsPanics:
		o.PanicHandler = func(any, []byte) {}
	case losesValue, losesStack:
		told := o.PanicHandler
		if told == nil {
			told = supervise.LogPanic("model", o.Name)
		}
		o.PanicHandler = func(value any, stack []byte) {
			if f == losesValue {
				told("another", stack)
			} else {
				told(value, nil)
			}
		}
	case losesName:
		o.Name = ""
	case slowerOnly:
		o.SlowTask++
	case ignoresCapacity:
		o.HasQueueCapacity = false
	}
	p := &model{size: size, capacity: o.Capacity(size), promised: o.Capacity(size), fault: f}
	p.supervisor.Init("model", o)
	switch f {
	case fullTooEarly:
		p.capacity--
	case fullTooLate:
		p.capacity++
	case roundsUp:
		for p.capacity&(p.capacity-1) != 0 {
			p.capacity++
		}
	case startsAll:
		for range size {
			p.idle = append(p.idle, p.startWorker())
		}
	case startsMany:
		for range size / 1000 {
			p.idle = append(p.idle, p.startWorker())
		}
	case takesMemory:
		p.hoard = make([]func(), 0, 100*size)
	case waitsForAll:
		p.workers.Add(size)
	case ticks:
		p.tick()
	}
	return p
}

// checkMade panics if p was not made by newModel.
func (p *model) checkMade(method string) {
	if p == nil || p.size == 0 && p.fault != worksUnmade {
		panic("model: " + method + ": the Pool was not made by New")
	}
}

// accept accepts task, unless the pool is full or closed. The caller holds mu.
func (p *model) accept(task func()) error {
	switch {
	case task == nil && p.fault != takesNil && p.fault != looksForNilOnce:
		return workerpool.ErrNilTask
	case p.closed && (p.fault != acceptsClosed || len(p.queue) == p.capacity):
		return workerpool.ErrPoolClosed
	case p.fault == refusesAtRandom && p.oneIn(100):
		return workerpool.ErrPoolFull
	case p.fault == fullWhileIdle && p.stats.Busy == 0 && p.oneIn(20):
		return workerpool.ErrPoolFull
	case p.stats.Busy < p.size && p.fault == queuesFirst:
		return p.acceptQueued(task)
	case p.stats.Busy < p.size && p.fault == skipsWake && p.oneIn(100):
		p.queue = append(p.queue, task)
	case p.stats.Busy < p.size && p.fault == wakesOne && p.stats.Busy > 0 && len(p.queue) < p.capacity:
		p.queue = append(p.queue, task)
	case p.stats.Busy < p.size:
		p.wakeWorker().inbox <- p.spoil(task)
	case len(p.queue) < p.capacity && !p.latched:
		p.queue = append(p.queue, p.spoil(task))
		p.latched = p.fault == freesLate && len(p.queue) == p.capacity
	case p.fault == allocatesFull:
		p.hoard = []func(){task}
		return workerpool.ErrPoolFull
	default:
		return workerpool.ErrPoolFull
	}
	p.stats.Submitted++
	p.bypassed++
	return nil
}

// acceptQueued is accept for the fault queuesFirst: the task is queued, even if
// a worker is idle, and the worker is woken to take it.
func (p *model) acceptQueued(task func()) error {
	if len(p.queue) == p.capacity {
		return workerpool.ErrPoolFull
	}
	p.queue = append(p.queue, task)
	p.wakeWorker().inbox <- func() {}
	return nil
}

// refuse counts n tasks that accept has refused with err, which it returns. The
// caller holds mu.
func (p *model) refuse(n int, err error) error {
	switch err {
	case workerpool.ErrPoolFull:
		p.stats.Rejected += uint64(n)
	case workerpool.ErrPoolClosed:
		p.stats.RejectedClosed += uint64(n)
	}
	return err
}

// cancel counts n tasks whose submitter gives up because ctx has ended, and
// returns its error. The caller holds mu.
func (p *model) cancel(n int, ctx context.Context) error {
	switch cause := context.Cause(ctx); {
	case p.fault == countsByValue && (cause == workerpool.ErrPoolFull || cause == workerpool.ErrPoolClosed):
		_ = p.refuse(n, cause)
	case ownEnd(ctx) && p.fault != countsOwn:
	default:
		p.stats.Canceled += uint64(n)
	}
	return await.Cause(ctx)
}

// ownEnd reports whether ctx is the context of a group that has ended it
// itself.
func ownEnd(ctx context.Context) bool {
	s, ok := ctx.(*submission.Context)
	return ok && s.OwnEnd != nil && s.OwnEnd()
}

func (p *model) Stats() workerpool.Stats {
	p.checkMade("Stats")
	p.mu.Lock()
	defer p.mu.Unlock()
	queued := len(p.queue)
	if p.fault == sumsLooksApart && p.oneIn(2) {
		p.mu.Unlock()
		runtime.Gosched()
		p.mu.Lock()
	}
	s := p.stats
	s.Size = p.size
	s.Capacity = p.promised
	s.Queued = queued
	s.Waiting = len(p.waiters)
	s.Panicked = p.supervisor.Panicked.Load()
	s.Expired = p.expired.Load()
	if p.fault == sumsLooksApart {
		s.Submitted = s.Completed + s.Returned + uint64(s.Queued+s.Busy)
	}
	return s
}

func (p *model) Size() int {
	p.checkMade("Size")
	return p.size
}

func (p *model) Name() string {
	p.checkMade("Name")
	return p.supervisor.Options.Name
}

// spoil returns task with the faults that change a task.
func (p *model) spoil(task func()) func() {
	switch {
	case p.fault == hoards:
		p.hoard = append(p.hoard, task)
	case p.fault == dropsTask && p.oneIn(100):
		return func() {}
	case p.fault == runsTwice && p.oneIn(100):
		return func() { defer task(); task() }
	case p.fault == allocates:
		return func() { task() }
	}
	return task
}

// tick wakes a goroutine once a minute until the pool closes.
func (p *model) tick() {
	p.workers.Go(func() {
		for closed := false; !closed; {
			time.Sleep(time.Minute)
			p.mu.Lock()
			closed = p.closed
			p.mu.Unlock()
		}
	})
}

// oneIn returns true once in n calls.
func (p *model) oneIn(n int) bool {
	p.events++
	return p.events%n == 0
}
