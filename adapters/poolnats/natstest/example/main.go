// Example runs a front end and two workers, kills a worker, restarts the server, and
// prints what happened to the jobs.
//
//	go run ./example              with a server of its own, in this process
//	go run ./example -url nats://localhost:4222
//
// The front end accepts jobs by HTTP. It does a job itself while its small pool has
// room, and publishes it otherwise. The workers are processes with a pool each, and
// pull as many jobs as they have room for. Each process records the jobs that it has
// done.
//
// With -url nothing is restarted, and the stream "poolnats-example" is deleted at the
// end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed62337844/workerpool/adapters/poolnats/natstest"
)

const (
	stream   = "poolnats-example"
	subject  = "poolnats-example.jobs"
	consumer = "workers"
	ackWait  = 2 * time.Second // how long the jobs of a killed worker wait
)

type flags struct {
	url  string
	jobs int
	role string
	dir  string
}

func main() {
	var f flags
	flag.StringVar(&f.url, "url", "", "use the server at this `URL` instead of one in this process")
	flag.IntVar(&f.jobs, "jobs", 10_000, "post this many jobs")
	flag.StringVar(&f.role, "role", "front", "front or worker; the front end starts the workers")
	flag.StringVar(&f.dir, "dir", "", "for a worker: the directory of the front end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run := front
	if f.role == "worker" {
		run = worker
	}
	if err := run(ctx, f); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", f.role, err)
		os.Exit(1)
	}
}

// connect returns a client of the server at the URL or, if there is no URL, of
// the server behind the socket in the directory of the front end.
func connect(f flags) (jetstream.JetStream, error) {
	opts := []nats.Option{nats.MaxReconnects(-1), nats.ReconnectWait(50 * time.Millisecond)}
	url := f.url
	if url == "" {
		url = nats.DefaultURL
		opts = append(opts, natstest.UnixDialer(socket(f.dir)))
	}
	nc, err := nats.Connect(url, opts...)
	if err != nil {
		return nil, err
	}
	return jetstream.New(nc)
}

func socket(dir string) string { return dir + "/nats.sock" }

// setUp makes the stream and the consumer.
func setUp(ctx context.Context, js jetstream.JetStream) error {
	_, err := js.CreateStream(ctx, jetstream.StreamConfig{
		Name: stream, Subjects: []string{subject},
		Retention:  jetstream.WorkQueuePolicy, // a finished job is deleted
		Duplicates: time.Minute,
	})
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return fmt.Errorf("stream %s exists: delete it first", stream)
	}
	if err != nil {
		return err
	}
	_, err = js.CreateConsumer(ctx, stream, jetstream.ConsumerConfig{
		Durable: consumer, AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, MaxDeliver: -1,
	})
	return err
}
