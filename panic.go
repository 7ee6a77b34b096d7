package workerpool

import (
	"errors"
	"fmt"

	"github.com/seed62337844/workerpool/internal/capture"
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
	capture.Call(func() { err = f() }, func(p *capture.Panic) { err = &PanicError{p.Value, p.Stack} })
}
