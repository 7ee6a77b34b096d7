package natstest_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/adapters/poolnats"
)

// shortLease is short for a test that waits for leases to end, and long enough for
// a heartbeat to come in time on a busy machine.
const shortLease = 1500 * time.Millisecond

func withShortLease(c *jetstream.ConsumerConfig) { c.AckWait = shortLease }

// heartbeats returns a function that waits until each of n messages has had more
// heartbeats than it needs to live for two leases.
func (f *fixture) heartbeats(n int) (wait func()) {
	_, nc := f.connect()
	beats := make(chan string, 1000)
	_, err := nc.Subscribe("$JS.ACK.jobs.workers.>", func(msg *nats.Msg) {
		if bytes.Equal(msg.Data, []byte("+WPI")) {
			beats <- msg.Subject
		}
	})
	require.NoError(f.t, err)
	require.NoError(f.t, nc.Flush())
	return func() {
		f.t.Helper()
		counts := map[string]int{}
		for enough := 0; enough < n; {
			select {
			case subject := <-beats:
				if counts[subject]++; counts[subject] == 7 {
					enough++
				}
			case <-time.After(timeout):
				f.t.Fatalf("%d of %d messages have heartbeats: %v", enough, n, counts)
			}
		}
	}
}

// One message is handled for longer than two leases, and two more wait as long in
// the queue. Nothing is delivered again.
func TestHeartbeatsKeepAMessageWhileItIsHandledAndWhileItIsQueued(t *testing.T) {
	forPools(t, func(t *testing.T, m maker) {
		f := newFixture(t)
		wait := f.heartbeats(3)
		l := newRecords()
		release := make(chan struct{})
		r := f.replica(m.make(1), f.consumer(withShortLease), func(_ context.Context, msg jetstream.Msg) error {
			l.begin(number(msg))
			if attempt(msg) != 1 {
				t.Errorf("message %d was delivered again", number(msg))
			}
			<-release
			l.end(number(msg))
			return nil
		})
		f.publish(0, 3)
		wait()
		close(release)
		l.complete(t, 3)
		f.settled()
		require.NoError(t, r.stop(t))
		l.once(t, 3)
	})
}

// The server is down for longer than a lease. The handler's context ends, and
// the message is delivered again when the server is back. The replica still has
// the message then, and does not handle it a second time.
func TestALostLeaseEndsTheContextAndIsTakenUpAgain(t *testing.T) {
	f := newFixture(t)
	l := newRecords()
	lost := make(chan error, 1)
	begun, beats := make(chan struct{}), f.secondBeats()
	leave := make(chan struct{})
	r := f.replica(makers[0].make(1), f.consumer(withShortLease), func(ctx context.Context, msg jetstream.Msg) error {
		l.begin(number(msg))
		close(begun)
		<-ctx.Done()
		lost <- context.Cause(ctx)
		<-leave // this handler ignores its context
		l.end(number(msg))
		return nil
	})
	f.publish(0, 1)
	<-begun
	f.server.Stop()
	require.ErrorIs(t, <-lost, poolnats.ErrLeaseLost)
	require.NoError(t, f.server.Restart())
	select {
	case <-beats:
	case <-time.After(timeout):
		t.Error("no heartbeat for the message that has come again")
	}
	close(leave)
	f.settled()
	require.NoError(t, r.stop(t))
	l.once(t, 1)
}

// secondBeats returns a channel that receives a value when there is a heartbeat for
// the second delivery of a message.
func (f *fixture) secondBeats() <-chan struct{} {
	_, nc := f.connect()
	beats := make(chan struct{}, 1)
	_, err := nc.Subscribe("$JS.ACK.jobs.workers.2.>", func(msg *nats.Msg) {
		if bytes.Equal(msg.Data, []byte("+WPI")) {
			select {
			case beats <- struct{}{}:
			default: // one is enough
			}
		}
	})
	require.NoError(f.t, err)
	require.NoError(f.t, nc.Flush())
	return beats
}

// A message whose lease is lost before it begins does not begin, until the server
// delivers it again.
func TestALostLeaseDropsWhatHasNotBegun(t *testing.T) {
	f := newFixture(t)
	l := newRecords()
	release := make(chan struct{})
	lost := make(chan error, 10)
	r := f.replica(makers[0].make(1), f.consumer(withShortLease), func(_ context.Context, msg jetstream.Msg) error {
		l.begin(number(msg))
		<-release
		l.end(number(msg))
		return nil
	}, poolnats.WithErrorHandler(func(err error) {
		if errors.Is(err, poolnats.ErrLeaseLost) {
			lost <- err
		}
	}))
	f.publish(0, 3)
	waitsForRoom(t, r.pool) // one runs and two are queued
	f.server.Stop()
	for range 3 {
		<-lost
	}
	close(release)
	eventually(t, func() bool { s := r.pool.Stats(); return s.Busy == 0 && s.Queued == 0 }, "the pool is busy")
	l.mu.Lock()
	require.Len(t, l.begun, 1)
	l.mu.Unlock()
	require.NoError(t, f.server.Restart())
	l.complete(t, 3)
	f.settled()
	require.NoError(t, r.stop(t))
	for i := 1; i < 3; i++ { // the answer to message 0 may have been lost
		require.Equal(t, 1, l.begun[i], "message %d begun", i)
	}
}

// Tasks take several leases, and messages come faster than the replicas handle
// them.
func TestSlowTasksBeyondTheLeaseAreHandledOnce(t *testing.T) {
	f := newFixture(t)
	l := newRecords()
	const n = 20
	f.publish(0, n)
	var replicas []*replica
	for i := range 2 {
		replicas = append(replicas, f.replica(makers[i].make(2), f.consumer(withShortLease), func(ctx context.Context, msg jetstream.Msg) error {
			l.begin(number(msg))
			pause(ctx, shortLease/2) // with 6 messages and 2 workers, the last waits for longer than a lease
			l.end(number(msg))
			return nil
		}))
	}
	l.complete(t, n)
	f.settled()
	for _, r := range replicas {
		require.NoError(t, r.stop(t))
	}
	l.once(t, n)
}

// pause is the work of a handler that takes the time d.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
