// Package capture calls functions that may panic or call runtime.Goexit, and
// tells the two apart.
package capture

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/seed62337844/workerpool/internal/panictext"
)

// A Panic is what is known of a panic. Code that has captured a panic, and is not
// the last that has to learn of it, panics again with the *Panic: then the next
// Call passes on what is known of the first panic.
type Panic struct {
	Value any    // what panic was called with
	Stack []byte // of the goroutine, when it panicked
	Place string // the file and line of the call of panic, or of what the runtime refused to do
}

// Error is what the runtime prints if nobody captures the second panic.
func (p *Panic) Error() string {
	return fmt.Sprintf("workerpool: task panicked: %s\n\n%s", panictext.Of(p.Value), p.Stack)
}

// Call calls f, and reports whether f returned. If f panicked, Call calls onPanic
// with the panic first, and the panic goes no further.
//
// If f called [runtime.Goexit], nothing can stop that, and Call does not return.
// A deferred call of f may panic on the way out of a Goexit. Then onPanic is
// called, the Goexit goes on, and Call does not return either. That is why
// onPanic is a function: what came after Call would be too late.
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
				if !inGoexit() { // or each Call on the way out of one would take its time
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
		// Not a Goexit, or we would not be here, but a panic(nil), which with
		// GODEBUG=panicnil=1 recovers to nil as a Goexit does.
		onPanic(unexplained)
	}
	return returned
}

// inGoexit reports whether it is called by a function that runtime.Goexit has
// called.
func inGoexit() bool {
	var pcs [1]uintptr
	frame, _ := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])]).Next()
	return frame.Function == "runtime.Goexit"
}

// place returns the file and line that the latest panic of the calling goroutine
// came from. It is called by a function that the panic has called. What the
// runtime itself calls, as for an index out of range, does not count.
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
