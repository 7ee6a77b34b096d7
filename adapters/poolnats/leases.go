package poolnats

import (
	"container/heap"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// leases keeps the server from delivering messages again while they are here.
// One goroutine does this for all of them.
//
// A lease is the time that the server waits for the answer to a message, the
// AckWait of the consumer. A heartbeat starts that time again. The server does not
// answer a heartbeat, so each round of them is followed by a request that it does
// answer. The request goes over the same connection, so the answer confirms the
// round. A lease that has not been confirmed for its whole length counts as lost.
type leases struct {
	consumer jetstream.Consumer
	fatal    func(error) // called if the consumer can no longer be used
	report   func(error) // called for each lost lease

	mu     sync.Mutex // guards what follows and the state of each delivery
	due    deliveryHeap
	bySeq  map[uint64]*delivery
	wakeAt time.Time // when the goroutine wakes by itself

	wake chan struct{} // has room for one
}

// A round of heartbeats includes those that are due up to this part of a lease
// later. So there are few rounds even if each message came at a different time.
const roundPart = 12

// A round waits for its confirmation for this part of a lease. So there is time
// for three tries from the first heartbeat to the end of the lease.
const answerPart = 6

// idleRound is how long the goroutine sleeps when there is no lease.
const idleRound = time.Hour

func newLeases(consumer jetstream.Consumer, fatal, report func(error)) *leases {
	return &leases{
		consumer: consumer, fatal: fatal, report: report,
		bySeq: make(map[uint64]*delivery), wakeAt: time.Now().Add(idleRound),
		wake: make(chan struct{}, 1),
	}
}

// leaseOf returns how long the server waits for the answer to a delivery.
func leaseOf(config *jetstream.ConsumerConfig, attempt uint64) time.Duration {
	if n := uint64(len(config.BackOff)); n > 0 {
		return config.BackOff[min(max(attempt, 1), n)-1]
	}
	return config.AckWait
}

// add begins a lease. If the message is already here, because its lease was lost and
// the server has delivered it again, add returns a nil d. Then the delivery that is
// here has a lease again, and the message is not handled a second time.
func (l *leases) add(msg jetstream.Msg, meta *jetstream.MsgMetadata) (d *delivery, last bool) {
	config := &l.consumer.CachedInfo().Config
	l.mu.Lock()
	defer l.mu.Unlock()
	d = l.bySeq[meta.Sequence.Stream]
	again := d != nil
	if !again {
		d = &delivery{seq: meta.Sequence.Stream, msg: msg, index: -1}
		l.bySeq[d.seq] = d
	}
	d.attempt, d.wait = meta.NumDelivered, leaseOf(config, meta.NumDelivered)
	d.last = config.MaxDeliver > 0 && d.attempt >= uint64(config.MaxDeliver)
	d.lost = false
	l.extend(d, time.Now())
	if !again {
		return d, d.last
	}
	d.send.Lock()
	d.msg = msg
	d.send.Unlock()
	return nil, d.last
}

// extend records that the lease of d begins again now.
func (l *leases) extend(d *delivery, now time.Time) {
	d.confirmed = now
	l.schedule(d, now.Add(d.wait/3))
}

// schedule sets the time of the next heartbeat of d.
func (l *leases) schedule(d *delivery, due time.Time) {
	d.due = due
	if d.index < 0 {
		heap.Push(&l.due, d)
	} else {
		heap.Fix(&l.due, d.index)
	}
	if due.Before(l.wakeAt) {
		l.wakeAt = due
		select {
		case l.wake <- struct{}{}:
		default: // the goroutine has been woken, and has not looked yet
		}
	}
}

// start returns the context for a delivery that is about to be handled, and its
// message. The context is nil if the lease was lost: the message will be delivered again.
func (l *leases) start(base context.Context, d *delivery) (context.Context, jetstream.Msg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if d.lost {
		return nil, nil
	}
	ctx, cancel := context.WithCancelCause(base)
	d.cancel = cancel
	d.send.Lock()
	defer d.send.Unlock()
	return ctx, d.msg
}

// end ends a lease: no heartbeat follows. It returns the message to be answered,
// and whether the lease was lost.
func (l *leases) end(d *delivery) (msg jetstream.Msg, lost bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.bySeq, d.seq)
	if d.index >= 0 {
		heap.Remove(&l.due, d.index)
	}
	d.send.Lock()
	defer d.send.Unlock()
	d.settled = true
	return d.msg, d.lost
}

// state returns the number of the newest delivery, when its lease ends unless it is
// extended, and whether the delivery is the last one.
func (l *leases) state(d *delivery) (attempt uint64, until time.Time, last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return d.attempt, d.confirmed.Add(d.wait), d.last
}

// keep sends heartbeats until ctx ends.
func (l *leases) keep(ctx context.Context) {
	timer := time.NewTimer(idleRound)
	defer timer.Stop()
	for {
		l.mu.Lock()
		l.wakeAt = time.Now().Add(idleRound)
		if len(l.due) > 0 {
			l.wakeAt = l.due[0].due
		}
		timer.Reset(time.Until(l.wakeAt))
		l.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-timer.C:
			l.round(ctx)
		}
	}
}

// round sends the heartbeats that are due, and asks the server to confirm them.
func (l *leases) round(ctx context.Context) {
	sent := time.Now()
	due, timeout := l.take(sent)
	if len(due) == 0 {
		return
	}
	for _, d := range due {
		d.send.Lock()
		if !d.settled {
			_ = d.msg.InProgress() // if it fails, so does the request that follows
		}
		d.send.Unlock()
	}
	for _, lost := range l.book(due, sent, l.confirm(ctx, timeout)) {
		l.report(lost)
	}
}

// book records the outcome of a round for its deliveries: err is nil if the
// server has confirmed it. It returns an error for each lost lease.
func (l *leases) book(due []*delivery, sent time.Time, err error) (lost []error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for _, d := range due {
		switch {
		case l.bySeq[d.seq] != d || d.index >= 0: // it has ended, or was delivered again
		case err == nil:
			l.extend(d, sent)
		case d.last || now.Before(d.confirmed.Add(d.wait)):
			l.schedule(d, now.Add(d.wait/roundPart))
		default:
			d.lost = true
			cause := fmt.Errorf("%w: message %d, after %v without an answer of the server: %w", ErrLeaseLost, d.seq, d.wait, err)
			if d.cancel != nil {
				d.cancel(cause)
			}
			lost = append(lost, cause)
		}
	}
	return lost
}

// take returns the deliveries whose heartbeat is due now or soon, and how long
// to wait for the confirmation.
func (l *leases) take(now time.Time) (due []*delivery, timeout time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.due) > 0 {
		d := l.due[0]
		if d.due.After(now.Add(d.wait / roundPart)) {
			break
		}
		heap.Pop(&l.due)
		due = append(due, d)
		if part := d.wait / answerPart; timeout == 0 || part < timeout {
			timeout = part
		}
	}
	return due, timeout
}

// confirm requests the consumer from the server, and returns nil when the
// server answers.
func (l *leases) confirm(ctx context.Context, timeout time.Duration) error {
	asking, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := l.consumer.Info(asking)
	if err != nil && final(err) {
		l.fatal(err)
	}
	return err
}
