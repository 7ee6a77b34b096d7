//go:build modelcheck

package chanpool

import (
	"context"
	"fmt"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// A scenario is a pool in a run of package explore, and what its calls have
// returned. It checks the promises of the pool: at every step, whenever a task
// starts or a call returns, when nothing moves any more, and at the end.
type scenario struct {
	*explore.Run
	pool *Pool

	jobs       []*job
	running    int       // tasks
	ended      int       // tasks
	calls      [16]*call // that have not returned, by goroutine
	closing    bool      // a call that shuts the pool down has begun
	returning  bool      // one of ShutdownNow
	inspecting bool      // the scenario calls the returned tasks, to learn which they are
	over       bool      // a call that shuts the pool down has returned
}

// A job records what happened to one submitted task.
type job struct {
	ran, ended, returned int
	answered             bool
	err                  error // the answer
}

// done reports whether the pool is done with an accepted task.
func (j *job) done() bool { return j.ended+j.returned == 1 }

// A call is a submit or a Wait that has not returned. It records whether the queue was
// full, or the pool quiescent, at some instant since the call began. A submit may
// return ErrPoolFull only if the queue was full, and a Wait may return nil only if the
// pool was quiescent.
type call struct{ submits, full, quiescent bool }

// A shape has the size and capacity of a scenario's pool, and the bound on
// preemptions.
type shape struct{ size, capacity, preemptions int }

func (s shape) String() string { return fmt.Sprintf("size=%d/capacity=%d", s.size, s.capacity) }

// eachPool runs program with new pools. It makes the run ignore the words that only
// Stats and Wait read.
func eachPool(t *testing.T, shapes []shape, program func(w *scenario)) {
	eachRun(t, shapes, func(w *scenario) {
		explore.Ignore(w.Run, &w.pool.quiescence)
		for i := range w.pool.workers {
			explore.Ignore(w.Run, &w.pool.workers[i])
		}
		program(w)
	})
}

// eachFullPool is eachPool with pools that are full, of tasks that end when the gate
// is opened.
func eachFullPool(t *testing.T, shapes []shape, program func(w *scenario, gate step.Latch)) {
	eachPool(t, shapes, func(w *scenario) { program(w, w.fill()) })
}

// eachRun is eachPool for programs with Stats or Wait.
func eachRun(t *testing.T, shapes []shape, program func(w *scenario)) {
	for _, s := range shapes {
		t.Run(s.String(), func(t *testing.T) {
			explore.Check(t, explore.Effort{Preemptions: s.preemptions, Random: 400}, func(r *explore.Run) {
				w := &scenario{Run: r, pool: New(s.size,
					workerpool.WithQueueCapacity(s.capacity), workerpool.WithPanicHandler(func(any, []byte) {}))}
				explore.Ignore(r, &w.pool.refusals)
				explore.Ignore(r, &w.pool.supervisor)
				r.Always(w.always)
				program(w)
				w.end()
			})
		})
	}
}

// always is called after every step.
func (w *scenario) always() (seen uint64) {
	full := w.full()
	quiescent := w.quiescent()
	for i, c := range w.calls {
		if c == nil {
			continue
		}
		if c.full = c.full || full; c.full {
			seen |= 1 << i
		}
		if c.quiescent = c.quiescent || quiescent; c.quiescent {
			seen |= 1 << (i + len(w.calls))
		}
	}
	return seen
}

// full reports whether the queue is full. That does not say whether a pool without a queue
// is full: there it depends on whether a worker waits for a task, which cannot be seen here.
// See fill.
func (w *scenario) full() bool { return w.pool.tasks.Len() == w.pool.tasks.Cap() }

// quiescent reports whether all tasks that were counted as accepted have ended, or
// been returned, and none is queued.
func (w *scenario) quiescent() bool {
	p := w.pool
	return p.tasks.Len() == 0 && p.quiescence.accepted.Load() == uint64(w.ended)+p.returned.Load()
}

// start starts goroutines with numbered names.
func (w *scenario) start(n int, name string, f func(i int)) {
	for i := range n {
		w.Go(fmt.Sprint(name, " ", i+1), func() { f(i) })
	}
}

// task returns the next job, and a task that does body.
func (w *scenario) task(body func()) (*job, func()) {
	j := new(job)
	w.jobs = append(w.jobs, j)
	return j, func() {
		if w.inspecting {
			j.returned++
			if j.ran > 0 || j.returned > 1 {
				w.Failf("a task was returned that had begun, or was returned before")
			}
			return
		}
		j.ran++
		w.running++
		defer func() { w.running--; w.ended++; j.ended++ }()
		switch {
		case j.ran > 1 || j.returned > 0:
			w.Failf("a task runs that has run before, or was returned")
		case j.answered && j.err != nil:
			w.Failf("a task runs that was refused: %v", j.err)
		case w.running > w.pool.Size():
			w.Failf("%d tasks run at once", w.running)
		case w.over:
			w.Failf("a task runs after a shutdown has returned")
		}
		if body != nil {
			body()
		}
	}
}

// begin records the beginning of a call, and returns it.
func (w *scenario) begin(submits bool) *call {
	c := &call{submits: submits}
	w.calls[w.Self()] = c
	w.Observe()
	return c
}

// submitBy submits a task that does body by a method of the pool, and returns the
// result.
func (w *scenario) submitBy(method func(task func()) error, body func()) error {
	j, task := w.task(body)
	c, over := w.begin(true), w.over
	err := method(task)
	if err == ErrPoolFull && !c.full {
		w.Failf("ErrPoolFull, but the queue was never full")
	}
	w.calls[w.Self()] = nil
	w.answer(j, over, err)
	return err
}

func (w *scenario) submit(body func()) error {
	err := w.submitBy(w.pool.Submit, body)
	if err != nil && err != ErrPoolFull && err != ErrPoolClosed {
		w.Failf("Submit returned %v", err)
	}
	return err
}

func (w *scenario) submitWait(body func()) {
	if err := w.submitBy(w.pool.SubmitWait, body); err != nil && err != ErrPoolClosed {
		w.Failf("SubmitWait returned %v", err)
	}
}

func (w *scenario) submitContext(ctx *step.Context, body func()) {
	err := w.submitBy(func(task func()) error { return w.pool.SubmitContext(ctx, task) }, body)
	if err != nil && err != ErrPoolClosed && (err != context.Canceled || !ctx.Ended()) {
		w.Failf("SubmitContext returned %v", err)
	}
}

// submitBatch calls SubmitBatch with n tasks that do body, or SubmitBatchWait, if
// ctx is not nil.
func (w *scenario) submitBatch(ctx *step.Context, n int, body func()) {
	jobs, tasks := make([]*job, n), make([]func(), n)
	for i := range n {
		jobs[i], tasks[i] = w.task(body)
	}
	c, over := w.begin(true), w.over
	var accepted int
	var err error
	if ctx == nil {
		accepted, err = w.pool.SubmitBatch(tasks)
	} else {
		accepted, err = w.pool.SubmitBatchWait(ctx, tasks)
	}
	switch {
	case err == ErrPoolFull && (ctx != nil || !c.full):
		w.Failf("ErrPoolFull, but the queue was never full, or the call was to wait")
	case err == context.Canceled && (ctx == nil || !ctx.Ended()):
		w.Failf("a batch was given up, and its context goes on")
	case (err == nil) != (accepted == n):
		w.Failf("of a batch of %d, %d were accepted, with the error %v", n, accepted, err)
	}
	w.calls[w.Self()] = nil
	for i, j := range jobs {
		if i < accepted {
			w.answer(j, over, nil)
		} else {
			w.answer(j, over, err)
		}
	}
}

// answer records the result of a submit. over says whether the submit began after
// a shutdown had returned.
func (w *scenario) answer(j *job, over bool, err error) {
	j.answered, j.err = true, err
	switch {
	case err != nil && j.ran+j.returned > 0:
		w.Failf("a task has run, or was returned, that is now refused: %v", err)
	case err == nil && over:
		w.Failf("a task was accepted after a shutdown")
	case err == ErrPoolFull && over:
		w.Failf("ErrPoolFull, but a shutdown had returned before")
	case err == ErrPoolClosed && !w.closing:
		w.Failf("ErrPoolClosed, but the pool is open")
	}
}

// wait calls Wait.
func (w *scenario) wait(ctx *step.Context) {
	var before []*job
	for _, j := range w.jobs {
		if j.answered && j.err == nil {
			before = append(before, j)
		}
	}
	c := w.begin(false)
	err := w.pool.Wait(ctx)
	w.calls[w.Self()] = nil
	switch {
	case err == nil && !c.quiescent:
		w.Failf("Wait has returned, but the pool was never quiescent")
	case err != nil && !ctx.Ended():
		w.Failf("Wait returned %v", err)
	}
	for _, j := range before {
		if err == nil && !j.done() && !w.returning {
			w.Failf("Wait has returned, and a task has not ended that was accepted before")
		}
	}
}

// fill makes the pool full of tasks that wait for a gate, and checks its capacity.
func (w *scenario) fill() (gate step.Latch) {
	gate = step.NewLatch()
	w.Prepare(func() {
		w.Settle() // until the workers wait for tasks
		for range w.pool.Size() + w.pool.tasks.Cap() {
			if err := w.submit(gate.Wait); err != nil {
				w.Failf("a pool with room for the task returned %v", err)
			}
			w.Settle()
		}
		if err := w.submit(nil); err != ErrPoolFull {
			w.Failf("a full pool returned %v", err)
		}
		w.Look(w.settled)
	})
	return gate
}

// settle waits until nothing moves, and checks the state that the pool is in
// then.
func (w *scenario) settle() {
	w.Settle()
	w.Look(w.settled)
}

func (w *scenario) settled() {
	p := w.pool
	waiting := 0
	for _, c := range w.calls {
		if c != nil && c.submits {
			waiting++
		}
	}
	s := p.Stats()
	switch {
	case p.tasks.Len() > 0 && w.running < p.Size():
		w.Failf("%d tasks are queued, and only %d run", p.tasks.Len(), w.running)
	case waiting > 0 && (w.running < p.Size() || !w.full() || w.closing):
		w.Failf("%d submits wait, though %d tasks run and %d are queued, or the pool is closed", waiting, w.running, p.tasks.Len())
	case p.quiescence.awaited.Load() && w.quiescent():
		w.Failf("the pool is quiescent, and a call of Wait waits")
	case s.Busy != w.running || s.Queued != p.tasks.Len() || s.Waiting != waiting || s.Completed != uint64(w.ended):
		w.Failf("%d tasks run, %d are queued, %d wait, %d have ended: %+v", w.running, p.tasks.Len(), waiting, w.ended, s)
	}
}

// shutdown calls Shutdown, and checks that every accepted task has run then.
func (w *scenario) shutdown() {
	w.closing = true
	w.pool.Shutdown()
	w.ends()
}

// shutdownNow calls ShutdownNow, and checks what it returns.
func (w *scenario) shutdownNow() {
	w.closing, w.returning = true, true
	tasks, err := w.pool.ShutdownNow(new(step.Context))
	if err != nil {
		w.Failf("ShutdownNow returned %v", err)
	}
	w.inspecting = true
	for _, task := range tasks {
		task()
	}
	w.inspecting = false
	w.ends()
}

// ends checks what must be true when a shutdown has returned.
func (w *scenario) ends() {
	w.over = true
	if w.running > 0 {
		w.Failf("a shutdown has returned, and %d tasks run", w.running)
	}
	for _, j := range w.jobs {
		if j.answered && j.err == nil && !j.done() && !w.returning {
			w.Failf("a shutdown has returned, and an accepted task has not ended")
		}
	}
}

// end shuts the pool down, when nothing moves any more.
func (w *scenario) end() {
	w.settle()
	w.shutdown()
	w.settle()
	for _, j := range w.jobs {
		switch {
		case !j.answered:
			w.Failf("a submit has not returned")
		case (j.err == nil) != j.done():
			w.Failf("a task with the answer %v ran %d times and was returned %d times", j.err, j.ran, j.returned)
		}
	}
}
