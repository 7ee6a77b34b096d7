package main

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed62337844/workerpool/adapters/poolnats"
	"github.com/seed62337844/workerpool/ringpool"
)

// A way is how one replica handles the messages of a consumer until ctx ends. When
// it returns, no handler runs.
type way struct {
	name string
	run  func(ctx context.Context, consumer jetstream.Consumer, handle func(jetstream.Msg)) error
}

var ways = []way{
	{"poolnats", adapter},
	{"Consume + semaphore", stock},
	{"Messages, one at a time", iterator},
}

func adapter(ctx context.Context, consumer jetstream.Consumer, handle func(jetstream.Msg)) error {
	pool := ringpool.New(workers)
	defer pool.Shutdown()
	return poolnats.Consume(ctx, pool, consumer, func(_ context.Context, msg jetstream.Msg) error {
		handle(msg)
		return nil
	})
}

// stock uses the client's own buffer, with its defaults, and a goroutine for
// each message that is handled.
func stock(ctx context.Context, consumer jetstream.Consumer, handle func(jetstream.Msg)) error {
	sem := make(chan struct{}, workers)
	consuming, err := consumer.Consume(func(msg jetstream.Msg) {
		sem <- struct{}{}
		go func() {
			defer func() { <-sem }()
			handle(msg)
			_ = msg.Ack() // if the answer is lost, there is a redelivery
		}()
	})
	if err != nil {
		return err
	}
	<-ctx.Done()
	consuming.Stop()
	<-consuming.Closed()
	for range workers {
		sem <- struct{}{}
	}
	return nil
}

// iterator asks for one message at a time, when a worker is free.
func iterator(ctx context.Context, consumer jetstream.Consumer, handle func(jetstream.Msg)) error {
	messages, err := consumer.Messages(jetstream.PullMaxMessages(1))
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, messages.Stop)
	sem := make(chan struct{}, workers)
	for {
		sem <- struct{}{}
		msg, err := messages.Next()
		if err != nil {
			<-sem
			for range workers {
				sem <- struct{}{}
			}
			if errors.Is(err, jetstream.ErrMsgIteratorClosed) {
				return nil
			}
			return err
		}
		go func() {
			defer func() { <-sem }()
			handle(msg)
			_ = msg.Ack() // if the answer is lost, there is a redelivery
		}()
	}
}
