package natstest_test

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/adapters/poolnats"
)

// attempt returns the number of this delivery of msg.
func attempt(msg jetstream.Msg) uint64 {
	meta, err := msg.Metadata()
	if err != nil {
		panic(err)
	}
	return meta.NumDelivered
}

// soon is a retry delay for tests in which its length does not matter.
var soon = poolnats.WithRetryDelay(func(uint64, error) time.Duration { return 0 })

var errBroken = errors.New("broken")

// failures are the ways in which a handler can fail.
var failures = map[string]func() error{
	"error":  func() error { return errBroken },
	"panic":  func() error { panic(errBroken) },
	"goexit": func() error { runtime.Goexit(); return nil },
}

func TestAFailureIsDeliveredAgain(t *testing.T) {
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			forPools(t, func(t *testing.T, m maker) {
				f := newFixture(t)
				l := newRecords()
				panics := make(chan any, 1)
				pool := m.make(2, workerpool.WithPanicHandler(func(value any, _ []byte) { panics <- value }))
				r := f.replica(pool, f.consumer(), func(_ context.Context, msg jetstream.Msg) error {
					if number(msg) == 3 && attempt(msg) == 1 {
						return fail()
					}
					l.begin(number(msg))
					l.end(number(msg))
					return nil
				}, soon)
				f.publish(0, 10)
				l.complete(t, 10)
				require.NoError(t, r.stop(t))
				f.settled()
				l.once(t, 10)
				if name == "panic" {
					require.Equal(t, any(errBroken), <-panics, "told to the pool's panic handler")
				}
			})
		})
	}
}

// The policy decides how long the server waits. A test cannot set the server's
// clock, so the delays are short, and only their lower bounds are checked.
func TestTheDelayBeforeARetry(t *testing.T) {
	const step = 100 * time.Millisecond
	steps := []time.Duration{step, 3 * step, 5 * step}
	growing := poolnats.WithRetryDelay(func(attempt uint64, err error) time.Duration {
		return steps[attempt-1]
	})
	backOff := func(c *jetstream.ConsumerConfig) { c.BackOff, c.MaxDeliver = steps, 10 }
	for name, test := range map[string]struct {
		opts   []poolnats.Option
		change func(*jetstream.ConsumerConfig)
	}{
		"by the policy":   {[]poolnats.Option{growing}, func(*jetstream.ConsumerConfig) {}},
		"by the consumer": {nil, backOff},
		"by both":         {[]poolnats.Option{growing}, backOff},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			times := make(chan time.Time, 4)
			r := f.replica(makers[0].make(1), f.consumer(test.change), func(_ context.Context, msg jetstream.Msg) error {
				times <- time.Now()
				if attempt(msg) <= 3 {
					return errors.New("not yet")
				}
				return nil
			}, test.opts...)
			f.publish(0, 1)
			last := <-times
			for i, want := range steps {
				next := <-times
				took := next.Sub(last)
				require.GreaterOrEqual(t, took, want-10*time.Millisecond, "before attempt %d", i+2) // the server rounds
				last = next
			}
			require.NoError(t, r.stop(t))
			f.settled()
		})
	}
}

// terminated returns a channel with the reasons that the server publishes when
// messages are terminated.
func (f *fixture) terminated() <-chan string {
	_, nc := f.connect()
	reasons := make(chan string, 100)
	_, err := nc.Subscribe("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.jobs.workers", func(msg *nats.Msg) {
		var advisory struct{ Reason string }
		if err := json.Unmarshal(msg.Data, &advisory); err != nil {
			advisory.Reason = err.Error()
		}
		reasons <- advisory.Reason
	})
	require.NoError(f.t, err)
	require.NoError(f.t, nc.Flush())
	return reasons
}

func TestPoisonIsTerminatedWithItsReason(t *testing.T) {
	f := newFixture(t)
	reasons := f.terminated()
	unreadable := errors.New("cannot be decoded")
	type told struct {
		number int
		err    error
	}
	terms := make(chan told, 10)
	var handled atomic.Int64
	r := f.replica(makers[0].make(1), f.consumer(), func(context.Context, jetstream.Msg) error {
		handled.Add(1)
		return poolnats.Poison(unreadable)
	}, poolnats.WithTermHandler(func(msg jetstream.Msg, err error) { terms <- told{number(msg), err} }))
	f.publish(7, 1)
	require.Equal(t, told{7, unreadable}, <-terms)
	require.Equal(t, "cannot be decoded", <-reasons)
	f.settled()
	require.NoError(t, r.stop(t))
	require.EqualValues(t, 1, handled.Load())
}

func TestTheLastDeliveryThatFailsIsTerminated(t *testing.T) {
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			reasons := f.terminated()
			terms := make(chan error, 10)
			var attempts atomic.Int64
			pool := makers[0].make(1, workerpool.WithPanicHandler(func(any, []byte) {}))
			consumer := f.consumer(func(c *jetstream.ConsumerConfig) { c.MaxDeliver = 3 })
			r := f.replica(pool, consumer, func(context.Context, jetstream.Msg) error {
				attempts.Add(1)
				return fail()
			}, soon, poolnats.WithTermHandler(func(_ jetstream.Msg, err error) { terms <- err }))
			f.publish(0, 1)
			err := <-terms
			require.ErrorIs(t, err, poolnats.ErrMaxDeliver)
			if name == "error" {
				require.ErrorIs(t, err, errBroken)
			}
			require.Contains(t, <-reasons, "attempt 3")
			f.settled()
			require.NoError(t, r.stop(t))
			require.EqualValues(t, 3, attempts.Load())
			require.Empty(t, terms)
		})
	}
}

// If a function of the user panics, nothing is lost: the message comes again.
func TestAPanicOfTheTermHandlerLosesNothing(t *testing.T) {
	f := newFixture(t)
	var once sync.Once
	pool := makers[0].make(1, workerpool.WithPanicHandler(func(any, []byte) {}))
	terms := make(chan int, 2)
	consumer := f.consumer(func(c *jetstream.ConsumerConfig) { c.AckWait = 300 * time.Millisecond })
	r := f.replica(pool, consumer, func(context.Context, jetstream.Msg) error {
		return poolnats.Poison(errors.New("poison"))
	}, poolnats.WithTermHandler(func(msg jetstream.Msg, _ error) {
		once.Do(func() { panic("in the handler") })
		terms <- number(msg)
	}))
	f.publish(5, 1)
	require.Equal(t, 5, <-terms)
	f.settled()
	require.NoError(t, r.stop(t))
}

func TestADoubleAckIsConfirmed(t *testing.T) {
	f := newFixture(t)
	l := newRecords()
	r := f.replica(makers[0].make(4), f.consumer(), func(_ context.Context, msg jetstream.Msg) error {
		l.begin(number(msg))
		l.end(number(msg))
		return nil
	}, poolnats.WithDoubleAck())
	f.publish(0, 100)
	l.complete(t, 100)
	require.NoError(t, r.stop(t))
	l.once(t, 100)
	f.settled()
}

// If a handler sends an answer itself, that answer counts.
func TestAHandlerMayAnswerItself(t *testing.T) {
	f := newFixture(t)
	var reports atomic.Int64
	r := f.replica(makers[0].make(1), f.consumer(), func(_ context.Context, msg jetstream.Msg) error {
		return errors.Join(msg.Ack(), errors.New("failed, but is acknowledged"))
	}, poolnats.WithErrorHandler(func(error) { reports.Add(1) }))
	f.publish(0, 10)
	f.settled()
	require.NoError(t, r.stop(t))
	require.Zero(t, reports.Load())
}
