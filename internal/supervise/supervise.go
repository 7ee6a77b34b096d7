// Package supervise keeps the workers of a pool running, whatever their tasks
// do.
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

// A Supervisor keeps the workers of one pool running, whatever their tasks do.
//
// The usual way is to run each task in a function with a deferred recover. Then
// every task pays for a panic that hardly any task has. A Supervisor protects
// the worker's whole loop instead: the deferred call is set up once, a task
// that returns pays nothing, and the loop is called again only after a task
// that has not returned.
//
// A Supervisor is safe for concurrent use once Init has returned.
type Supervisor struct {
	watch.Watcher
	Panicked step.Uint64 // tasks that panicked; written by the workers

	Handle func(value any, stack []byte) // called for each panic
}

// Init prepares a supervisor for a pool of package pkg.
func (s *Supervisor) Init(pkg string, o options.Options) {
	s.Watcher.Init(pkg, o)
	s.Handle = o.PanicHandler
	if s.Handle == nil {
		s.Handle = LogPanic(pkg, o.Name)
	}
}

// Run is the body of a worker's goroutine. It calls loop, which takes tasks
// and calls them, until loop returns.
//
// When a task panics, Run passes the value and the stack to the handler, and
// calls loop again on the same goroutine. When a task calls [runtime.Goexit],
// the goroutine ends, and Run calls loop again on a new one. So loop must be
// ready to be called again whenever a task is running. The end of a task
// synchronizes before the next call of loop, which begins with the labels of a
// worker.
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
// that a task has panicked, and the handler was called. After a Goexit protect
// does not return at all.
func (s *Supervisor) protect(loop func()) (returned bool) { return capture.Call(loop, s.report) }

// report counts a panic, and calls the handler. If the handler panics, too,
// that is written to the log. If the log panics as well, that is ignored.
func (s *Supervisor) report(p *capture.Panic) {
	s.Panicked.Inc()
	capture.Call(func() { s.Handle(p.Value, p.Stack) }, func(again *capture.Panic) {
		text := fmt.Sprintf("panic handler: %s, while handling: %s", panictext.Of(again.Value), panictext.Of(p.Value))
		capture.Call(func() { LogPanic(s.Package, s.Options.Name)(text, again.Stack) }, func(*capture.Panic) {})
	})
}

// LogPanic returns the default panic handler of a pool of package pkg. It writes
// one error record to the default [slog.Logger], with the value and the stack,
// and the pool's name if it has one.
func LogPanic(pkg, name string) func(value any, stack []byte) {
	return func(value any, stack []byte) {
		record := []any{"panic", panictext.Of(value), "stack", string(stack)}
		if name != "" {
			record = append([]any{"pool", name}, record...)
		}
		slog.Error(pkg+": task panicked", record...)
	}
}
