package pool

import (
	"fmt"
	"log/slog"
	"runtime/debug"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/step"
)

// A Keeper keeps the workers of one pool going, whatever their tasks do.
//
// The usual way is to run each task in a function of its own, with a deferred
// recover. That costs every task for what hardly any task does. A Keeper
// protects the worker's whole loop instead: the deferred call is set up once,
// a task that returns pays nothing, and only a task that does not return
// makes the loop begin anew.
//
// A Keeper is safe for concurrent use once Package and Options are set.
type Keeper struct {
	Package  string // for the log, and more
	Options  Options
	Panicked Word // tasks that panicked; written by the workers

	over atomic.Bool // all workers are gone; see Timed
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
func (k *Keeper) Run(loop func()) {
	returned := false
	defer func() {
		if !returned {
			step.Go(func() { k.Run(loop) })
		}
	}()
	k.label()
	for !k.protect(loop) {
		k.label()
	}
	returned = true
}

// Do calls task on the caller's goroutine, and returns when it has ended. What
// becomes of a panic is the same as on a worker: it is counted, and goes to the
// handler. A slow task is reported, and a traced one is a region. A Goexit ends the
// caller's goroutine, which keeps its labels.
func (k *Keeper) Do(task func()) {
	k.protect(func() {
		if k.Bare() {
			task()
		} else {
			k.watch(task)
		}
	})
}

// protect calls loop, and reports whether it returned by itself: false means
// that a task panicked, and that the handler has been told. After a Goexit
// protect does not return at all, which is how Run tells the two apart.
func (k *Keeper) protect(loop func()) (returned bool) {
	var unexplained []byte
	func() {
		defer func() {
			if returned {
				return
			}
			if value := recover(); value != nil {
				k.report(value, debug.Stack())
			} else {
				unexplained = debug.Stack()
			}
		}()
		loop()
		returned = true
	}()
	if unexplained != nil {
		// Not a Goexit, or we would not be here, but a panic(nil), which with
		// GODEBUG=panicnil=1 recovers to nil as well.
		k.report(nil, unexplained)
	}
	return returned
}

// report tells the handler of a panic. A handler that panics in its turn is
// reported to the log, and there the matter ends: should the log panic too,
// nobody is left to tell.
func (k *Keeper) report(value any, stack []byte) {
	k.Panicked.Inc()
	var again any
	var trace []byte // where the handler panicked
	func() {
		returned := false
		defer func() {
			if !returned {
				again, trace = recover(), debug.Stack()
			}
		}()
		k.Options.PanicHandler(value, stack)
		returned = true
	}()
	// After a Goexit of the handler we would not be here, so a trace is that of
	// a panic, as in protect: of a panic(nil) too.
	if trace != nil {
		defer func() { _ = recover() }()
		LogPanic(k.Package, k.Options.Name)(fmt.Sprintf("panic handler: %v, while handling: %v", again, value), trace)
	}
}

// LogPanic returns the default panic handler of a pool of package pkg: it writes
// one error record, with the value and the stack, and the pool's name if it has
// one, to the default [slog.Logger].
func LogPanic(pkg, name string) func(value any, stack []byte) {
	return func(value any, stack []byte) {
		record := []any{"panic", fmt.Sprint(value), "stack", string(stack)}
		if name != "" {
			record = append([]any{"pool", name}, record...)
		}
		slog.Error(pkg+": task panicked", record...)
	}
}
