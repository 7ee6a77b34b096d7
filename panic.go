package workerpool

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/seed62337844/workerpool/internal/capture"
	"github.com/seed62337844/workerpool/internal/panictext"
)

// ErrGoexit is the error of a function that ended by [runtime.Goexit].
var ErrGoexit = errors.New("workerpool: function called runtime.Goexit")

// A PanicError is the error of a function of a [Group], a [Result] or [Map] that
// panicked. The panic is reported to the pool's panic handler, too.
//
// A panic is a bug, whatever its value is. So a PanicError has no Unwrap: after
// panic(context.Canceled), errors.Is(err, context.Canceled) is false.
//
// The methods of a PanicError are safe for any value. If the value is an error
// or a [fmt.Stringer], its Error or String method is called once, when the
// function panics, for at most a second. Of other values only numbers, booleans
// and strings are read.
type PanicError struct {
	Value any    // what panic was called with
	Stack []byte // of the goroutine, when it panicked

	value string // the text of Value
	place string // file:line of the panic
}

func newPanicError(p *capture.Panic) *PanicError {
	return &PanicError{Value: p.Value, Stack: p.Stack, value: panictext.Of(p.Value), place: p.Place}
}

// Error returns one line, with the value and the file and line of the panic.
func (e *PanicError) Error() string {
	text := "workerpool: function panicked: " + panictext.Line(e.text())
	if e.place != "" {
		text += " at " + e.place
	}
	return text
}

// text returns the text of Value. Only a PanicError made by this package has it
// stored.
func (e *PanicError) text() string {
	if e.value != "" {
		return e.value
	}
	return panictext.Of(e.Value)
}

// Format makes the verb %+v print the stack after the line that Error returns. All
// other verbs print that line.
func (e *PanicError) Format(s fmt.State, verb rune) {
	if verb == 'v' && s.Flag('+') {
		_, _ = io.WriteString(s, e.Error()+"\n\n"+string(e.Stack))
		return
	}
	_, _ = fmt.Fprintf(s, fmt.FormatString(s, verb), e.Error())
}

// LogValue makes a [slog.Logger] write a group of three attributes: the value
// as "panic", the file and line as "place", and the stack as "stack".
func (e *PanicError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("panic", e.text()), slog.String("place", e.place), slog.String("stack", string(e.Stack)))
}

// observe calls f, and then calls end with the error that f returned, a
// *PanicError or ErrGoexit. After that a panic or a Goexit goes on, so that the
// pool counts and reports the panic.
func observe(f func() error, end func(error)) {
	err := ErrGoexit // unless f returns or panics
	var panicked *capture.Panic
	defer func() {
		end(err)
		if panicked != nil {
			panic(panicked)
		}
	}()
	capture.Call(func() { err = f() }, func(p *capture.Panic) { panicked, err = p, newPanicError(p) })
}
