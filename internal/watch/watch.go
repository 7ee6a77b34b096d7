// Package watch has what the options of a pool do around its tasks: reports of
// slow tasks, regions in an execution trace, labels in profiles, and the times
// that tasks wait and run. Without such options a task pays for one load of a
// word that never changes.
package watch

import (
	"context"
	"math/rand/v2"
	"runtime/pprof"
	"runtime/trace"
	"time"

	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/origin"
)

// A Watcher watches the tasks of one pool. Workers use Call and Label. A submit
// uses Observed, because that is when the wait begins.
type Watcher struct {
	Package string
	Options options.Options

	around bool            // there is something to do around each task
	labels context.Context // the labels of a worker
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

// CallsDirectly reports whether a worker may call a task directly. If not, it must use
// Call.
func (w *Watcher) CallsDirectly() bool { return !w.around }

// Call calls task, and does around it what the options say.
func (w *Watcher) Call(task func()) {
	w.Watch(task)
	if w.Options.ProfileLabel {
		w.Label() // after a panic or a Goexit, the supervisor does it
	}
}

// Watch calls task. As the options say, it reports the task if it is slow, observes
// its time if it is chosen, and makes it a region of a trace.
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

// Label gives the calling goroutine the labels of a worker: those of
// WithProfileLabel, or none. Otherwise it would have the labels of the goroutine
// that started it, or of an earlier task.
func (w *Watcher) Label() { pprof.SetGoroutineLabels(w.labels) }

// Observed returns task or, if its wait is observed, a task that observes the wait
// and then calls task. The wait begins now.
func (w *Watcher) Observed(task func()) func() {
	if w.Options.QueueWait == 0 || !w.drawn() {
		return task
	}
	return w.wrap(task, time.Now())
}

// Clock returns the current time for ObservedSince, if waits are observed at all.
func (w *Watcher) Clock() (now time.Time) {
	if w.Options.QueueWait != 0 {
		now = time.Now()
	}
	return now
}

// ObservedSince is Observed for a task whose wait began at began, which Clock has
// returned. All tasks of a batch wait from the same call on.
func (w *Watcher) ObservedSince(began time.Time, task func()) func() {
	if w.Options.QueueWait == 0 || !w.drawn() {
		return task
	}
	return w.wrap(task, began)
}

// drawn chooses at random whether a task is observed. A count would be one more
// word that all submitters contend for. And if tasks of different kinds came in a
// fixed order, a count would always choose the same kind.
func (w *Watcher) drawn() bool { return rand.IntN(w.Options.QueueWait) == 0 }

// wrap returns a task that observes its wait, and then calls task.
func (w *Watcher) wrap(task func(), submitted time.Time) func() {
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
	// Whatever observe does, the task runs. It is called by a deferred
	// function, because as a deferred function it could recover from a
	// panic of observe.
	defer func() { o.task() }()
	o.watcher.Options.ObserveWait(time.Since(o.submitted))
}

// Unobserved returns the task that Observed has got, if it has returned another for it. A
// task that ShutdownNow returns does not wait in a queue until its caller calls it.
func (w *Watcher) Unobserved(task func()) func() {
	if o, ok := origin.RunnerOf(task).(*observedTask); ok {
		return o.task
	}
	return task
}
