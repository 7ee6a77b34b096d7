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

// defaultMaxWait is short enough that a shutdown does not wait long for an open
// pull, and long enough that an idle stream costs nearly nothing.
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

// WithMaxWait sets how long a pull waits for a message when there is none. The
// default is a second. When Consume ends, it may wait that long for the last
// pull, and after a shutdown of an idle pool it may take that long to notice.
// WithMaxWait panics if d is less than a millisecond.
func WithMaxWait(d time.Duration) Option {
	if d < time.Millisecond {
		panic(fmt.Sprintf("poolnats: WithMaxWait: d is %v, must be at least 1ms", d))
	}
	return func(c *config) { c.maxWait = d }
}

// WithDoubleAck makes the server confirm each acknowledgement. If an acknowledgement
// is lost, it is sent again, or reported to the error handler. The price is a round
// trip to the server for each message, during which the worker takes no other task.
func WithDoubleAck() Option {
	return func(c *config) { c.doubleAck = true }
}

// WithRetryDelay makes delay decide how long the server waits before it delivers a
// message again after its handler has failed. attempt counts the deliveries of the
// message, from 1. err is the error of the handler; there is also one if the handler
// panicked. If delay returns zero or less, the server does not wait.
//
// Without this option the delay is the entry for the attempt in the BackOff of the
// consumer. If the consumer has no BackOff, the delay is one second, doubled with each
// attempt, and at most one minute. If it has a BackOff, the server adds to each delay
// the difference between the entry for the attempt and the first entry. Consume
// subtracts it, but the delay cannot be shorter than that.
//
// The worker calls delay, and several workers may do so at once. WithRetryDelay
// panics if delay is nil.
func WithRetryDelay(delay func(attempt uint64, err error) time.Duration) Option {
	if delay == nil {
		panic("poolnats: WithRetryDelay: delay is nil")
	}
	return func(c *config) { c.retry = delay }
}

// WithTermHandler makes Consume call handler before it terminates a message. The
// server never delivers a terminated message again, so handler can save it elsewhere.
// err is the reason: the error of [Poison], or an error that wraps [ErrMaxDeliver] and
// the error of the message's handler. The worker calls handler at least once for each
// message that Consume terminates, and several workers may do so at once.
// WithTermHandler panics if handler is nil.
//
// If a process dies during the last delivery of a message, no handler is called
// for it. The server publishes an advisory.
func WithTermHandler(handler func(msg jetstream.Msg, err error)) Option {
	if handler == nil {
		panic("poolnats: WithTermHandler: handler is nil")
	}
	return func(c *config) { c.term = handler }
}

// WithErrorHandler makes Consume call handler with each error that does not end it: a
// pull that failed and will be tried again, an answer that could not be sent, a lease
// that was lost. Several goroutines may call handler at once. Without this option
// these errors are written to the default [log/slog.Logger]. WithErrorHandler panics
// if handler is nil.
func WithErrorHandler(handler func(err error)) Option {
	if handler == nil {
		panic("poolnats: WithErrorHandler: handler is nil")
	}
	return func(c *config) { c.report = handler }
}
