// Package supervise keeps the workers of a pool going, whatever their tasks do.
package supervise

import (
	"fmt"
	"log/slog"

	"github.com/seed62337844/workerpool/internal/capture"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/panictext"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/watch"
)

// A Supervisor keeps the workers of one pool going, whatever their tasks do.
//
// The usual way is to run each task in a function of its own, with a deferred
// recover. That costs every task for what hardly any task does. A Supervisor
// protects the worker's whole loop instead: the deferred call is set up once,
// a task that returns pays nothing, and only a task that does not return
// makes the loop begin anew.
//
// A Supervisor is safe for concurrent use once Init has returned.
type Supervisor struct {
	watch.Watcher
	Panicked step.Uint64 // tasks that panicked; written by the workers

	Handle func(value any, stack []byte) // learns of each panic

	inCallers *gauge // tasks that run in callers; see nesting.go
}

// Init prepares a supervisor for a pool of package pkg.
func (s *Supervisor) Init(pkg string, o options.Options) {
	s.Watcher.Init(pkg, o)
	s.inCallers = new(gauge)
	s.Handle = o.PanicHandler
	if s.Handle == nil {
		s.Handle = LogPanic(pkg, o.Name)
	}
}

// Run is the body of a worker's goroutine. It calls loop, which takes tasks
// and calls them, until loop returns.
//
// When a task panics, Run gives the value and the stack to the handler and
// calls loop again on the same goroutine. When a task calls [runtime.Goexit],
// nothing can save the goroutine, and Run calls loop again on a new one. So
// loop must be in a state to be called again whenever it has a task running.
// The end of a task synchronizes before the next call of loop, which begins with
// the labels of a worker.
func (s *Supervisor) Run(loop func()) {
	returned := false
	defer func() {
		if !returned {
			s.Start(loop)
		}
	}()
	s.Label()
	for !s.protect(loop) {
		s.Label()
	}
	returned = true
}

// protect calls loop, and reports whether it returned by itself: false means
// that a task panicked, and that the handler has been told. After a Goexit
// protect does not return at all, which is how Run tells the two apart.
func (s *Supervisor) protect(loop func()) (returned bool) { return capture.Call(loop, s.report) }

// report tells the handler of a panic. A handler that panics in its turn is
// reported to the log, and there the matter ends: should the log panic too,
// nobody is left to tell.
func (s *Supervisor) report(p *capture.Panic) {
	s.Panicked.Inc()
	capture.Call(func() { s.Handle(p.Value, p.Stack) }, func(again *capture.Panic) {
		text := fmt.Sprintf("panic handler: %s, while handling: %s", panictext.Of(again.Value), panictext.Of(p.Value))
		capture.Call(func() { LogPanic(s.Package, s.Options.Name)(text, again.Stack) }, func(*capture.Panic) {})
	})
}

// LogPanic returns the default panic handler of a pool of package pkg: it writes
// one error record, with the value and the stack, and the pool's name if it has
// one, to the default [slog.Logger].
func LogPanic(pkg, name string) func(value any, stack []byte) {
	return func(value any, stack []byte) {
		record := []any{"panic", panictext.Of(value), "stack", string(stack)}
		if name != "" {
			record = append([]any{"pool", name}, record...)
		}
		slog.Error(pkg+": task panicked", record...)
	}
}
