package poolnats

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed62337844/workerpool"
)

// maxPull is the size of the largest pull. Larger ones would save nothing, and the
// client allocates memory for all messages that were requested, even if fewer come.
const maxPull = 256

// After a pull that failed, the next one waits, each time twice as long.
const (
	firstPause = 100 * time.Millisecond
	maxPause   = 5 * time.Second
)

// pull fetches messages until ctx ends, and then returns nil, or until an error
// after which it cannot go on, which it returns.
//
// There are two kinds of pull. While messages are known to be available, pull asks for as
// many as it has reservations, and the server answers at once with what it has. So a
// reservation is held for no longer than a round trip. While no message is known to be
// available, pull waits for one message and has no reservation, because a task that waits for
// a message would take room, or a worker, from other users of the pool. If the pool is full
// when the message comes, the message waits for room here, with heartbeats.
func (c *consumption) pull(ctx context.Context) error {
	available, pause := 0, firstPause
	for ctx.Err() == nil {
		next, err := c.fetch(ctx, available)
		switch {
		case err == nil:
			available, pause = next, firstPause
			continue
		case ctx.Err() != nil:
			return nil
		case final(err) || errors.Is(err, workerpool.ErrPoolClosed):
			return err
		}
		c.report(fmt.Errorf("poolnats: cannot pull, will try again in %v: %w", pause, err))
		// If the consumer no longer exists, a pull only gets no answer.
		if err := c.ask(ctx); err != nil && final(err) {
			return err
		}
		sleep(ctx, pause)
		available, pause = 0, min(2*pause, maxPause)
	}
	return nil
}

// fetch gets reservations for up to available messages, but at least one, and then the
// messages. It returns how many more are available.
func (c *consumption) fetch(ctx context.Context, available int) (int, error) {
	limits := &c.consumer.CachedInfo().Config
	available = min(available, maxPull)
	if limits.MaxRequestBatch > 0 {
		available = min(available, limits.MaxRequestBatch)
	}
	c.reserved.announce(available)
	defer c.reserved.announce(0) // tasks whose messages have not come by then end without one
	if err := c.reserve(ctx, max(available, 1)); err != nil {
		return 0, err
	}

	var asked int
	var batch jetstream.MessageBatch
	var err error
	if available > 0 {
		if asked = c.reserved.expect(); asked == 0 {
			return available, nil
		}
		batch, err = c.consumer.FetchNoWait(asked)
	} else {
		asked = 1
		wait := c.maxWait
		if limits.MaxRequestExpires > 0 {
			wait = min(wait, limits.MaxRequestExpires)
		}
		batch, err = c.consumer.Fetch(asked, jetstream.FetchMaxWait(wait))
	}
	if err != nil {
		return 0, err
	}
	return c.receive(ctx, batch, asked)
}

// reserve gets reservations for up to n messages, as many as the pool has room for. It
// waits only for the first one.
func (c *consumption) reserve(ctx context.Context, n int) error {
	stats := c.pool.Stats()
	if stats.Returned > 0 { // a ShutdownNow may have returned reservations
		return workerpool.ErrPoolClosed
	}
	if c.reserved.free() <= 0 {
		if err := c.reserveOne(ctx); err != nil {
			return err
		}
	}
	// Only a submit shows whether the pool has room. To look at Stats before keeps the
	// number of refused tasks close to 0.
	missing := min(n-c.reserved.free(), stats.Size+stats.Capacity-stats.Busy-stats.Queued)
	if missing <= 0 {
		return nil
	}
	for len(c.tasks) < missing {
		c.tasks = append(c.tasks, c.task)
	}
	c.reserved.hold(missing)
	held, err := c.pool.SubmitBatch(c.tasks[:missing])
	c.reserved.hold(held - missing)
	if errors.Is(err, workerpool.ErrPoolFull) {
		return nil
	}
	return err
}

// reserveOne gets one reservation, and waits for it.
func (c *consumption) reserveOne(ctx context.Context) error {
	c.reserved.hold(1)
	err := c.pool.SubmitContext(ctx, c.task)
	if err != nil {
		c.reserved.hold(-1)
	}
	return err
}

// receive receives all messages of a pull, even if ctx has ended: a message that is
// not received would be delivered again only after its lease.
func (c *consumption) receive(ctx context.Context, batch jetstream.MessageBatch, asked int) (available int, err error) {
	got := 0
	for msg := range batch.Messages() {
		meta, invalid := msg.Metadata()
		if invalid != nil { // not a message of a consumer
			c.report(fmt.Errorf("poolnats: received on %s what is no delivery: %w", msg.Subject(), invalid))
			c.reserved.came(nil, false)
			continue
		}
		got++
		available = int(min(meta.NumPending, maxPull))
		if meta.NumDelivered > 1 { // NumPending does not count messages to be delivered again
			available = max(available, 2*asked)
		}
		d, last := c.leases.add(msg, meta)
		reserved, queued := c.reserved.came(d, last)
		if !queued {
			c.giveBack(d)
		}
		if !reserved && err == nil {
			err = c.reserveOne(ctx)
		}
	}
	if err != nil {
		return 0, err
	}
	if err := batch.Error(); err != nil && !errors.Is(err, jetstream.ErrBatchCompleted) {
		return 0, err
	}
	if got < asked { // there were no more
		available = 0
	}
	return available, nil
}
