package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed62337844/workerpool/adapters/poolnats/natstest"
)

// A tally collects what the handlers of all replicas see.
type tally struct {
	mu        sync.Mutex // guards what follows
	handled   map[uint64]int
	want      int
	complete  chan struct{} // closed when want messages have been handled
	outcome   outcome
	published time.Time // when the run began
}

func (t *tally) note(meta *jetstream.MsgMetadata, end time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if meta.NumDelivered > 1 {
		t.outcome.redelivered++
	}
	if t.handled[meta.Sequence.Stream]++; t.handled[meta.Sequence.Stream] == 2 {
		t.outcome.twice++
	}
	t.outcome.latencies = append(t.outcome.latencies, end.Sub(meta.Timestamp))
	if len(t.handled) == t.want && t.outcome.took == 0 {
		t.outcome.took = end.Sub(t.published)
		close(t.complete)
	}
}

// limit is how long a run may take.
const limit = 2 * time.Minute

// measure lets replicas process l.n messages or, at a steady rate, those of two
// seconds.
func measure(ctx context.Context, w way, l load, paced bool) (outcome, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return outcome{}, err
	}
	defer os.RemoveAll(dir)
	server, err := natstest.Start(dir)
	if err != nil {
		return outcome{}, err
	}
	defer server.Stop()
	js, err := connect(server)
	if err != nil {
		return outcome{}, err
	}
	defer js.Conn().Close()
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "jobs", Subjects: []string{"jobs"}}); err != nil {
		return outcome{}, err
	}
	if _, err := js.CreateConsumer(ctx, "jobs", jetstream.ConsumerConfig{
		Durable: "workers", AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, MaxAckPending: -1,
	}); err != nil {
		return outcome{}, err
	}
	n := l.n
	if paced {
		n = 2 * l.steady
	} else if err := publish(js, n, 0); err != nil {
		return outcome{}, err
	}

	t := &tally{handled: map[uint64]int{}, want: n, complete: make(chan struct{})}
	t.outcome.messages = n
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, replicas)
	t.published = time.Now()
	before := cpuTime()
	for range replicas {
		go func() { ended <- replica(running, server, w, l.task, t) }()
	}
	if paced {
		if err := publish(js, n, time.Second/time.Duration(l.steady)); err != nil {
			return outcome{}, err
		}
	}
	select {
	case <-t.complete:
	case <-time.After(limit):
		return outcome{}, fmt.Errorf("%d messages were not handled in %v", n, limit)
	}
	cpu := cpuTime() - before
	stop()
	for range replicas {
		err = errors.Join(err, <-ended)
	}
	t.outcome.cpu = cpu
	slices.Sort(t.outcome.latencies)
	return t.outcome, err
}

func connect(server *natstest.Server) (jetstream.JetStream, error) {
	nc, err := server.Connect()
	if err != nil {
		return nil, err
	}
	return jetstream.New(nc)
}

func replica(ctx context.Context, server *natstest.Server, w way, task time.Duration, t *tally) error {
	js, err := connect(server)
	if err != nil {
		return err
	}
	defer js.Conn().Close()
	consumer, err := js.Consumer(ctx, "jobs", "workers")
	if err != nil {
		return err
	}
	return w.run(ctx, consumer, func(msg jetstream.Msg) {
		if task > 0 {
			time.Sleep(task) // a task that waits, for example for a database
		}
		if meta, err := msg.Metadata(); err == nil { // always: it is of a consumer
			t.note(meta, time.Now())
		}
	})
}

// publish publishes n messages, one in each interval.
func publish(js jetstream.JetStream, n int, interval time.Duration) error {
	data := make([]byte, 128)
	begin := time.Now()
	for i := range n {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * interval)))
		if _, err := js.PublishAsync("jobs", data); err != nil {
			return err
		}
		if i%1000 == 999 && interval == 0 { // the client allows some thousand messages without an answer
			<-js.PublishAsyncComplete()
		}
	}
	<-js.PublishAsyncComplete()
	return nil
}

// cpuTime returns the processor time that this process has used.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
