package pool

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// ErrGoexit says that a function ended by [runtime.Goexit].
var ErrGoexit = errors.New("workerpool: function called runtime.Goexit")

// A PanicError says that a function panicked.
type PanicError struct {
	Value any    // what the panic was called with
	Stack []byte // of the goroutine, when it panicked
}

// Error returns the value and the stack: whoever logs the error and no more
// must be able to find the line.
func (e *PanicError) Error() string {
	return fmt.Sprintf("workerpool: function panicked: %v\n\n%s", e.Value, e.Stack)
}

// Unwrap returns the value if it is an error, and nil otherwise.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// observe calls f, and then tells end how it ended: with the error that f
// returned, a *PanicError or ErrGoexit. A panic goes no further. A Goexit does,
// when end has returned: nothing could stop it.
func observe(f func() error, end func(error)) {
	err := ErrGoexit // unless we learn better
	defer func() { end(err) }()
	var unexplained []byte
	func() {
		returned := false
		defer func() {
			if returned {
				return
			}
			stack := debug.Stack()
			if value := recover(); value != nil {
				err = &PanicError{value, stack}
			} else {
				unexplained = stack
			}
		}()
		err = f()
		returned = true
	}()
	if unexplained != nil { // a panic(nil) of old, as in Keeper.protect
		err = &PanicError{nil, unexplained}
	}
}
