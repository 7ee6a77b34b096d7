package poolnats

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed62337844/workerpool"
)

// A Handler does the work for one message. What it returns decides whether the message is
// acknowledged, delivered again or terminated, so the handler itself need not answer. Its
// ctx has the values of the context of [Consume]. It ends when the lease of the message
// is lost, with the cause [ErrLeaseLost], and not when the context of Consume ends.
type Handler = func(ctx context.Context, msg jetstream.Msg) error

// Consume handles the messages of consumer on pool until ctx ends, and returns when
// each message that it has fetched is settled. The package documentation says what
// that means. Consume panics if ctx, pool, consumer or handle is nil.
//
// It returns nil after the end of ctx. If something else ends it, the error wraps the
// reason, for example [workerpool.ErrPoolClosed], [jetstream.ErrConsumerNotFound],
// [jetstream.ErrConsumerDeleted], [jetstream.ErrStreamNotFound] or
// [nats.ErrConnectionClosed]. If the last answers may not have reached the server, there
// is an error in either case, and it also wraps the reason for that.
//
// When Consume ends, it fetches no more messages. It gives back at once the messages
// that no worker has begun with, so that they are delivered elsewhere. It waits for
// the running handlers, and until the server has got all answers. A message in its
// last delivery is not given back, because the server would drop it. It is handled by
// the pool or, if that is not possible, by a goroutine of Consume. If a handler panics
// there, the error of Consume wraps a [*workerpool.PanicError].
//
// Several calls of Consume may run at once, for the same pool or the same consumer. A
// handler may call Consume, but occupies a worker until it returns.
//
// The receipt of a message synchronizes before its handler, and the end of every handler
// synchronizes before the return of Consume.
func Consume(ctx context.Context, pool workerpool.Pool, consumer jetstream.Consumer, handle Handler, opts ...Option) error {
	switch {
	case ctx == nil:
		panic("poolnats: Consume: ctx is nil")
	case pool == nil:
		panic("poolnats: Consume: pool is nil")
	case consumer == nil:
		panic("poolnats: Consume: consumer is nil")
	case handle == nil:
		panic("poolnats: Consume: handle is nil")
	}
	config := newConfig(opts)
	info := consumer.CachedInfo()
	if err := check(&info.Config); err != nil {
		return fmt.Errorf("poolnats: Consume: consumer %s of stream %s: %w", info.Name, info.Stream, err)
	}

	loop, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	c := &consumption{
		config: config, base: context.WithoutCancel(ctx),
		pool: pool, consumer: consumer, handle: handle,
		reserved: newReservations(), leases: newLeases(consumer, func(err error) { stop(failure{err}) }, config.report),
	}
	c.task = func() {
		if d := c.reserved.begin(); d != nil {
			c.run(d)
		}
	}
	if err := c.consume(loop, stop); err != nil {
		return fmt.Errorf("poolnats: Consume: %w", err)
	}
	return nil
}

// check returns an error if the consumer cannot be used.
func check(config *jetstream.ConsumerConfig) error {
	switch {
	case config.AckPolicy != jetstream.AckExplicitPolicy:
		return fmt.Errorf("its AckPolicy is %v, must be %v: messages end in any order", config.AckPolicy, jetstream.AckExplicitPolicy)
	case leaseOf(config, 1) <= 0:
		return fmt.Errorf("its AckWait is %v, must be positive", leaseOf(config, 1))
	case config.PriorityPolicy != jetstream.PriorityPolicyNone:
		return errors.New("it has a PriorityPolicy, which Consume does not support")
	}
	return nil
}

// A consumption is one call of Consume.
type consumption struct {
	config
	base     context.Context // parent of the contexts of the handlers
	pool     workerpool.Pool
	consumer jetstream.Consumer
	handle   Handler
	reserved *reservations
	leases   *leases
	task     func()
	tasks    []func() // task, many times
}

// A failure is the reason for the end of a consumption that its caller has not
// ended.
type failure struct{ error }

// consume pulls until loop ends, and then settles all messages.
func (c *consumption) consume(loop context.Context, stop context.CancelCauseFunc) error {
	keeping, stopKeeping := context.WithCancel(c.base)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		c.leases.keep(keeping)
	}()
	context.AfterFunc(loop, c.giveBackQueued) // at once, even if the last pull is still open

	if err := c.pull(loop); err != nil {
		stop(failure{err})
	}
	c.giveBackQueued() // AfterFunc may not have called it yet
	err := c.finish()
	stopKeeping()
	<-kept

	if f, failed := context.Cause(loop).(failure); failed {
		err = errors.Join(f.error, err)
	}
	if !final(err) {
		err = errors.Join(err, c.flush())
	}
	return err
}

// giveBackQueued gives back all messages that have not begun, except those in
// their last delivery.
func (c *consumption) giveBackQueued() {
	for _, d := range c.reserved.close(func(d *delivery) bool {
		_, _, last := c.leases.state(d)
		return last
	}) {
		c.giveBack(d)
	}
}

// finish handles the messages that were not given back, here and by the tasks that
// the pool still has, and waits for the running handlers. It returns the panics of
// the handlers that it has called.
func (c *consumption) finish() (err error) {
	for d := c.reserved.next(); d != nil; d = c.reserved.next() {
		ended := make(chan error)
		go func() { // a Goexit of the handler must not end the caller of Consume
			var failed error
			defer func() {
				if v := recover(); v != nil {
					failed = &workerpool.PanicError{Value: v, Stack: debug.Stack()}
				}
				ended <- failed
			}()
			c.run(d)
		}()
		err = errors.Join(err, <-ended)
	}
	return err
}

// The server is asked again after askTimeout, because a request is lost when the
// server restarts. flush gives up after flushTries.
const (
	askTimeout = time.Second
	flushTries = 5
)

// flush returns when the server has got all answers that were sent. It sends a
// request over the same connection, on which everything arrives in order.
func (c *consumption) flush() (err error) {
	for range flushTries {
		if err = c.ask(c.base); err == nil || final(err) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("the last answers may not have reached the server: %w", err)
	}
	return nil
}

// ask returns nil if the server says that the consumer exists.
func (c *consumption) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	_, err := c.consumer.Info(ctx)
	return err
}
