//go:build modelcheck

package ringpool

import (
	"context"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// A scenario is a pool in a run of package explore, and what its calls have
// returned. It checks the promises of the pool: at every step, whenever a task starts or
// a call returns, when nothing moves any more, and at the end.
type scenario struct {
	*explore.Run
	pool *Pool
	size int

	jobs       []*job
	running    int // tasks
	ended      int
	newest     *mpmc.Link[func()] // the ring, at the last step
	taken      uint64             // and how many tasks were taken from it
	timer      *step.Timer        // of the evictor, at the last step
	resizing   int                // calls of Resize under way
	calls      [16]*call          // calls under way of Submit and the like, and of Wait, by goroutine
	closing    bool               // a Shutdown has begun
	returning  bool               // a ShutdownNow has begun, and may hold tasks that it has not returned
	closed     bool               // a shutdown has closed the pool: no submit that begins now is accepted
	inspecting bool               // the scenario calls the returned tasks, to learn which they are
	over       bool               // a shutdown has returned
}

// A job records what happened to one submitted task.
type job struct {
	ran      int
	answered bool
	err      error // the answer
}

// A call is a submit or a Wait that has not returned. It records whether the pool was full
// or quiescent at some instant since the call began. A submit may return ErrPoolFull only
// if the pool was full, and a Wait may return nil only if it was quiescent.
type call struct {
	full, quiescent bool
}

// newScenario makes a new pool.
func newScenario(r *explore.Run, size int, opts ...Option) *scenario {
	opts = append(opts, workerpool.WithPanicHandler(func(any, []byte) {}))
	w := &scenario{Run: r, size: size, pool: New(size, opts...)}
	r.Always(w.always)
	return w
}

// ignoreStats makes the run ignore the words that only Stats reads. A program that calls
// Wait uses ignoreCounts, because Wait reads the parks and the wakes.
func (w *scenario) ignoreStats() {
	w.ignoreCounts()
	explore.Ignore(w.Run, &w.pool.quiescence.parks)
	explore.Ignore(w.Run, &w.pool.quiescence.wakes)
}

// ignoreCounts makes the run ignore the words that only Stats reads, except parks and wakes.
func (w *scenario) ignoreCounts() {
	p := w.pool
	explore.Ignore(w.Run, &p.submitted)
	explore.Ignore(w.Run, &p.started)
	explore.Ignore(w.Run, &p.refusals)
	explore.Ignore(w.Run, &p.completed)
	explore.Ignore(w.Run, &p.supervisor)
}

// ignoreStatsAndSize is ignoreStats for a program without Resize.
func (w *scenario) ignoreStatsAndSize() {
	w.ignoreStats()
	w.ignoreSize()
}

// ignoreCountsAndSize is ignoreCounts for a program without Resize.
func (w *scenario) ignoreCountsAndSize() {
	w.ignoreCounts()
	w.ignoreSize()
}

// ignoreSize makes the run ignore the words that only Resize writes.
func (w *scenario) ignoreSize() {
	explore.Ignore(w.Run, &w.pool.queue)
	explore.Ignore(w.Run, &w.pool.sizes)
}

// queued returns how many tasks are queued.
func (w *scenario) queued() int { return int(w.pool.queue.Pushed() - w.pool.queue.Popped()) }

// always is what must hold at every step.
func (w *scenario) always() (seen uint64) {
	p := w.pool
	newest := p.queue.Current()
	inNewest := int(newest.Pushed() - newest.Popped())
	if inNewest < 0 || inNewest > newest.Cap() || w.queued() < inNewest {
		w.Failf("%d tasks are queued, of which %d in the newest ring", w.queued(), inNewest)
	}
	w.closed = w.closed || w.pool.waiters.closed

	// While no Resize is under way, and tasks are taken by workers only: none from the
	// newest ring while there are too many workers. (Without a queue, a submit that has
	// claimed a worker before the Resize began may give it a task afterwards.)
	taken := newest.Popped()
	if newest == w.newest && taken > w.taken && p.sizes.load().excess() != 0 && w.resizing == 0 && !w.returning && !p.direct {
		w.Failf("a task is taken, and %d workers are too many", p.sizes.load().excess())
	}
	w.newest, w.taken = newest, taken

	// Shutdown would wait for such a timer.
	if e := &p.evictor; e.closed && e.timer != w.timer {
		w.Failf("a round is to come though a shutdown has begun")
	}
	w.timer = p.evictor.timer

	// The pool is full when the newest ring is, no worker is idle, and none is claimed
	// and still without a task. Without a queue the ring does not count.
	s := p.idle.load()
	full := (inNewest == newest.Cap() || p.direct) && s.empty() && !s.inHandoff()
	if p.direct && inNewest > 0 && !s.inHandoff() {
		w.Failf("a task is queued in a pool without a queue")
	}
	for i, c := range w.calls {
		if c != nil {
			c.full = c.full || full
			c.quiescent = c.quiescent || w.quiescent()
			if c.full {
				seen |= 1 << i
			}
			if c.quiescent {
				seen |= 1 << (i + len(w.calls))
			}
		}
	}
	return seen
}

// quiescent reports whether each task that was ever queued has ended, or was returned by
// ShutdownNow.
func (w *scenario) quiescent() bool {
	return w.pool.queue.Pushed() == uint64(w.ended)+w.pool.returned.Load()
}

// idle counts the idle workers. It stops after 2×size, in case the stack has a loop.
func (w *scenario) idle() (n int) {
	p := w.pool
	for i := p.idle.load().top(); i != 0 && n <= 2*w.size; n++ {
		i = p.idle.below(i)
	}
	return n
}

// workers returns how many workers there are, including those that must leave.
func (w *scenario) workers() int { return w.pool.sizes.load().workers() }

// capacity returns how many tasks can be queued, once no Resize is under way.
func (w *scenario) capacity() int { return w.pool.supervisor.Options.Capacity(w.size) }

// room returns how many tasks that block are accepted by a pool without tasks.
func (w *scenario) room() int { return w.size + w.capacity() }

// resize calls Resize.
func (w *scenario) resize(size int) {
	w.size = size
	w.change(size)
}

// change is resize for concurrent calls, where the last one is not known.
func (w *scenario) change(size int) {
	w.resizing++
	w.pool.Resize(size)
	w.resizing--
}

// task returns the next job, and a task that does body.
func (w *scenario) task(body func()) (*job, func()) {
	j := new(job)
	w.jobs = append(w.jobs, j)
	return j, func() {
		j.ran++
		if w.inspecting {
			if j.ran > 1 {
				w.Failf("a task was returned that ran")
			}
			return
		}
		w.running++
		var workers int
		w.Look(func() { workers = w.workers() })
		defer func() { w.running--; w.ended++ }()
		switch {
		case j.ran > 1:
			w.Failf("a task runs twice")
		case j.answered && j.err != nil:
			w.Failf("a task runs that was refused: %v", j.err)
		case w.running > workers:
			w.Failf("%d tasks run at once", w.running)
		case w.over:
			w.Failf("a task runs after Shutdown has returned")
		}
		if body != nil {
			body()
		}
	}
}

// submit calls Submit with a task that does body.
func (w *scenario) submit(body func()) error { return w.submitBy(w.pool.Submit, body) }

// submitBy is submit by another function, which promises the same.
func (w *scenario) submitBy(submit func(task func()) error, body func()) error {
	j, task := w.task(body)
	c := new(call)
	w.calls[w.Self()] = c
	w.Observe()
	closed := w.closed
	err := submit(task)
	switch {
	case err == ErrPoolFull && !c.full:
		w.Failf("ErrPoolFull, but the pool was never full")
	case err != nil && err != ErrPoolFull && err != ErrPoolClosed:
		w.Failf("Submit returned %v", err)
	}
	w.calls[w.Self()] = nil
	w.answer(j, closed, err)
	return err
}

// submitWait calls SubmitWait with a task that does body.
func (w *scenario) submitWait(body func()) error {
	j, task := w.task(body)
	closed := w.closed
	err := w.pool.SubmitWait(task)
	if err != nil && err != ErrPoolClosed {
		w.Failf("SubmitWait returned %v", err)
	}
	w.answer(j, closed, err)
	return err
}

// submitContext calls SubmitContext with a task that does body.
func (w *scenario) submitContext(ctx *step.Context, body func()) {
	j, task := w.task(body)
	closed := w.closed
	err := w.pool.SubmitContext(ctx, task)
	if err != nil && err != ErrPoolClosed && (err != context.Canceled || !ctx.Ended()) {
		w.Failf("SubmitContext returned %v", err)
	}
	w.answer(j, closed, err)
}

// submitBatch calls SubmitBatch with n tasks that do body, or SubmitBatchWait, if
// ctx is not nil.
func (w *scenario) submitBatch(ctx *step.Context, n int, body func()) (int, error) {
	var jobs []*job
	var tasks []func()
	for range n {
		j, task := w.task(body)
		jobs, tasks = append(jobs, j), append(tasks, task)
	}
	c := new(call)
	w.calls[w.Self()] = c
	w.Observe()
	closed := w.closed
	var accepted int
	var err error
	if ctx != nil {
		accepted, err = w.pool.SubmitBatchWait(ctx, tasks)
	} else {
		accepted, err = w.pool.SubmitBatch(tasks)
	}
	switch {
	case err == ErrPoolFull && (ctx != nil || !c.full):
		w.Failf("ErrPoolFull, but the pool was never full")
	case err == context.Canceled && (ctx == nil || !ctx.Ended()):
		w.Failf("a batch was given up, and its context goes on")
	case (err == nil) != (accepted == n):
		w.Failf("of a batch of %d, %d were accepted, with the error %v", n, accepted, err)
	}
	w.calls[w.Self()] = nil
	for i, j := range jobs {
		if i < accepted {
			w.answer(j, closed, nil)
		} else {
			w.answer(j, closed, err)
		}
	}
	return accepted, err
}

// wait calls Wait.
func (w *scenario) wait(ctx *step.Context) error {
	c := new(call)
	w.calls[w.Self()] = c
	w.Observe()
	err := w.pool.Wait(ctx)
	switch {
	case err == nil && !c.quiescent:
		w.Failf("Wait has returned, but the pool was never quiescent")
	case err != nil && !ctx.Ended():
		w.Failf("Wait returned %v", err)
	}
	w.calls[w.Self()] = nil
	return err
}

// shutdownNow calls ShutdownNow, and checks what it returns.
func (w *scenario) shutdownNow() {
	w.closing, w.returning = true, true
	tasks, err := w.pool.ShutdownNow(new(step.Context))
	if err != nil {
		w.Failf("ShutdownNow returned %v", err)
	}
	if w.running > 0 {
		w.Failf("ShutdownNow has returned, and a task runs")
	}
	w.over = true
	w.inspecting = true // to learn which tasks these are
	for _, task := range tasks {
		task()
	}
	w.inspecting = false
}

func (w *scenario) answer(j *job, closed bool, err error) {
	j.answered, j.err = true, err
	switch {
	case err != nil && j.ran > 0:
		w.Failf("a task has run that is now refused: %v", err)
	case err == nil && closed:
		w.Failf("a task was accepted though the pool was closed before")
	case err == ErrPoolFull && closed:
		w.Failf("ErrPoolFull, but the pool was closed before")
	case err == ErrPoolClosed && !w.closing:
		w.Failf("ErrPoolClosed, but the pool is open")
	}
}

// settle waits until nothing moves, and checks the state that the pool is in then.
func (w *scenario) settle() {
	w.Settle()
	w.Look(w.settled)
}

func (w *scenario) settled() {
	p := w.pool
	l := &p.waiters
	switch {
	case uint64(p.idle.load())&uint64(oneSearching|twoSearching|handoff) != 0:
		w.Failf("nothing moves, but a worker is searching or the handoff is held: state %#x", p.idle.load())
	case w.queued() > 0 && w.idle() > 0:
		w.Failf("%d tasks are queued beside %d idle workers", w.queued(), w.idle())
	case p.Size() != w.size || p.queue.Cap() != p.capacity(w.size) && !w.closing:
		w.Failf("the size is %d, and the queue has room for %d", p.Size(), p.queue.Cap())
	case w.workers() > w.size && w.idle() > 0:
		w.Failf("of %d workers of a pool of %d some are idle: %d", w.workers(), w.size, w.idle())
	case w.workers() != w.running+w.idle() && !w.over:
		w.Failf("there are %d workers, of which %d run tasks and %d are idle", w.workers(), w.running, w.idle())
	case l.length.Load() > 0 && (w.idle() > 0 || !p.direct && w.queued() < p.capacity(w.size)):
		w.Failf("%d submitters wait for room, and there is some: %d tasks are queued", l.length.Load(), w.queued())
	case l.waking != 0:
		w.Failf("nothing moves, but %d admitted waiters are still to run", l.waking)
	case l.wanted.Load() != (l.head != nil && !p.direct) || (l.overdueAt.Load() != never) != (l.head != nil || p.direct) ||
		(l.length.Load() != 0) != (l.head != nil):
		w.Failf("the list of waiters and its words disagree: wanted %v, overdue %d, length %d, empty %v",
			l.wanted.Load(), l.overdueAt.Load(), l.length.Load(), l.head == nil)
	case p.quiescence.awaited.Load() && w.quiescent():
		w.Failf("nothing moves, the pool is quiescent, and a call of Wait has not returned")
	case p.evictor.after != 0 && !w.over && int(p.started.Load()) != w.running:
		w.Failf("nothing moves, %d tasks run, and %d workers have a goroutine", w.running, p.started.Load())
	}
}

// count returns how many jobs were answered with err.
func (w *scenario) count(err error) (n int) {
	for _, j := range w.jobs {
		if j.answered && j.err == err {
			n++
		}
	}
	return n
}

// shutdown calls Shutdown, and checks that every accepted task has run then.
func (w *scenario) shutdown() {
	w.closing = true
	w.pool.Shutdown()
	w.over = true
	if w.running > 0 {
		w.Failf("Shutdown has returned, and a task runs")
	}
	for _, j := range w.jobs {
		if j.answered && j.err == nil && j.ran != 1 && !w.returning {
			w.Failf("Shutdown has returned, and an accepted task has not run")
		}
	}
}

// end shuts the pool down, when nothing moves any more.
func (w *scenario) end() {
	w.settle()
	w.shutdown()
	w.Settle()
	w.Look(func() {
		for _, j := range w.jobs {
			switch {
			case !j.answered:
				w.Failf("a submit has not returned")
			case (j.err == nil) != (j.ran == 1):
				w.Failf("a task with the answer %v ran %d times", j.err, j.ran)
			}
		}
		if w.idle() != 0 || w.queued() != 0 {
			w.Failf("after Shutdown %d workers are idle and %d tasks queued", w.idle(), w.queued())
		}
	})
}

// startAll starts all workers, and returns when they sleep again.
func (w *scenario) startAll() {
	w.Prepare(func() {
		all := w.together(w.size)
		for range w.size {
			w.submit(all)
		}
	})
	w.Look(func() {
		if w.idle() != w.size || w.pool.started.Load() != int32(w.size) {
			w.Failf("not all workers were started")
		}
	})
	w.jobs = nil
}

// age makes all workers idle for so long that the next round evicts them, and starts the
// timer of that round.
func (w *scenario) age() { w.idleFor(1) }

// idleFor makes all workers idle since so many rounds, and starts the timer of the next.
func (w *scenario) idleFor(rounds uint64) {
	p := w.pool
	e := &p.evictor
	e.after = time.Second // any value: the run decides when the timer fires
	w.Look(func() {
		for i := uint32(1); i <= uint32(w.size); i++ {
			worker := p.entries.find(i).worker
			worker.idleSince.Store(e.rounds.Load())
			e.sleepers = append(e.sleepers, &worker.sleeper)
		}
		e.rounds.Add(rounds)
		p.alive.add(1)
	})
	e.arm()
}

// together returns the body of n tasks that wait for one another.
func (w *scenario) together(n int) func() {
	var arrived step.Int32
	all := step.NewLatch()
	return func() {
		if arrived.Inc() == int32(n) {
			all.Open()
		}
		all.Wait()
	}
}
