// Package capture calls functions, and finds out whether they panic or call
// runtime.Goexit.
package capture

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/seed62337844/workerpool/internal/panictext"
)

// A Panic describes a panic. Code that has captured a panic, and wants its caller
// to capture it, too, panics again with the *Panic. Then the next Call also gets
// the description of the first panic.
type Panic struct {
	Value any    // what panic was called with
	Stack []byte // of the goroutine, when it panicked
	Place string // the file and line of the call of panic, or of the statement that panicked
}

// Error returns what the runtime prints if the second panic is not captured.
func (p *Panic) Error() string {
	return fmt.Sprintf("workerpool: task panicked: %s\n\n%s", panictext.Of(p.Value), p.Stack)
}

// Call calls f, and reports whether f returned. If f panics, Call calls onPanic
// and then returns false: the panic goes no further.
//
// If f calls [runtime.Goexit], nothing can stop that, and Call does not return.
// If a deferred function of f panics during a Goexit, Call calls onPanic, but
// the Goexit goes on, and Call does not return either. That is why onPanic is a
// function: code after Call would not run.
func Call(f func(), onPanic func(*Panic)) (returned bool) {
	var unexplained *Panic
	func() {
		defer func() {
			if returned {
				return
			}
			switch value := recover().(type) {
			case *Panic:
				onPanic(value)
			case nil:
				unexplained = new(Panic)
				if !inGoexit() { // because debug.Stack takes long
					*unexplained = Panic{nil, debug.Stack(), place()}
				}
			default:
				onPanic(&Panic{value, debug.Stack(), place()})
			}
		}()
		f()
		returned = true
	}()
	if unexplained != nil {
		// A panic(nil): with GODEBUG=panicnil=1 recover returns nil for it, as it does
		// for a Goexit. But after a Goexit this code would not run.
		onPanic(unexplained)
	}
	return returned
}

// inGoexit reports whether the deferred function that calls it was called by
// runtime.Goexit.
func inGoexit() bool {
	var pcs [1]uintptr
	frame, _ := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])]).Next()
	return frame.Function == "runtime.Goexit"
}

// place returns the file and line of the latest panic of the calling goroutine.
// It is called by a deferred function that the panic has called. It skips
// functions of the runtime, such as those that panic for an index out of range.
func place() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	panicked := false
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			panicked = true
		case panicked && !strings.HasPrefix(frame.Function, "runtime."):
			return fmt.Sprintf("%s:%d", frame.File, frame.Line)
		}
	}
	return ""
}
