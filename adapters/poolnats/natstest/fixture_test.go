package natstest_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/adapters/poolnats"
	"github.com/seed62337844/workerpool/adapters/poolnats/natstest"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// timeout is how long tests wait for something that must happen. It is long, so
// that tests pass on slow machines, too.
const timeout = 60 * time.Second

// A fixture is a server with one stream and one consumer.
type fixture struct {
	t      *testing.T
	server *natstest.Server
	js     jetstream.JetStream // the client of the test itself
}

func newFixture(t *testing.T) *fixture {
	s, err := natstest.Start(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	f := &fixture{t: t, server: s}
	f.js, _ = f.connect()
	_, err = f.js.CreateStream(t.Context(), jetstream.StreamConfig{
		Name: "jobs", Subjects: []string{"jobs.>"}, Storage: jetstream.FileStorage,
	})
	require.NoError(t, err)
	return f
}

// connect returns a new client. Each replica has its own.
func (f *fixture) connect() (jetstream.JetStream, *nats.Conn) {
	nc, err := f.server.Connect()
	require.NoError(f.t, err)
	f.t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	require.NoError(f.t, err)
	return js, nc
}

// consumer returns the consumer "workers", over a connection of its own, and makes
// it first if it is not there.
func (f *fixture) consumer(change ...func(*jetstream.ConsumerConfig)) jetstream.Consumer {
	js, _ := f.connect()
	return f.consumerOf(js, change...)
}

func (f *fixture) consumerOf(js jetstream.JetStream, change ...func(*jetstream.ConsumerConfig)) jetstream.Consumer {
	config := jetstream.ConsumerConfig{
		Durable: "workers", AckPolicy: jetstream.AckExplicitPolicy, AckWait: 30 * time.Second, MaxDeliver: -1,
	}
	for _, change := range change {
		change(&config)
	}
	c, err := js.CreateOrUpdateConsumer(f.t.Context(), "jobs", config)
	require.NoError(f.t, err)
	return c
}

// publish publishes messages with their numbers as data, from first on.
func (f *fixture) publish(first, n int) {
	for i := first; i < first+n; i++ {
		_, err := f.js.PublishAsync("jobs.x", fmt.Append(nil, i))
		require.NoError(f.t, err)
		if i%1000 == 999 { // the client allows some thousand messages without an answer
			<-f.js.PublishAsyncComplete()
		}
	}
	select {
	case <-f.js.PublishAsyncComplete():
	case <-time.After(timeout):
		f.t.Fatal("the server did not confirm what was published")
	}
}

// number returns the data of a message that publish made.
func number(msg jetstream.Msg) (i int) {
	_, err := fmt.Sscan(string(msg.Data()), &i)
	if err != nil {
		panic(err)
	}
	return i
}

// A replica is one call of Consume with a pool of its own.
type replica struct {
	pool workerpool.Pool
	end  context.CancelFunc
	done chan error
}

func (f *fixture) replica(pool workerpool.Pool, consumer jetstream.Consumer, handle poolnats.Handler, opts ...poolnats.Option) *replica {
	ctx, cancel := context.WithCancel(f.t.Context())
	r := &replica{pool: pool, end: cancel, done: make(chan error, 1)}
	opts = append([]poolnats.Option{
		poolnats.WithMaxWait(100 * time.Millisecond),
		poolnats.WithErrorHandler(func(err error) { f.t.Log(err) }),
	}, opts...)
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		r.done <- poolnats.Consume(ctx, pool, consumer, handle, opts...)
	}()
	f.t.Cleanup(func() {
		cancel()
		<-returned
		pool.Shutdown()
	})
	return r
}

// stop ends the replica and returns what Consume returned.
func (r *replica) stop(t *testing.T) error {
	r.end()
	return r.wait(t)
}

func (r *replica) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.done:
		return err
	case <-time.After(timeout):
		buf := make([]byte, 1<<20)
		t.Fatalf("Consume does not return:\n%s", buf[:runtime.Stack(buf, true)])
		return nil
	}
}

// A maker makes one of the pools.
type maker struct {
	name string
	make func(size int, opts ...workerpool.Option) workerpool.Pool
}

var makers = []maker{
	{"ringpool", func(size int, opts ...workerpool.Option) workerpool.Pool { return ringpool.New(size, opts...) }},
	{"chanpool", func(size int, opts ...workerpool.Option) workerpool.Pool { return chanpool.New(size, opts...) }},
}

// forPools runs a test with each kind of pool.
func forPools(t *testing.T, f func(t *testing.T, m maker)) {
	for _, m := range makers {
		t.Run(m.name, func(t *testing.T) { f(t, m) })
	}
}

// eventually waits until condition holds. It polls, because the server sends no
// notice of what it waits for.
func eventually(t *testing.T, condition func() bool, what string) {
	t.Helper()
	require.Eventually(t, condition, timeout, 5*time.Millisecond, what)
}

// pending returns how many messages wait for an answer, and how many were never delivered.
func (f *fixture) pending() (unanswered int, undelivered uint64) {
	c, err := f.js.Consumer(f.t.Context(), "jobs", "workers")
	require.NoError(f.t, err)
	info := c.CachedInfo()
	return info.NumAckPending, info.NumPending
}

// settled waits until no published message is left.
func (f *fixture) settled() {
	f.t.Helper()
	eventually(f.t, func() bool {
		unanswered, undelivered := f.pending()
		return unanswered == 0 && undelivered == 0
	}, "messages are left")
}
