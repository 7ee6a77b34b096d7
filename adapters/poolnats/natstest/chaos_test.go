package natstest_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/adapters/poolnats"
)

// messages is how many messages the tests with faults send.
func messages() int {
	if testing.Short() {
		return 3000
	}
	return 100_000
}

// A restart of the server loses nothing, and the replicas go on by themselves.
func TestARestartOfTheServerLosesNothing(t *testing.T) {
	f := newFixture(t)
	l := newRecords()
	const n = 500
	f.publish(0, n)
	r := f.replica(makers[0].make(2), f.consumer(withShortLease), func(_ context.Context, msg jetstream.Msg) error {
		l.begin(number(msg))
		l.end(number(msg))
		return nil
	})
	for k := range 3 {
		l.complete(t, k*n/3+1)
		require.NoError(t, f.server.Restart())
	}
	l.complete(t, n)
	f.settled()
	require.NoError(t, r.stop(t))
	done, twice := l.count()
	t.Logf("%d messages, 3 restarts: %d done, %d of them done again", n, done, twice)
	require.Equal(t, n, done)
}

// What the handlers of the test with faults do. It depends on the number of the
// message.
const (
	failsOnce  = 50   // one message in 50: returns an error in its first delivery
	panicsOnce = 70   // panics in its first delivery
	isSlow     = 1000 // takes longer than its lease
	isPoison   = 1100
	isHopeless = 1300 // fails in each delivery
	maxDeliver = 25   // kills use up deliveries, too
)

var errOnce = errors.New("fails once")

// Two to five replicas of different sizes process one stream. During that, handlers
// fail and panic, replicas are killed, stopped and added, and the server is
// restarted. Each message is done or terminated, and none is lost.
func TestNothingIsLostWithKillsRestartsPanicsAndSlowTasks(t *testing.T) {
	f := newFixture(t)
	n := messages()
	f.publish(0, n)
	done, terminated := newRecords(), newRecords()
	handle := func(ctx context.Context, msg jetstream.Msg) error {
		i, first := number(msg), attempt(msg) == 1
		switch {
		case i%isPoison == isPoison-1:
			return poolnats.Poison(errors.New("poison"))
		case i%isHopeless == isHopeless-1:
			return errors.New("hopeless")
		case i%isSlow == isSlow-1:
			pause(ctx, shortLease*5/4)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
		case first && i%failsOnce == failsOnce-1:
			return errOnce
		case first && i%panicsOnce == panicsOnce-1:
			panic(errOnce)
		}
		done.end(i)
		return nil
	}
	term := poolnats.WithTermHandler(func(msg jetstream.Msg, _ error) { terminated.end(number(msg)) })
	limited := func(c *jetstream.ConsumerConfig) { withShortLease(c); c.MaxDeliver = maxDeliver }

	type member struct {
		*replica
		conn *nats.Conn
	}
	var members []member
	join := func() {
		js, nc := f.connect()
		pool := makers[rand.IntN(2)].make(1+rand.IntN(16), workerpool.WithPanicHandler(func(any, []byte) {}))
		consumer, err := js.Consumer(t.Context(), "jobs", "workers")
		require.NoError(t, err)
		quiet := poolnats.WithErrorHandler(func(error) {}) // a killed replica complains about each message
		members = append(members, member{f.replica(pool, consumer, handle, soon, term, quiet), nc})
	}
	f.consumer(limited)
	join()
	join()

	var kills, stops, restarts int
	event := func() {
		i := rand.IntN(len(members))
		m := members[i]
		switch choice := rand.IntN(4); {
		case choice == 0:
			restarts++
			require.NoError(t, f.server.Restart())
			return
		case choice == 1 && len(members) < 5:
			join()
			return
		case choice == 2: // its answers are lost, as in a process that was killed
			kills++
			m.conn.Close()
			require.Error(t, m.wait(t))
		default:
			stops++
			require.NoError(t, m.stop(t))
		}
		members = append(members[:i], members[i+1:]...)
		for len(members) < 2 {
			join()
		}
	}
	settled := func() int {
		a, _ := done.count()
		b, _ := terminated.count()
		return a + b
	}
	const events = 20
	for k := range events {
		eventually(t, func() bool { return settled() >= k*n/events }, "it goes no further")
		event()
	}
	deadline := time.Now().Add(5 * time.Minute)
	for settled() < n && time.Now().Before(deadline) {
		pause(t.Context(), 10*time.Millisecond)
	}
	f.settled()
	for _, m := range members {
		require.NoError(t, m.stop(t))
	}

	for i := range n {
		hopeless := i%isPoison == isPoison-1 || i%isHopeless == isHopeless-1
		if hopeless {
			require.Positive(t, terminated.done[i], "message %d is lost", i)
			require.Zero(t, done.done[i], "message %d is done", i)
		} else {
			require.Positive(t, done.done[i], "message %d is lost", i)
			require.Zero(t, terminated.done[i], "message %d is terminated", i)
		}
	}
	_, again := done.count()
	t.Logf("%d messages, %d kills, %d stops, %d restarts of the server: none lost, %d done again", n, kills, stops, restarts, again)
}
