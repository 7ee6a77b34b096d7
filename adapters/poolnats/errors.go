package poolnats

import (
	"errors"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var (
	// ErrLeaseLost is the cause of a handler's context when the server has not
	// confirmed a heartbeat in time. The server may deliver the message again,
	// perhaps to another replica.
	ErrLeaseLost = errors.New("poolnats: lease lost")

	// ErrMaxDeliver says that a message failed in the last delivery that the
	// consumer's MaxDeliver allows.
	ErrMaxDeliver = errors.New("poolnats: failed in the last delivery")

	// errAborted is the error of a handler that did not return.
	errAborted = errors.New("poolnats: handler panicked or called runtime.Goexit")
)

// Poison returns an error that makes [Consume] terminate the message instead of
// trying again. Return it from a handler if no try can succeed, for example
// because the message cannot be decoded. The error wraps err and has its text,
// which the server publishes as the reason in an advisory. Poison panics if err
// is nil.
func Poison(err error) error {
	if err == nil {
		panic("poolnats: Poison: err is nil")
	}
	return &poisonError{err}
}

type poisonError struct{ err error }

func (e *poisonError) Error() string { return e.err.Error() }
func (e *poisonError) Unwrap() error { return e.err }

// final reports whether err says that no later try can succeed: the consumer or
// its stream no longer exists, or the connection is closed.
func final(err error) bool {
	for _, gone := range []error{
		jetstream.ErrConsumerDeleted, jetstream.ErrConsumerNotFound, jetstream.ErrConsumerDoesNotExist,
		jetstream.ErrStreamNotFound, jetstream.ErrConnectionClosed,
		nats.ErrConnectionClosed, nats.ErrConnectionDraining,
	} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return false
}
