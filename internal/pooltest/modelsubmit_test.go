package pooltest

import (
	"context"
	"errors"
	"slices"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/submission"
)

// A modelWaiter is a submit that waits. Done receives its result.
type modelWaiter struct {
	task func()
	done chan error
}

// Answers of waiters that are neither served nor refused.
var (
	errGivenUp  = errors.New("model: the context has ended")
	errTryAgain = errors.New("model: try again") // by the fault wakesAll
)

// observed is Observed of the supervisor, for a task that may be nil.
func (p *model) observed(task func()) func() {
	if task == nil {
		return nil
	}
	return p.supervisor.Observed(task)
}

func (p *model) Submit(task func()) error {
	p.checkMade("Submit")
	task = p.observed(task)
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.accept(task)
	if err == workerpool.ErrPoolFull && p.fault == countsTwice {
		p.stats.Rejected++
	}
	return p.refuse(1, err)
}

func (p *model) SubmitWait(task func()) error {
	p.checkMade("SubmitWait")
	return p.submitWait(context.Background(), p.observed(task), 1)
}

func (p *model) SubmitContext(ctx context.Context, task func()) error {
	p.checkMade("SubmitContext")
	if p.fault != takesNilContext {
		check.Context("model: SubmitContext", ctx)
	}
	if s, ok := ctx.(*submission.Context); ok {
		s.Expired = &p.expired
	}
	return p.submitContext(ctx, p.observed(task), 1)
}

// submitContext submits task. If it is refused, that counts as many refusals as
// tasks says.
func (p *model) submitContext(ctx context.Context, task func(), tasks int) error {
	if task != nil && ctx.Err() != nil && p.fault != acceptsEnded {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.cancel(tasks, ctx)
	}
	if accepted := task; p.fault == dropsEnded {
		task = func() {
			if ctx.Err() == nil {
				accepted()
			}
		}
	}
	return p.submitWait(ctx, task, tasks)
}

func (p *model) submitWait(ctx context.Context, task func(), tasks int) error {
	p.mu.Lock()
	err := p.accept(task)
	if err != workerpool.ErrPoolFull || p.fault == neverWaits {
		defer p.mu.Unlock()
		return p.refuse(tasks, err)
	}
	w := &modelWaiter{task: task, done: make(chan error, 1)}
	if len(p.waiters) == 0 {
		p.bypassed = 0
	}
	switch {
	case p.fault == losesWaiter && p.oneIn(100):
	case p.fault == newestWaiter:
		p.waiters = append([]*modelWaiter{w}, p.waiters...)
	default:
		p.waiters = append(p.waiters, w)
	}
	p.mu.Unlock()
	select {
	case err = <-w.done:
	case <-p.ended(ctx):
		err = p.giveUp(w)
	}
	switch err {
	case errTryAgain:
		return p.submitWait(ctx, task, tasks)
	case errGivenUp:
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.cancel(tasks, ctx)
	default:
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.refuse(tasks, err)
	}
}

// ended returns ctx.Done(), or nil for the fault that ignores the context.
func (p *model) ended(ctx context.Context) <-chan struct{} {
	if p.fault == ignoresContext {
		return nil
	}
	return ctx.Done()
}

// giveUp removes w from the list of waiters, unless it has its answer. It returns
// the answer.
func (p *model) giveUp(w *modelWaiter) error {
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
	return errGivenUp
}

func (p *model) SubmitOrRun(task func()) error {
	p.checkMade("SubmitOrRun")
	p.mu.Lock()
	err := p.accept(p.observed(task))
	if err == workerpool.ErrPoolClosed && p.fault == runsClosed {
		defer p.supervisor.Do(task)
	}
	if err != workerpool.ErrPoolFull {
		defer p.mu.Unlock()
		return p.refuse(1, err)
	}
	if p.fault != nestsForever && !p.supervisor.MayDo() {
		defer p.mu.Unlock()
		return p.refuse(1, err)
	}
	p.stats.CallerRuns++
	p.mu.Unlock()
	switch p.fault {
	case refusesToRun:
		return err
	case waitsToRun:
		return p.submitWait(context.Background(), task, 1)
	case runsElsewhere:
		ran := make(chan struct{})
		go func() {
			defer close(ran)
			p.supervisor.Do(task)
		}()
		<-ran
	case runsUnprotected:
		task()
	case labelsCaller:
		p.supervisor.Label()
		p.supervisor.Do(task)
	case observesCaller:
		p.supervisor.Do(p.observed(task))
	default:
		p.supervisor.Do(task)
	}
	return nil
}

func (p *model) Wait(ctx context.Context) error {
	p.checkMade("Wait")
	check.Context("model: Wait", ctx)
	p.mu.Lock()
	if p.stats.Busy == 0 && len(p.queue) == 0 {
		p.mu.Unlock()
		return nil
	}
	r := make(chan struct{})
	p.awaiting = append(p.awaiting, r)
	p.mu.Unlock()
	select {
	case <-r:
		return nil
	case <-p.ended(ctx):
		return await.Cause(ctx)
	}
}
