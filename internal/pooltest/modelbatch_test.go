package pooltest

import (
	"context"
	"slices"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/refuse"
)

func (p *model) SubmitBatch(tasks []func()) (n int, err error) {
	p.checkMade("SubmitBatch")
	began := p.supervisor.Clock()
	switch p.fault {
	case refusesNilWholly:
		if err := checkBatch(tasks); err != nil {
			return 0, err
		}
	case copiesBatch:
		tasks = slices.Clone(tasks)
		for i, task := range tasks {
			tasks[i] = p.observedSince(began, task)
		}
		began = time.Time{}
	case batchKeepsLock, batchWholly:
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
	for n < len(tasks) {
		if err := p.submitNext(tasks, n, began); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// submitNext submits tasks[n], for which there may be no room. If it is refused, so
// are the tasks after it.
func (p *model) submitNext(tasks []func(), n int, began time.Time) error {
	task := tasks[n]
	switch {
	case task == nil && p.fault == namesNoIndex:
		return refuse.Nil(n+1, len(tasks))
	case task == nil && p.fault != takesNil:
		return refuse.Nil(n, len(tasks))
	}
	if p.fault != copiesBatch {
		task = p.observedSince(began, task)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refuse(len(tasks)-n, p.accept(task))
}

func (p *model) SubmitBatchWait(ctx context.Context, tasks []func()) (n int, err error) {
	p.checkMade("SubmitBatchWait")
	check.Context("model: SubmitBatchWait", ctx)
	began := p.supervisor.Clock()
	switch p.fault {
	case batchNoWait:
		return p.SubmitBatch(tasks)
	case batchBackwards:
		tasks = slices.Clone(tasks)
		slices.Reverse(tasks)
	case looksForNilOnce:
		if err := checkBatch(tasks); err != nil {
			return 0, err
		}
	}
	submit := p.submitContext
	if p.fault == batchLooksLate {
		submit = p.submitWait
	}
	for n < len(tasks) {
		task := tasks[n]
		if task == nil && p.fault != looksForNilOnce {
			return n, refuse.Nil(n, len(tasks))
		}
		if err := submit(ctx, p.observedSince(began, task), len(tasks)-n); err != nil {
			if p.fault == batchForgetsPart {
				return 0, err
			}
			return n, err
		}
		n++
	}
	return n, nil
}

// observedSince is ObservedSince of the supervisor, for a task that may be nil.
func (p *model) observedSince(began time.Time, task func()) func() {
	if task == nil || p.fault == timesNoBatch {
		return task
	}
	return p.supervisor.ObservedSince(began, task)
}

// checkBatch returns the error for the first nil task, or nil if there is none. A right
// pool does not look at a whole batch before it queues the first task.
func checkBatch(tasks []func()) error {
	for i, task := range tasks {
		if task == nil {
			return refuse.Nil(i, len(tasks))
		}
	}
	return nil
}
