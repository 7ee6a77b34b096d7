package natstest_test

import (
	"context"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

func TestEachMessageIsHandledOnceAndAcknowledged(t *testing.T) {
	forPools(t, func(t *testing.T, m maker) {
		f := newFixture(t)
		l := newLedger()
		r := f.replica(m.make(4), f.consumer(), func(_ context.Context, msg jetstream.Msg) error {
			l.begin(number(msg))
			l.end(number(msg))
			return nil
		})
		f.publish(0, 2000)
		l.complete(t, 2000)
		require.NoError(t, r.stop(t))
		unanswered, undelivered := f.pending() // no wait: the answers have arrived when Consume returns
		require.Zero(t, unanswered)
		require.Zero(t, undelivered)
		l.once(t, 2000)
	})
}
