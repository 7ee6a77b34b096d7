package poolnats

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// run handles a message that was taken off the queue, and settles it.
func (c *consumption) run(d *delivery) {
	defer c.reserved.done()
	ctx, msg := c.leases.start(c.base, d)
	if ctx == nil { // the server delivers it again, perhaps elsewhere
		c.leases.end(d)
		return
	}
	defer d.cancel(nil)
	err := errAborted // unless the handler returns
	defer func() { c.settle(d, err) }()
	err = c.handle(ctx, msg)
}

// settle sends the answer for a message whose handler has ended with err. While
// it calls functions of the user, the lease is still extended.
func (c *consumption) settle(d *delivery, err error) {
	answered := false
	defer func() {
		if !answered { // a function of the user panicked: the server delivers the message again
			c.leases.end(d)
		}
	}()
	attempt, until, last := c.leases.state(d)
	var poison *poisonError
	switch {
	case err == nil:
		answered = true
		c.answer(d, "acknowledge", true, func(msg jetstream.Msg) error { return c.ack(msg, until) })
	case errors.As(err, &poison):
		c.term(c.newest(d), poison.err)
		answered = true
		c.answer(d, "terminate", true, func(msg jetstream.Msg) error { return msg.TermWithReason(reason(poison.err)) })
	case last:
		err = fmt.Errorf("%w, attempt %d: %w", ErrMaxDeliver, attempt, err)
		c.term(c.newest(d), err)
		answered = true
		c.answer(d, "terminate", true, func(msg jetstream.Msg) error { return msg.TermWithReason(reason(err)) })
	default:
		delay := c.delay(attempt, err)
		answered = true
		c.answer(d, "return", false, func(msg jetstream.Msg) error { return nak(msg, delay) })
	}
}

// answer ends the lease of d and sends an answer. If the lease is lost, it sends only an
// acknowledgement or a termination. Any other answer would take the message away from the
// process that has the lease now.
func (c *consumption) answer(d *delivery, what string, always bool, send func(jetstream.Msg) error) {
	msg, lost := c.leases.end(d)
	if lost && !always {
		return
	}
	if err := send(msg); err != nil && !errors.Is(err, jetstream.ErrMsgAlreadyAckd) { // by the handler itself
		c.report(fmt.Errorf("poolnats: cannot %s message %d: %w", what, d.seq, err))
	}
}

// newest returns the message as it was delivered last.
func (c *consumption) newest(d *delivery) jetstream.Msg {
	d.send.Lock()
	defer d.send.Unlock()
	return d.msg
}

// ackPause is how long ack waits before it tries again when no server is there
// to confirm.
const ackPause = 100 * time.Millisecond

// ack acknowledges msg. With WithDoubleAck it tries until the server confirms, or the
// lease ends.
func (c *consumption) ack(msg jetstream.Msg, until time.Time) error {
	if !c.doubleAck {
		return msg.Ack()
	}
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	for {
		err := msg.DoubleAck(ctx)
		if !errors.Is(err, nats.ErrNoResponders) || !sleep(ctx, ackPause) {
			return err
		}
	}
}

// delay returns the delay to send to the server, before it delivers a message
// again.
func (c *consumption) delay(attempt uint64, err error) time.Duration {
	config := &c.consumer.CachedInfo().Config
	var want, added time.Duration
	if len(config.BackOff) > 0 {
		want = leaseOf(config, attempt)
		added = want - config.BackOff[0]
	} else {
		want = min(time.Second<<min(attempt-1, 6), time.Minute)
	}
	if c.retry != nil {
		want = c.retry(attempt, err)
	}
	if want <= 0 {
		return 0
	}
	return max(want-added, 1) // 0 would mean at once, and ignore the BackOff
}

func nak(msg jetstream.Msg, delay time.Duration) error {
	if delay <= 0 {
		return msg.Nak()
	}
	return msg.NakWithDelay(delay)
}

// maxReason is the length of an error's text in an advisory at most.
const maxReason = 1024

func reason(err error) string {
	text := err.Error()
	return text[:min(len(text), maxReason)]
}

// giveBack gives back a message that has not begun, so that it is delivered
// again at once.
func (c *consumption) giveBack(d *delivery) {
	defer c.reserved.done()
	c.answer(d, "give back", false, jetstream.Msg.Nak)
}

// sleep waits for d and reports true, or false if ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
