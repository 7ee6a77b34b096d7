// Package await waits for a channel or the end of a context, whichever comes
// first, and says why a context has ended.
package await

import (
	"context"
	"errors"
)

// Done returns nil when done is closed, and the [Cause] of ctx's end if that comes
// first. If both have come, done counts.
func Done(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default: // or the second select would pick at random
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return Cause(ctx)
	}
}

// Cause returns why ctx has ended, as an error that is both the cause, if ctx was
// given one, and [context.Canceled] or [context.DeadlineExceeded]. Its text is
// that of the cause. Without Cause, code that sorts errors by
// errors.Is(err, context.Canceled) would miss a context that has a cause.
func Cause(ctx context.Context) error {
	cause, err := context.Cause(ctx), ctx.Err()
	if c, ok := ctx.(interface{ Cause() error }); ok { // which package context does not know
		cause = c.Cause()
	}
	if errors.Is(cause, err) {
		return cause
	}
	return &causeError{cause, err}
}

// A causeError is a cause that does not say that it ended a context.
type causeError struct{ cause, err error }

func (e *causeError) Error() string   { return e.cause.Error() }
func (e *causeError) Unwrap() []error { return []error{e.cause, e.err} }
