package pooltest

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/refuse"
	"github.com/seed62337844/workerpool/internal/supervise"
)

// A model is the pool that is easiest to believe: one mutex guards everything,
// and whoever changes the state hands over what follows from the change, so
// nobody has to look twice. It passes the suite. Then each fault spoils it in
// one place, and the suite must notice.
//
// Invariants:
//   - a task is queued only while all workers are busy;
//   - a SubmitWait waits only while the queue is full.
type model struct {
	size, capacity int
	fault          fault
	supervisor     supervise.Supervisor
	workers        sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	queue   []func()
	waiters []*modelWaiter
	idle    []*modelWorker   // asleep; the last to fall asleep wakes first
	latched bool             // by the fault freesLate: full until half empty
	events  int              // for faults that strike now and then
	stats   workerpool.Stats // all counts, and Busy and Started
	hoard   []func()         // by the fault hoards
	resters []chan struct{}  // closed when the pool is at rest
}

// A modelWaiter is a SubmitWait that waits. Done receives its result.
type modelWaiter struct {
	task func()
	done chan error
}

// A modelWorker is a worker; its tasks come through the inbox, which holds one.
type modelWorker struct {
	p       *model
	inbox   chan func()
	running bool
	last    func() // by the fault keepsLastTask
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
	if f == swallowsPanics {
		o.PanicHandler = func(any, []byte) {}
	}
	switch f {
	case losesName:
		o.Name = ""
	case slowerOnly:
		o.SlowTask++
	}
	p := &model{
		size:     size,
		capacity: 2 * size,
		fault:    f,
	}
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
	case waitsForAll:
		p.workers.Add(size)
	case ticks:
		p.tick()
	}
	return p
}

func (p *model) Submit(task func()) error {
	task = p.timed(task)
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.accept(task)
	if err == workerpool.ErrPoolFull && p.fault == countsTwice {
		p.stats.Rejected++
	}
	return p.refuse(1, err)
}

// refuse counts n tasks that were refused with err, which it returns.
func (p *model) refuse(n int, err error) error {
	switch {
	case err == nil || errors.Is(err, workerpool.ErrNilTask):
	case err == workerpool.ErrPoolFull:
		p.stats.Rejected += uint64(n)
	case err == workerpool.ErrPoolClosed:
		p.stats.RejectedClosed += uint64(n)
	default:
		p.stats.Canceled += uint64(n)
	}
	return err
}

func (p *model) SubmitWait(task func()) error {
	return p.submitWait(context.Background(), p.timed(task))
}

func (p *model) SubmitContext(ctx context.Context, task func()) error {
	return p.submitContext(ctx, p.timed(task))
}

func (p *model) submitContext(ctx context.Context, task func()) error {
	if p.fault != takesNilContext {
		check.Context("model: SubmitContext", ctx)
	}
	if task != nil && ctx.Err() != nil && p.fault != acceptsEnded {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.refuse(1, await.Cause(ctx))
	}
	if accepted := task; p.fault == dropsEnded {
		task = func() {
			if ctx.Err() == nil {
				accepted()
			}
		}
	}
	return p.submitWait(ctx, task)
}

func (p *model) SubmitOrRun(task func()) error {
	p.mu.Lock()
	err := p.accept(task)
	if err == workerpool.ErrPoolClosed && p.fault == runsClosed {
		defer p.supervisor.Do(task)
	}
	if err != workerpool.ErrPoolFull {
		defer p.mu.Unlock()
		return p.refuse(1, err)
	}
	p.stats.CallerRuns++
	p.mu.Unlock()
	switch p.fault {
	case refusesToRun:
		return err
	case waitsToRun:
		return p.submitWait(context.Background(), task)
	case runsElsewhere:
		ran := make(chan struct{})
		go func() {
			defer close(ran)
			p.supervisor.Do(task)
		}()
		<-ran
	case runsUnprotected:
		task()
	default:
		p.supervisor.Do(task)
	}
	return nil
}

func (p *model) submitWait(ctx context.Context, task func()) error {
	p.mu.Lock()
	err := p.accept(task)
	if err != workerpool.ErrPoolFull || p.fault == neverWaits {
		defer p.mu.Unlock()
		return p.refuse(1, err)
	}
	w := &modelWaiter{task: task, done: make(chan error, 1)}
	switch {
	case p.fault == losesWaiter && p.oneIn(100):
	case p.fault == newestWaiter:
		p.waiters = append([]*modelWaiter{w}, p.waiters...)
	default:
		p.waiters = append(p.waiters, w)
	}
	p.mu.Unlock()
	var answer error
	select {
	case answer = <-w.done:
	case <-p.ended(ctx):
		answer = p.cancel(ctx, w)
	}
	if answer == errTryAgain {
		return p.submitWait(ctx, task)
	}
	if answer == workerpool.ErrPoolClosed {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.refuse(1, answer)
	}
	return answer
}

// ended returns ctx.Done, but to the fault that does not look at it.
func (p *model) ended(ctx context.Context) <-chan struct{} {
	if p.fault == ignoresContext {
		return nil
	}
	return ctx.Done()
}

// cancel takes w off the list of waiters, because ctx has ended, unless it has
// been served, or refused. It returns the answer.
func (p *model) cancel(ctx context.Context, w *modelWaiter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.Index(p.waiters, w)
	switch {
	case at < 0:
		return <-w.done
	case p.fault == servesCanceled:
		w.task = func() {} // in its place
	case p.fault == runsCanceled: // it stays where it is
	default:
		p.waiters = slices.Delete(p.waiters, at, at+1)
	}
	return p.refuse(1, await.Cause(ctx))
}

func (p *model) SubmitBatch(tasks []func()) (n int, err error) {
	if err := p.checkBatch(tasks); err != nil {
		return 0, err
	}
	tasks = p.timedAll(tasks)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault == batchWholly && len(tasks) > p.size-p.stats.Busy+p.capacity-len(p.queue) {
		return 0, p.refuse(len(tasks), workerpool.ErrPoolFull)
	}
	for n < len(tasks) && err == nil {
		if err = p.accept(tasks[n]); err == nil {
			n++
		}
	}
	return n, p.refuse(len(tasks)-n, err)
}

func (p *model) SubmitBatchWait(ctx context.Context, tasks []func()) (n int, err error) {
	check.Context("model: SubmitBatchWait", ctx)
	if err := p.checkBatch(tasks); err != nil {
		return 0, err
	}
	if p.fault == batchNoWait {
		return p.SubmitBatch(tasks)
	}
	if p.fault == batchBackwards {
		tasks = slices.Clone(tasks)
		slices.Reverse(tasks)
	}
	tasks = p.timedAll(tasks)
	for n < len(tasks) {
		if err := p.submitContext(ctx, tasks[n]); err != nil {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.fault == batchForgetsPart {
				return 0, p.refuse(len(tasks)-n-1, err)
			}
			return n, p.refuse(len(tasks)-n-1, err)
		}
		n++
	}
	return n, nil
}

func (p *model) timedAll(tasks []func()) []func() {
	if p.fault == timesNoBatch {
		return tasks
	}
	return p.supervisor.TimedAll(tasks)
}

// timed is that of the supervisor, for a task that is not nil.
func (p *model) timed(task func()) func() {
	if task == nil {
		return nil
	}
	return p.supervisor.Timed(task)
}

func (p *model) checkBatch(tasks []func()) error {
	if p.fault == takesNil {
		return nil
	}
	return refuse.CheckBatch(tasks)
}

// errTryAgain is what the fault wakesAll tells those who wait.
var errTryAgain = errors.New("model: try again")

// accept takes task in, unless the pool is full or closed.
func (p *model) accept(task func()) error {
	switch {
	case task == nil && p.fault != takesNil:
		return workerpool.ErrNilTask
	case p.closed && (p.fault != acceptsClosed || len(p.queue) == p.capacity):
		return workerpool.ErrPoolClosed
	case p.fault == refusesAtRandom && p.oneIn(100):
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
	default:
		return workerpool.ErrPoolFull
	}
	p.stats.Submitted++
	return nil
}

// acceptQueued is what becomes of accept by the fault queuesFirst: the worker is
// woken to look at the queue, and until it does, the task is in its way.
func (p *model) acceptQueued(task func()) error {
	if len(p.queue) == p.capacity {
		return workerpool.ErrPoolFull
	}
	p.queue = append(p.queue, task)
	p.wakeWorker().inbox <- func() {}
	return nil
}

// wakeWorker returns a worker that is idle, or new, and makes it busy.
func (p *model) wakeWorker() *modelWorker {
	p.stats.Busy++
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return w
	}
	return p.startWorker()
}

func (p *model) startWorker() *modelWorker {
	p.stats.Started++
	w := &modelWorker{p: p, inbox: make(chan func(), 1)}
	if p.fault != waitsForAll {
		p.workers.Add(1)
	}
	if p.fault == plainRecover || p.fault == losesPanicker {
		go w.workPlainly()
	} else {
		go p.supervisor.Run(w.work)
	}
	return w
}

// work is called again after a task that did not return.
func (w *modelWorker) work() {
	if w.running {
		w.next()
	}
	for task := range w.inbox {
		w.running = true
		if w.p.fault == keepsLastTask {
			w.last = task
		}
		if w.p.fault == callsBare {
			task()
		} else {
			w.p.supervisor.Call(task)
		}
		w.next()
	}
	w.p.workers.Done()
	if w.p.fault == leavesGoroutine {
		select {}
	}
}

// workPlainly is what becomes of work without a supervisor, as in most pools.
func (w *modelWorker) workPlainly() {
	defer w.p.workers.Done()
	for task := range w.inbox {
		if !w.runPlainly(task) && w.p.fault == losesPanicker {
			return
		}
		w.next()
	}
}

func (w *modelWorker) runPlainly(task func()) (returned bool) {
	defer func() {
		if value := recover(); value != nil {
			w.p.supervisor.Panicked.Inc()
			w.p.supervisor.Handle(value, nil)
		}
	}()
	task()
	return true
}

// next books the end of a task, and gives the worker the oldest queued one and
// the free slot to the first waiter. Without a queued task the worker is idle.
func (w *modelWorker) next() {
	p := w.p
	p.mu.Lock()
	defer p.mu.Unlock()
	w.running = false
	p.stats.Completed++
	if len(p.queue) == 0 || p.fault == looksOnce && p.oneIn(100) || p.fault == batches && p.stats.Busy > 1 {
		p.stats.Busy--
		if p.stats.Busy == 0 && len(p.queue) == 0 || p.fault == restsWithoutQueue && len(p.queue) == 0 {
			p.rest()
		}
		if p.closed {
			close(w.inbox)
		} else {
			p.idle = append(p.idle, w)
		}
		return
	}
	w.inbox <- p.takeQueued()
	if 2*len(p.queue) <= p.capacity {
		p.latched = false
	}
	switch {
	case len(p.waiters) == 0 || p.latched:
	case p.fault == halfEmpty && 2*len(p.queue) > p.capacity:
	case p.fault == starvesWaiters && len(p.queue) > 0:
	case p.fault == wakesAll:
		for _, w := range p.waiters {
			w.done <- errTryAgain
		}
		p.waiters = nil
	default:
		p.queue = append(p.queue, p.waiters[0].task)
		p.stats.Submitted++
		p.waiters[0].done <- nil
		p.waiters[0] = nil
		p.waiters = p.waiters[1:]
	}
}

// takeQueued removes the oldest task from the queue.
func (p *model) takeQueued() func() {
	last := len(p.queue) - 1
	if p.fault == newestTask {
		p.queue[0], p.queue[last] = p.queue[last], p.queue[0]
	}
	task := p.queue[0]
	copy(p.queue, p.queue[1:])
	if p.fault != keepsSlots {
		p.queue[last] = nil
	}
	p.queue = p.queue[:last]
	return task
}

// rest lets those go who wait for the pool to be at rest.
func (p *model) rest() {
	if p.fault == missesRest && p.oneIn(4) || p.fault == restsOpenOnly && p.closed {
		return
	}
	for _, r := range p.resters {
		close(r)
	}
	p.resters = nil
}

func (p *model) Wait(ctx context.Context) error {
	check.Context("model: Wait", ctx)
	p.mu.Lock()
	if p.stats.Busy == 0 && len(p.queue) == 0 {
		p.mu.Unlock()
		return nil
	}
	r := make(chan struct{})
	p.resters = append(p.resters, r)
	p.mu.Unlock()
	select {
	case <-r:
		return nil
	case <-p.ended(ctx):
		return await.Cause(ctx)
	}
}

func (p *model) ShutdownContext(ctx context.Context) error {
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
	if p.fault != observesReturned {
		p.supervisor.Over()
	}
	return tasks, p.ShutdownContext(ctx)
}

func (p *model) Shutdown() {
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

func (p *model) Stats() workerpool.Stats {
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
	s.Capacity = 2 * p.size
	s.Queued = queued
	s.Waiting = len(p.waiters)
	s.Panicked = p.supervisor.Panicked.Load()
	if p.fault == sumsLooksApart {
		s.Submitted = s.Completed + uint64(s.Queued+s.Busy)
	}
	return s
}

func (p *model) Size() int { return p.size }

func (p *model) Name() string { return p.supervisor.Options.Name }

// spoil is where the faults lie that befall a task.
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

// oneIn reports whether a fault strikes that strikes once in n times.
func (p *model) oneIn(n int) bool {
	p.events++
	return p.events%n == 0
}
