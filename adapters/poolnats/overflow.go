package poolnats

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed62337844/workerpool"
)

// A Job is work in the form of a message, which can be sent to another process,
// unlike a closure. The subject, the header and the data say what to do, and
// the [Handler] of a replica does it.
type Job struct {
	// ID must be different for each job, and the same whenever the same job is
	// submitted again. The stream drops a job with an ID that it has seen within its
	// duplicate window.
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
	Duplicate                  // the stream already had it
)

// String returns the placement in lower case, "local" for example.
func (p Placement) String() string {
	names := [...]string{"nowhere", "local", "published", "duplicate"}
	if p < 0 || int(p) >= len(names) {
		return fmt.Sprintf("Placement(%d)", int(p))
	}
	return names[p]
}

// A PublishFunc stores a message in a stream, and returns when that is confirmed.
// The method PublishMsg of a [jetstream.JetStream] is one.
type PublishFunc = func(ctx context.Context, msg *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error)

// Overflow returns a function that submits task to pool or, if the pool is full,
// publishes job, so that another replica does the same work.
//
//	submit := poolnats.Overflow(pool, js.PublishMsg)
//	placement, err := submit(ctx, job, func() { work(job.Data) })
//
// The function does not wait for room. When it publishes, it waits for the stream to
// confirm, until ctx ends. It returns [Nowhere] and an error if the pool refuses the task
// for another reason than [workerpool.ErrPoolFull], or if the stream does not confirm the
// job.
//
// A job that was not confirmed may still have been stored. It is safe to publish it again
// with the same ID. It is not safe to submit it again: if the pool has room by then, the
// job is done twice. The ID prevents duplicates only among published jobs.
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
