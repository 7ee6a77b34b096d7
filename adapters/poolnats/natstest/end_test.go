package natstest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/adapters/poolnats"
)

// heldUp starts a replica with a pool of one, whose handlers wait for release. When
// it returns, message 0 is being handled, 1 and 2 are queued.
func heldUp(t *testing.T, f *fixture, m maker, l *records, consumer jetstream.Consumer) (r *replica, release chan struct{}) {
	release = make(chan struct{})
	r = f.replica(m.make(1), consumer, func(_ context.Context, msg jetstream.Msg) error {
		l.begin(number(msg))
		<-release
		l.end(number(msg))
		return nil
	})
	f.publish(0, 3)
	waitsForRoom(t, r.pool)
	return r, release
}

// What ends a Consume, other than its context.
var ends = map[string]struct {
	end  func(t *testing.T, r *replica)
	want error
}{
	"context": {
		end: func(_ *testing.T, r *replica) { r.end() },
	},
	"Shutdown": {
		end: func(t *testing.T, r *replica) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			require.Error(t, r.pool.ShutdownContext(ctx)) // begins a shutdown, and does not wait
		},
		want: workerpool.ErrPoolClosed,
	},
	"ShutdownNow": {
		end: func(t *testing.T, r *replica) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			tasks, err := r.pool.ShutdownNow(ctx) // another user takes the tasks, and drops them
			require.Error(t, err)
			require.Len(t, tasks, 2)
		},
		want: workerpool.ErrPoolClosed,
	},
}

// Messages that have not begun are given back while a handler still runs, and the
// next replica gets them at once, long before their lease ends.
func TestTheEndGivesBackWhatHasNotBegunAndWaitsForWhatRuns(t *testing.T) {
	for name, test := range ends {
		t.Run(name, func(t *testing.T) {
			forPools(t, func(t *testing.T, m maker) {
				f := newFixture(t)
				l := newRecords()
				r, release := heldUp(t, f, m, l, f.consumer(func(c *jetstream.ConsumerConfig) { c.AckWait = time.Hour }))
				test.end(t, r)
				second := f.replica(m.make(1), f.consumer(func(c *jetstream.ConsumerConfig) { c.AckWait = time.Hour }), func(_ context.Context, msg jetstream.Msg) error {
					l.begin(number(msg))
					l.end(number(msg))
					return nil
				})
				l.complete(t, 2)
				require.Empty(t, r.done, "Consume returned while a handler runs")
				close(release)
				require.ErrorIs(t, r.wait(t), test.want)
				require.NoError(t, second.stop(t))
				f.settled()
				l.once(t, 3)
			})
		})
	}
}

// The server drops a message that is given back in its last delivery. So such a
// message is handled, even if the pool does not run its task.
func TestAMessageInItsLastDeliveryIsHandledBeforeTheEnd(t *testing.T) {
	for name, test := range ends {
		t.Run(name, func(t *testing.T) {
			forPools(t, func(t *testing.T, m maker) {
				f := newFixture(t)
				l := newRecords()
				r, release := heldUp(t, f, m, l, f.consumer(func(c *jetstream.ConsumerConfig) { c.MaxDeliver = 1 }))
				test.end(t, r)
				close(release)
				require.ErrorIs(t, r.wait(t), test.want)
				l.once(t, 3)
			})
		})
	}
}

// If the pool is closed, Consume returns the panic.
func TestAPanicWithoutAPoolIsReturned(t *testing.T) {
	f := newFixture(t)
	broken := errors.New("broken")
	release := make(chan struct{})
	terms := make(chan int, 3)
	r := f.replica(makers[0].make(1), f.consumer(func(c *jetstream.ConsumerConfig) { c.MaxDeliver = 1 }), func(_ context.Context, msg jetstream.Msg) error {
		<-release
		if number(msg) == 2 {
			panic(broken)
		}
		return nil
	}, poolnats.WithTermHandler(func(msg jetstream.Msg, _ error) { terms <- number(msg) }))
	f.publish(0, 3)
	waitsForRoom(t, r.pool)
	ends["ShutdownNow"].end(t, r)
	close(release)
	err := r.wait(t)
	var panicked *workerpool.PanicError
	require.ErrorAs(t, err, &panicked)
	require.Equal(t, any(broken), panicked.Value)
	require.ErrorIs(t, err, workerpool.ErrPoolClosed)
	require.Equal(t, 2, <-terms)
}

// An idle Consume notices, too.
func TestAClosedPoolEndsAnIdleConsume(t *testing.T) {
	forPools(t, func(t *testing.T, m maker) {
		f := newFixture(t)
		r := f.replica(m.make(1), f.consumer(), nothing)
		f.pullIsOpen()
		r.pool.Shutdown()
		require.ErrorIs(t, r.wait(t), workerpool.ErrPoolClosed)
	})
}

func TestConsumeEndsWhenThereIsNothingLeftToPullFrom(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(f *fixture, nc *nats.Conn)
		want []error
	}{
		"consumer deleted": {
			end: func(f *fixture, _ *nats.Conn) {
				require.NoError(f.t, f.js.DeleteConsumer(f.t.Context(), "jobs", "workers"))
			},
			want: []error{jetstream.ErrConsumerDeleted, jetstream.ErrConsumerNotFound},
		},
		"stream deleted": {
			end: func(f *fixture, _ *nats.Conn) {
				require.NoError(f.t, f.js.DeleteStream(f.t.Context(), "jobs"))
			},
			want: []error{jetstream.ErrConsumerDeleted, jetstream.ErrConsumerNotFound, jetstream.ErrStreamNotFound},
		},
		"connection closed": {
			end:  func(_ *fixture, nc *nats.Conn) { nc.Close() },
			want: []error{nats.ErrConnectionClosed, jetstream.ErrConnectionClosed},
		},
	} {
		for _, when := range []string{"idle", "full"} {
			t.Run(name+"/"+when, func(t *testing.T) {
				f := newFixture(t)
				js, nc := f.connect()
				release := make(chan struct{})
				r := f.replica(makers[0].make(1), f.consumerOf(js, withShortLease), func(context.Context, jetstream.Msg) error {
					<-release
					return nil
				})
				if when == "full" {
					f.publish(0, 10)
					waitsForRoom(t, r.pool)
				} else {
					f.pullIsOpen()
				}
				test.end(f, nc)
				if when == "full" { // the heartbeats notice
					eventually(t, func() bool { return r.pool.Stats().Waiting == 0 }, "Consume goes on")
				}
				close(release)
				err := r.wait(t)
				for _, want := range test.want {
					if errors.Is(err, want) {
						return
					}
				}
				require.Fail(t, "wrong error", "%v", err)
			})
		}
	}
}

func TestConsumeRefusesAConsumerThatItCannotServe(t *testing.T) {
	f := newFixture(t)
	pool := makers[0].make(1)
	defer pool.Shutdown()
	for _, policy := range []jetstream.AckPolicy{jetstream.AckNonePolicy, jetstream.AckAllPolicy} {
		consumer, err := f.js.CreateConsumer(t.Context(), "jobs", jetstream.ConsumerConfig{AckPolicy: policy})
		require.NoError(t, err)
		require.ErrorContains(t, poolnats.Consume(t.Context(), pool, consumer, nothing), "AckPolicy")
	}
	require.NoError(t, f.js.DeleteStream(t.Context(), "jobs"))
}
