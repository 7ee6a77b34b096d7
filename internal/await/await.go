// Package await waits for a channel or the end of a context, and says why a
// context has ended.
package await

import (
	"context"
	"errors"
)

// Done returns nil when done is closed, or the [Cause] of ctx if ctx ends first.
// If both have happened already, it returns nil.
func Done(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default: // or the second select would choose at random
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return Cause(ctx)
	}
}

// Cause returns an error for the end of ctx, in which [errors.Is] finds both
// [context.Cause] of ctx and ctx.Err(). Its text is that of the cause. The cause
// alone would not be enough for code that checks for [context.Canceled] or
// [context.DeadlineExceeded].
func Cause(ctx context.Context) error {
	cause, err := context.Cause(ctx), ctx.Err()
	if c, ok := ctx.(interface{ Cause() error }); ok { // package context does not know this method
		cause = c.Cause()
	}
	if errors.Is(cause, err) {
		return cause
	}
	return &causeError{cause, err}
}

// A causeError is a cause in which errors.Is would not find the error of the
// context.
type causeError struct{ cause, err error }

func (e *causeError) Error() string   { return e.cause.Error() }
func (e *causeError) Unwrap() []error { return []error{e.cause, e.err} }
