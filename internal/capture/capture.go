// Package capture calls functions that may panic or call runtime.Goexit, and
// tells the two apart.
package capture

import "runtime/debug"

// A Panic is what is known of a panic.
type Panic struct {
	Value any    // what panic was called with
	Stack []byte // of the goroutine, when it panicked
}

// Call calls f, and reports whether f returned. If f panicked, Call calls onPanic
// with the panic first, and the panic goes no further.
//
// If f called [runtime.Goexit], nothing can stop that, and Call does not return.
// A deferred call of f may panic on the way out of a Goexit. Then onPanic is
// called, the Goexit goes on, and Call does not return either. That is why
// onPanic is a function: what came after Call would be too late.
func Call(f func(), onPanic func(*Panic)) (returned bool) {
	var unexplained []byte
	func() {
		defer func() {
			if returned {
				return
			}
			if value := recover(); value != nil {
				onPanic(&Panic{value, debug.Stack()})
			} else {
				unexplained = debug.Stack()
			}
		}()
		f()
		returned = true
	}()
	if unexplained != nil {
		// Not a Goexit, or we would not be here, but a panic(nil), which with
		// GODEBUG=panicnil=1 recovers to nil as a Goexit does.
		onPanic(&Panic{nil, unexplained})
	}
	return returned
}
