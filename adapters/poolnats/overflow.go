package poolnats

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed62337844/workerpool"
)

// A Job is work that can travel, which a closure cannot: what to do is in the
// subject, the header and the data, and the [Handler] of some replica does it.
type Job struct {
	// ID is the same each time the same job is submitted, and different for each job.
	// The stream drops a job with an ID that it has seen within its duplicate window.
	ID string

	Subject string // of the stream
	Header  nats.Header
	Data    []byte
}

// A Placement says where a job went.
type Placement int

const (
	Nowhere   Placement = iota // it was not accepted: see the error
	Local                      // the pool of this process has accepted its task
	Published                  // the stream has stored it
	Duplicate                  // the stream had it already
)

// String returns the placement in lower case, "local" for example.
func (p Placement) String() string {
	names := [...]string{"nowhere", "local", "published", "duplicate"}
	if p < 0 || int(p) >= len(names) {
		return fmt.Sprintf("Placement(%d)", int(p))
	}
	return names[p]
}

// A PublishFunc stores a message in a stream and returns when that is confirmed. The
// method PublishMsg of a [jetstream.JetStream] is one.
type PublishFunc = func(ctx context.Context, msg *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error)

// Overflow returns a function that submits task to pool or, if the pool is full,
// publishes job, which stands for the same work, for another replica to do.
//
//	submit := poolnats.Overflow(pool, js.PublishMsg)
//	placement, err := submit(ctx, job, func() { work(job.Data) })
//
// It does not wait for room. While it publishes it waits for the stream to confirm, until
// ctx ends. It returns [Nowhere] and an error if the pool refuses the task for another
// reason than [workerpool.ErrPoolFull], or the stream does not confirm the job.
//
// In the second case the job may have been stored all the same. It is safe to publish it
// again with the same ID. To submit it again is not: the pool may have room then, and the
// job would be done twice. For the same reason the ID protects from duplicates among
// what is published, and not between that and what runs here.
//
// The function is safe for concurrent use. It panics if ctx or task is nil, or if the
// ID or the subject of job is empty. Overflow panics if pool or publish is nil.
func Overflow(pool workerpool.Submitter, publish PublishFunc) func(ctx context.Context, job Job, task func()) (Placement, error) {
	switch {
	case pool == nil:
		panic("poolnats: Overflow: pool is nil")
	case publish == nil:
		panic("poolnats: Overflow: publish is nil")
	}
	return func(ctx context.Context, job Job, task func()) (Placement, error) {
		switch {
		case ctx == nil:
			panic("poolnats: submit of Overflow: ctx is nil")
		case task == nil:
			panic("poolnats: submit of Overflow: task is nil")
		case job.ID == "":
			panic("poolnats: submit of Overflow: ID of the job is empty")
		case job.Subject == "":
			panic("poolnats: submit of Overflow: Subject of the job is empty")
		}
		switch err := pool.Submit(task); {
		case err == nil:
			return Local, nil
		case !errors.Is(err, workerpool.ErrPoolFull):
			return Nowhere, fmt.Errorf("poolnats: job %q is not accepted: %w", job.ID, err)
		}
		msg := nats.NewMsg(job.Subject)
		for key, values := range job.Header { // a copy: the ID is added to it
			msg.Header[key] = append([]string(nil), values...)
		}
		msg.Data = job.Data
		ack, err := publish(ctx, msg, jetstream.WithMsgID(job.ID))
		switch {
		case err != nil:
			return Nowhere, fmt.Errorf("poolnats: job %q may not have been published: %w", job.ID, err)
		case ack.Duplicate:
			return Duplicate, nil
		}
		return Published, nil
	}
}
