package poolnats_test

import (
	"context"
	"errors"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/adapters/poolnats"
	"github.com/seed62337844/workerpool/chanpool"
)

// fill makes pool full until the returned function is called. It waits until all
// workers are busy before it fills the queue, because a worker that begins makes
// room.
func fill(pool workerpool.Pool) (release func()) {
	gate, begun := make(chan struct{}), make(chan struct{})
	for range pool.Size() {
		if err := pool.SubmitWait(func() { begun <- struct{}{}; <-gate }); err != nil {
			panic(err)
		}
		<-begun
	}
	for pool.Submit(func() { <-gate }) == nil {
	}
	return func() { close(gate) }
}

var job = poolnats.Job{ID: "7", Subject: "jobs.x", Header: nats.Header{"A": {"b"}}, Data: []byte("data")}

func TestOverflowRunsHereWhileThereIsRoom(t *testing.T) {
	pool := chanpool.New(1)
	submit := poolnats.Overflow(pool, func(context.Context, *nats.Msg, ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
		t.Error("published, though the pool has room")
		return nil, errors.New("not to be called")
	})
	ran := make(chan struct{})
	if placement, err := submit(t.Context(), job, func() { close(ran) }); placement != poolnats.Local || err != nil {
		t.Errorf("submit returned %v, %v", placement, err)
	}
	<-ran
	pool.Shutdown()
	if placement, err := submit(t.Context(), job, func() {}); placement != poolnats.Nowhere || !errors.Is(err, workerpool.ErrPoolClosed) {
		t.Errorf("submit to a closed pool returned %v, %v", placement, err)
	}
}

func TestOverflowPublishesWhenThePoolIsFull(t *testing.T) {
	pool := chanpool.New(1)
	defer pool.Shutdown()
	defer fill(pool)()
	unconfirmed := errors.New("unconfirmed")
	for _, test := range []struct {
		ack  *jetstream.PubAck
		err  error
		want poolnats.Placement
	}{
		{&jetstream.PubAck{}, nil, poolnats.Published},
		{&jetstream.PubAck{Duplicate: true}, nil, poolnats.Duplicate},
		{nil, unconfirmed, poolnats.Nowhere},
	} {
		submit := poolnats.Overflow(pool, func(_ context.Context, msg *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
			if msg.Subject != job.Subject || string(msg.Data) != string(job.Data) || msg.Header.Get("A") != "b" || len(opts) != 1 {
				t.Errorf("published %v with %d options", msg, len(opts))
			}
			return test.ack, test.err
		})
		placement, err := submit(t.Context(), job, func() { t.Error("a job ran that was published") })
		if placement != test.want || !errors.Is(err, test.err) {
			t.Errorf("submit returned %v, %v, want %v, %v", placement, err, test.want, test.err)
		}
	}
}

func TestBadArgumentsPanic(t *testing.T) {
	pool := chanpool.New(1)
	defer pool.Shutdown()
	publish := func(context.Context, *nats.Msg, ...jetstream.PublishOpt) (*jetstream.PubAck, error) { return nil, nil }
	submit := poolnats.Overflow(pool, publish)
	task := func() {}
	for want, f := range map[string]func(){
		"poolnats: Overflow: pool is nil":                           func() { poolnats.Overflow(nil, publish) },
		"poolnats: Overflow: publish is nil":                        func() { poolnats.Overflow(pool, nil) },
		"poolnats: submit of Overflow: ctx is nil":                  func() { _, _ = submit(nil, job, task) },
		"poolnats: submit of Overflow: task is nil":                 func() { _, _ = submit(t.Context(), job, nil) },
		"poolnats: submit of Overflow: ID of the job is empty":      func() { _, _ = submit(t.Context(), poolnats.Job{Subject: "a"}, task) },
		"poolnats: submit of Overflow: Subject of the job is empty": func() { _, _ = submit(t.Context(), poolnats.Job{ID: "a"}, task) },
		"poolnats: Consume: pool is nil":                            func() { _ = poolnats.Consume(t.Context(), nil, nil, nil) },
		"poolnats: Consume: consumer is nil":                        func() { _ = poolnats.Consume(t.Context(), pool, nil, nil) },
		"poolnats: Poison: err is nil":                              func() { _ = poolnats.Poison(nil) },
		"poolnats: WithMaxWait: d is 0s, must be at least 1ms":      func() { poolnats.WithMaxWait(0) },
		"poolnats: WithRetryDelay: delay is nil":                    func() { poolnats.WithRetryDelay(nil) },
		"poolnats: WithTermHandler: handler is nil":                 func() { poolnats.WithTermHandler(nil) },
		"poolnats: WithErrorHandler: handler is nil":                func() { poolnats.WithErrorHandler(nil) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panicked with %v, want %v", got, want)
				}
			}()
			f()
		}()
	}
}
