// Package poolnats feeds a worker pool from a NATS JetStream consumer.
//
//	err := poolnats.Consume(ctx, pool, consumer, func(ctx context.Context, msg jetstream.Msg) error {
//		return work(ctx, msg.Data())
//	})
//
// If one process is not enough, many processes, each with a pool, can take their work
// from one stream, which keeps each message until it is done. [Consume] takes no more
// messages than its pool has room for. So the rest is left for the other processes,
// the replicas, and a pool that is twice as fast gets twice as many. [Overflow] is for
// the other side: it runs a job here or, when the pool is full, publishes it.
//
// # What becomes of a message
//
//	handler returns nil       it is acknowledged
//	handler returns an error  it is delivered again after a delay: see WithRetryDelay
//	handler panics            the same, and the pool calls its panic handler
//	handler calls Goexit      the same
//	error made by Poison      it is terminated, and the error is the reason
//	any failure, at MaxDeliver  it is terminated: see WithTermHandler
//	not begun when Consume ends it is given back, and delivered elsewhere at once
//
// Delivery is at least once. A message is handled twice if its process dies before
// the acknowledgement has arrived, or if the server cannot be reached for longer than
// the lease. Handlers must allow for that.
//
// Messages begin in the order in which they came, and end in any order. With several
// replicas, or a message that is delivered again, they do not even begin in order.
// If messages depend on each other, put them into one stream with a MaxAckPending of
// 1, or keep the order in the handler.
//
// # Room
//
// For each message Consume first submits a task to the pool, and fetches the message only
// when the task is accepted. So no other user of the pool can take its room, and Consume
// never has a message for which there is no room. The task takes its message when it
// begins. The pull for the message does not wait at the server, so a task is without a
// message for no longer than a round trip to the server.
//
// There is one exception. While no message is available, one pull for a single message waits
// at the server, and has no task: a task that waits for a message would take room from others.
// If others have filled the pool when the message comes, it waits for room, and no other
// message is fetched.
//
// If fewer messages come than there are tasks, the other tasks end without one. The
// pool counts them as submitted and completed, too.
//
// # Leases
//
// The server delivers a message again if it hears nothing for the consumer's AckWait. So
// Consume sends it a heartbeat after each third of that time, until the handler has ended,
// also while the message is queued. A handler may take as long as it needs. If the server
// does not answer for a whole AckWait, the lease is lost: the context of the handler ends,
// with [ErrLeaseLost] as the cause, and a message that has not begun is dropped. If the
// server then delivers the message to this Consume again while its handler is still running,
// the message is not handled a second time.
//
// The consumer must have the AckPolicy AckExplicit.
//
// # Errors
//
// While the connection is down, or the server does not answer, Consume tries again,
// with pauses, and calls the error handler. It returns when the consumer or the stream
// no longer exists, or the connection is closed.
package poolnats
