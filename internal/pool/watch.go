package pool

import (
	"context"
	"math/rand/v2"
	"runtime/pprof"
	"runtime/trace"
	"time"
)

// What a pool does around its tasks so that people can see into it. Each of these
// is off unless asked for, and then costs a task one look at a word that never
// changes. Two are done by the worker that runs the task, in Call: the report of
// slow tasks and the region in an execution trace. The labels are done by Call and
// Run. The wait in the queue begins with the submit, so that one is put around
// the task there, by Timed; a worker does not know of it.

// Bare reports whether a worker may call a task by itself. If not, it is to use
// Call.
func (k *Keeper) Bare() bool { return !k.Options.around && !trace.IsEnabled() }

// Call calls task, and does around it what the options say.
func (k *Keeper) Call(task func()) {
	k.watch(task)
	if k.Options.ProfileLabel {
		k.label() // after a panic or a Goexit, Run does it
	}
}

// watch calls task, tells of it if it is slow, and makes it a region of a trace.
func (k *Keeper) watch(task func()) {
	if k.Options.ReportSlow != nil {
		defer k.reportIfSlow(time.Now()) // after a panic or a Goexit too
	}
	if trace.IsEnabled() {
		trace.WithRegion(context.Background(), k.Package+".task", task)
	} else {
		task()
	}
}

func (k *Keeper) reportIfSlow(began time.Time) {
	if took := time.Since(began); took >= k.Options.SlowTask {
		k.Options.ReportSlow(took)
	}
}

// label gives the calling goroutine the labels of a worker: those on request, or
// none. Otherwise it would have those of the goroutine that started it, or those
// that a task has left behind.
func (k *Keeper) label() {
	ctx := k.Options.labels
	if ctx == nil {
		ctx = context.Background()
	}
	pprof.SetGoroutineLabels(ctx)
}

// Timed returns task, or, if its wait is to be observed, a task that does this
// and then the same as task. The wait begins now.
func (k *Keeper) Timed(task func()) func() {
	if k.Options.QueueWait == 0 {
		return task
	}
	return k.timed(task)
}

// TimedAll is Timed for many tasks. It returns another slice if it changes one.
func (k *Keeper) TimedAll(tasks []func()) []func() {
	if k.Options.QueueWait == 0 {
		return tasks
	}
	all := make([]func(), len(tasks))
	for i, task := range tasks {
		all[i] = k.timed(task)
	}
	return all
}

// timed draws at random whether task is observed: a count would be one more word
// that all submitters contend for, and would always pick the same one of tasks
// that come in a rhythm.
func (k *Keeper) timed(task func()) func() {
	if rand.IntN(k.Options.QueueWait) != 0 {
		return task
	}
	submitted := time.Now()
	return func() {
		if k.over.Load() {
			task() // by whom ShutdownNow has returned it to
			return
		}
		// Whatever observe does, the task runs. It is not deferred itself, or
		// it could recover from a panic of observe.
		defer func() { task() }()
		k.Options.ObserveWait(time.Since(submitted))
	}
}

// Over says that all workers are gone: whoever calls a task from now on is not
// the pool.
func (k *Keeper) Over() { k.over.Store(true) }
