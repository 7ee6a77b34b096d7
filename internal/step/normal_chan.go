//go:build !modelcheck

package step

import "context"

// A Chan is a channel, with methods for the statements of the language. A nil
// Chan is a nil channel.
type Chan[T any] chan T

// NewChan returns a channel with room for capacity values.
func NewChan[T any](capacity int) Chan[T] { return make(Chan[T], capacity) }

// Receive returns the next value, or false when the channel is closed and empty.
func (c Chan[T]) Receive() (v T, ok bool) {
	v, ok = <-c
	return v, ok
}

// TrySend sends v if that is possible without blocking.
func (c Chan[T]) TrySend(v T) (sent bool) {
	select {
	case c <- v:
		return true
	default:
		return false
	}
}

// SendOr sends v, unless latch opens or ctx ends first. If several cases are
// ready, it chooses one at random.
func (c Chan[T]) SendOr(v T, latch Latch, ctx context.Context) Case {
	select {
	case c <- v:
		return Sent
	case <-latch:
		return Opened
	case <-ctx.Done():
		return Ended
	}
}

func (c Chan[T]) Close()   { close(c) }
func (c Chan[T]) Len() int { return len(c) }
func (c Chan[T]) Cap() int { return cap(c) }
