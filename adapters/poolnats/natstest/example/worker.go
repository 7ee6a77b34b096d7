package main

import (
	"context"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed62337844/workerpool/adapters/poolnats"
	"github.com/seed62337844/workerpool/ringpool"
)

const workerSize = 8

// worker pulls jobs until it is interrupted.
func worker(ctx context.Context, f flags) error {
	js, err := connect(f)
	if err != nil {
		return err
	}
	defer js.Conn().Close()
	jobs, err := js.Consumer(ctx, stream, consumer)
	if err != nil {
		return err
	}
	records, err := openRecords(f.dir)
	if err != nil {
		return err
	}
	defer records.file.Close()
	pool := ringpool.New(workerSize)
	defer pool.Shutdown()
	return poolnats.Consume(ctx, pool, jobs, func(_ context.Context, msg jetstream.Msg) error {
		return records.work(string(msg.Data()))
	})
}
