// Package watch is what a pool does around its tasks so that people can see into
// it: the report of slow tasks, regions in an execution trace, labels for
// profiles, and the time that tasks wait. Each is off unless asked for, and then
// costs a task one look at a word that never changes.
package watch

import (
	"context"
	"math/rand/v2"
	"runtime/pprof"
	"runtime/trace"
	"time"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/origin"
)

// A Watcher watches the tasks of one pool. Call and Label are for the worker
// that runs the task. Timed is for the submit, where the wait begins.
type Watcher struct {
	Package string
	Options options.Options

	around bool            // there is something to do around each task
	labels context.Context // the labels of a worker
	over   atomic.Bool     // all workers are gone; see Timed
}

// Init prepares a watcher for a pool of package pkg.
func (w *Watcher) Init(pkg string, o options.Options) {
	w.Package, w.Options = pkg, o
	w.labels = context.Background()
	if o.ProfileLabel {
		name := o.Name
		if name == "" {
			name = pkg
		}
		w.labels = pprof.WithLabels(w.labels, pprof.Labels("pool", name))
	}
	w.around = o.ProfileLabel || o.ReportSlow != nil || o.ObserveRun != nil || o.TraceRegions
}

// Bare reports whether a worker may call a task by itself. If not, it is to use
// Call.
func (w *Watcher) Bare() bool { return !w.around }

// Call calls task, and does around it what the options say.
func (w *Watcher) Call(task func()) {
	w.Watch(task)
	if w.Options.ProfileLabel {
		w.Label() // after a panic or a Goexit, the supervisor does it
	}
}

// Watch calls task, tells of it if it is slow, times it if it is drawn for that, and
// makes it a region of a trace, as the options say.
func (w *Watcher) Watch(task func()) {
	if w.Options.ReportSlow != nil {
		defer w.reportIfSlow(task, time.Now()) // after a panic or a Goexit too
	}
	if w.Options.RunTime != 0 && rand.IntN(w.Options.RunTime) == 0 {
		defer w.observeRun(time.Now())
	}
	if w.Options.TraceRegions && trace.IsEnabled() {
		trace.WithRegion(context.Background(), w.Package+".task", task)
	} else {
		task()
	}
}

func (w *Watcher) reportIfSlow(task func(), began time.Time) {
	if took := time.Since(began); took >= w.Options.SlowTask {
		w.Options.ReportSlow(task, took)
	}
}

func (w *Watcher) observeRun(began time.Time) { w.Options.ObserveRun(time.Since(began)) }

// Label gives the calling goroutine the labels of a worker: those on request, or
// none. Otherwise it would have those of the goroutine that started it, or those
// that a task has left behind.
func (w *Watcher) Label() { pprof.SetGoroutineLabels(w.labels) }

// Timed returns task, or, if its wait is to be observed, a task that does this
// and then the same as task. The wait begins now.
func (w *Watcher) Timed(task func()) func() {
	if w.Options.QueueWait == 0 || !w.drawn() {
		return task
	}
	return w.observed(task, time.Now())
}

// Clock returns the time for TimedSince, if a wait may be observed at all.
func (w *Watcher) Clock() (now time.Time) {
	if w.Options.QueueWait != 0 {
		now = time.Now()
	}
	return now
}

// TimedSince is Timed for a task whose wait began when Clock returned began. All
// tasks of a batch wait from the one call on.
func (w *Watcher) TimedSince(began time.Time, task func()) func() {
	if w.Options.QueueWait == 0 || !w.drawn() {
		return task
	}
	return w.observed(task, began)
}

// drawn draws at random whether a task is observed: a count would be one more word
// that all submitters contend for, and would always pick the same one of tasks that
// come in a rhythm.
func (w *Watcher) drawn() bool { return rand.IntN(w.Options.QueueWait) == 0 }

// observed returns a task that observes its wait, and then does the same as task.
func (w *Watcher) observed(task func(), submitted time.Time) func() {
	return origin.Task(&observedTask{w, task, submitted})
}

// An observedTask is the [origin.Runner] of a task whose wait is observed.
type observedTask struct {
	watcher   *Watcher
	task      func()
	submitted time.Time
}

func (o *observedTask) Origin() uintptr { return origin.Of(o.task) }

func (o *observedTask) Run() {
	if o.watcher.over.Load() {
		o.task() // by whom ShutdownNow has returned it to
		return
	}
	// Whatever observe does, the task runs. It is not deferred itself, or
	// it could recover from a panic of observe.
	defer func() { o.task() }()
	o.watcher.Options.ObserveWait(time.Since(o.submitted))
}

// Over says that all workers are gone: a task that is called from now on is not
// called by the pool.
func (w *Watcher) Over() { w.over.Store(true) }
