package poolnats

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// An Option changes what [Consume] does.
type Option func(*config)

type config struct {
	maxWait   time.Duration
	doubleAck bool
	retry     func(attempt uint64, err error) time.Duration
	term      func(msg jetstream.Msg, err error)
	report    func(err error)
}

// defaultMaxWait is short enough that a shutdown does not hang on an open pull, and
// long enough that an idle stream costs next to nothing.
const defaultMaxWait = time.Second

func newConfig(opts []Option) config {
	c := config{
		maxWait: defaultMaxWait,
		term:    func(jetstream.Msg, error) {},
		report:  func(err error) { slog.Error(err.Error()) },
	}
	for i, opt := range opts {
		if opt == nil {
			panic(fmt.Sprintf("poolnats: Consume: option %d of %d is nil", i, len(opts)))
		}
		opt(&c)
	}
	return c
}

// WithMaxWait sets how long a pull may wait for a message when there is none,
// instead of a second. It bounds how long Consume takes to return beyond the
// handlers that run, and how long it takes to see that the pool was closed while
// there was nothing to do. WithMaxWait panics if d is less than a millisecond.
func WithMaxWait(d time.Duration) Option {
	if d < time.Millisecond {
		panic(fmt.Sprintf("poolnats: WithMaxWait: d is %v, must be at least 1ms", d))
	}
	return func(c *config) { c.maxWait = d }
}

// WithDoubleAck makes the server confirm each acknowledgement, so that one which
// is lost on the way is sent again, or reported to the error handler. The price is a
// round trip to the server for each message, during which the worker takes no other
// task.
func WithDoubleAck() Option {
	return func(c *config) { c.doubleAck = true }
}

// WithRetryDelay makes delay decide how long the server waits until it delivers a
// message again whose handler failed in the given attempt, from 1. The err is that of
// the handler, also if the handler panicked. Zero means at once, and so does less.
//
// Without this option the delay is the BackOff of the consumer for the attempt or,
// if it has none, one second, doubled with each attempt, and one minute at most. For a
// consumer with a BackOff the server adds what its entry for the attempt exceeds the
// first entry by. Consume allows for that, but cannot make the delay shorter than it.
//
// It is the worker that calls delay, and possibly several workers at once.
// WithRetryDelay panics if delay is nil.
func WithRetryDelay(delay func(attempt uint64, err error) time.Duration) Option {
	if delay == nil {
		panic("poolnats: WithRetryDelay: delay is nil")
	}
	return func(c *config) { c.retry = delay }
}

// WithTermHandler makes Consume call handler before it terminates a message, after
// which the server never delivers it again. The err says why: it is the error given to
// [Poison], or wraps [ErrMaxDeliver] and the handler's error. The handler can keep the
// message elsewhere. It is called at least once for each message that Consume
// terminates, by the worker, and possibly by several workers at once. WithTermHandler
// panics if handler is nil.
//
// No process learns of a message whose last delivery ended with the death of its
// process. The server publishes an advisory of it.
func WithTermHandler(handler func(msg jetstream.Msg, err error)) Option {
	if handler == nil {
		panic("poolnats: WithTermHandler: handler is nil")
	}
	return func(c *config) { c.term = handler }
}

// WithErrorHandler makes Consume call handler with what went wrong and did not end
// it: a pull that failed and will be tried again, an answer that could not be sent, a
// lease that was lost. Calls may come from several goroutines at once. Without this
// option they are written to the default [log/slog.Logger]. WithErrorHandler panics if
// handler is nil.
func WithErrorHandler(handler func(err error)) Option {
	if handler == nil {
		panic("poolnats: WithErrorHandler: handler is nil")
	}
	return func(c *config) { c.report = handler }
}
