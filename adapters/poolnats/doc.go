// Package poolnats feeds a worker pool from a NATS JetStream consumer.
//
//	err := poolnats.Consume(ctx, pool, consumer, func(ctx context.Context, msg jetstream.Msg) error {
//		return work(ctx, msg.Data())
//	})
//
// One process is not always enough. Then many processes, each with a pool, take
// their work from one stream, which keeps it until it is done. [Consume] takes no more
// messages than its pool has room for, so the others are left for the other
// replicas, and a pool that is twice as fast gets twice as many. [Overflow] is for the
// other side: it runs a job here or, when the pool is full, publishes it.
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
// the lease. A handler must be able to bear that.
//
// Messages begin in the order in which they came, and end in any order. With several
// workers, several replicas, or a message that is delivered again, there is no order
// between messages. If you need one, give messages that depend on each other to one
// stream, with a MaxAckPending of 1, or put the order into the handler.
//
// # Room
//
// For each message there is a task that the pool has accepted before the message is
// asked for. So no other user of the pool can take its room, and Consume never has
// a message for which there is none. The task takes its message when it begins. The
// pull that is to bring it does not wait at the server, so a reservation is held without a
// message for no longer than a round trip to the server.
//
// There is one exception. While nothing is available, one pull for a single message waits
// at the server, without a reservation: a task that waits for a message would keep others from
// a pool in which nothing happens. If others have filled the pool by the time that the
// message comes, it waits for room, and no other is fetched.
//
// Tasks that end without a message, because fewer came than there was room for, are
// among those that the pool counts as submitted and completed.
//
// # Leases
//
// The server delivers a message again if it hears nothing for the consumer's AckWait.
// Consume tells the server that the work goes on, after a third of that time, from
// the receipt of the message until its handler has ended, also while it is queued. A
// handler may take as long as it needs. If the server does not answer for a whole AckWait,
// the lease is lost. The context of the handler ends then, with [ErrLeaseLost] as the cause,
// and a message that has not begun is dropped. When the server delivers to this Consume
// again what it still has, the handler goes on, and the message is not handled a second time.
//
// The consumer must have the AckPolicy AckExplicit.
//
// # Errors
//
// While the connection is down, or the server does not answer, Consume goes on, with
// pauses, and tells the error handler. It returns when the consumer, the stream or the
// connection is gone for good.
package poolnats
