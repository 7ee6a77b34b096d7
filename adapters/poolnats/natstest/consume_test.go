package natstest_test

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/adapters/poolnats"
)

func TestEachMessageIsHandledOnceAndAcknowledged(t *testing.T) {
	forPools(t, func(t *testing.T, m maker) {
		f := newFixture(t)
		l := newRecords()
		r := f.replica(m.make(4), f.consumer(), func(_ context.Context, msg jetstream.Msg) error {
			l.begin(number(msg))
			l.end(number(msg))
			return nil
		})
		f.publish(0, 2000)
		l.complete(t, 2000)
		require.NoError(t, r.stop(t))
		f.settled()
		l.once(t, 2000)
	})
}

// The pool has room for 6: 2 that run and 4 in the queue.
func TestNoMoreIsFetchedThanThereIsRoomFor(t *testing.T) {
	forPools(t, func(t *testing.T, m maker) {
		f := newFixture(t)
		f.publish(0, 100)
		l := newRecords()
		release := make(chan struct{})
		r := f.replica(m.make(2), f.consumer(), func(_ context.Context, msg jetstream.Msg) error {
			l.begin(number(msg))
			<-release
			l.end(number(msg))
			return nil
		})
		waitsForRoom(t, r.pool)
		unanswered, undelivered := f.pending()
		require.Equal(t, 6, unanswered)
		require.Equal(t, uint64(94), undelivered)
		close(release)
		l.complete(t, 100)
		require.NoError(t, r.stop(t))
		l.once(t, 100)
	})
}

// waitsForRoom waits until a call waits for room in the pool.
func waitsForRoom(t *testing.T, pool workerpool.Pool) {
	t.Helper()
	eventually(t, func() bool { return pool.Stats().Waiting == 1 }, "no call waits for room")
}

// While there are no messages, other users of the pool have all its room.
func TestAnIdleConsumeTakesNoRoom(t *testing.T) {
	forPools(t, func(t *testing.T, m maker) {
		f := newFixture(t)
		pool := m.make(1)
		consumer := f.consumer()
		r := f.replica(pool, consumer, nothing, poolnats.WithMaxWait(timeout))
		f.pullIsOpen()
		require.NoError(t, pool.Wait(t.Context()))
		release := make(chan struct{})
		for i := range 3 {
			require.NoError(t, pool.Submit(func() { <-release }), "task %d of others", i)
		}
		close(release)
		require.NoError(t, f.js.DeleteConsumer(t.Context(), "jobs", "workers")) // ends the pull
		require.ErrorIs(t, r.wait(t), jetstream.ErrConsumerDeleted)
	})
}

func nothing(context.Context, jetstream.Msg) error { return nil }

// pullIsOpen waits until a pull waits at the server.
func (f *fixture) pullIsOpen() {
	f.t.Helper()
	c, err := f.js.Consumer(f.t.Context(), "jobs", "workers")
	require.NoError(f.t, err)
	eventually(f.t, func() bool {
		info, err := c.Info(f.t.Context())
		return err == nil && info.NumWaiting == 1
	}, "no pull waits at the server")
}

// Others fill the pool while a pull waits. Then one message comes and waits for
// room, and the other messages stay at the server.
func TestAPoolFilledByOthersGetsOneMessageAtMost(t *testing.T) {
	forPools(t, func(t *testing.T, m maker) {
		f := newFixture(t)
		l := newRecords()
		pool := m.make(1)
		r := f.replica(pool, f.consumer(), func(_ context.Context, msg jetstream.Msg) error {
			l.begin(number(msg))
			l.end(number(msg))
			return nil
		}, poolnats.WithMaxWait(timeout))
		f.pullIsOpen()
		require.NoError(t, pool.Wait(t.Context()))
		release := make(chan struct{})
		for range 3 {
			require.NoError(t, pool.Submit(func() { <-release }))
		}
		f.publish(0, 10)
		waitsForRoom(t, pool)
		f.undelivered(9)
		unanswered, _ := f.pending()
		require.Equal(t, 1, unanswered)
		close(release)
		l.complete(t, 10)
		f.settled()
		require.NoError(t, f.js.DeleteConsumer(t.Context(), "jobs", "workers")) // ends the pull
		require.ErrorIs(t, r.wait(t), jetstream.ErrConsumerDeleted)
		l.once(t, 10)
	})
}

// Others submit all the time, and take all the room that they can get.
func TestASharedPoolLosesNothing(t *testing.T) {
	forPools(t, func(t *testing.T, m maker) {
		f := newFixture(t)
		l := newRecords()
		pool := m.make(2)
		consumer := f.consumer()
		r := f.replica(pool, consumer, func(_ context.Context, msg jetstream.Msg) error {
			l.begin(number(msg))
			l.end(number(msg))
			return nil
		})
		var others sync.WaitGroup
		stop := make(chan struct{})
		var accepted, ran atomic.Int64
		for range 3 {
			others.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if pool.Submit(func() { ran.Add(1) }) == nil {
						accepted.Add(1)
					}
					runtime.Gosched()
				}
			})
		}
		f.publish(0, 1000)
		l.complete(t, 1000)
		close(stop)
		others.Wait()
		require.NoError(t, r.stop(t))
		pool.Shutdown()
		require.Positive(t, ran.Load())
		require.Equal(t, accepted.Load(), ran.Load(), "tasks of others")
		l.once(t, 1000)
	})
}

// Each replica gets as many messages as its pool can handle.
func TestReplicasShareByTheirCapacity(t *testing.T) {
	f := newFixture(t)
	f.publish(0, 1000)
	sizes := []int{1, 2, 4}
	var replicas []*replica
	release := make(chan struct{})
	for i, size := range sizes {
		replicas = append(replicas, f.replica(makers[i%2].make(size), f.consumer(), func(context.Context, jetstream.Msg) error {
			<-release
			return nil
		}))
	}
	for _, r := range replicas {
		waitsForRoom(t, r.pool)
	}
	unanswered, _ := f.pending()
	require.Equal(t, 3*(1+2+4), unanswered, "each has what its pool has room for")
	close(release)
	f.settled()
	for _, r := range replicas {
		require.NoError(t, r.stop(t))
	}
}

// The room of the pool limits the memory that messages take, and there is no
// goroutine for each message.
func TestMessagesThatWaitHaveNoGoroutine(t *testing.T) {
	f := newFixture(t)
	const size = 200
	f.publish(0, 4*size)
	consumer := f.consumer()
	release := make(chan struct{})
	var running sync.WaitGroup
	running.Add(size)
	before := runtime.NumGoroutine()
	r := f.replica(makers[0].make(size), consumer, func(context.Context, jetstream.Msg) error {
		select {
		case <-release:
		default:
			running.Done()
			<-release
		}
		return nil
	})
	running.Wait()
	waitsForRoom(t, r.pool)
	unanswered, _ := f.pending()
	require.Equal(t, 3*size, unanswered)
	require.Less(t, runtime.NumGoroutine()-before, size+size/2, "goroutines for %d workers and %d messages", size, 3*size)
	close(release)
	f.settled()
	require.NoError(t, r.stop(t))
}
