package natstest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// Package poolnats relies on this behaviour of the client and the server. Not
// all of it is documented.

// A pull for one message that waits at the server gets a message that comes, and
// does not hang until it expires. The pulls wait longer than the test does.
func TestAnOpenPullGetsWhatComes(t *testing.T) {
	for _, clients := range []int{1, 2, 8} {
		t.Run(fmt.Sprintf("clients=%d", clients), func(t *testing.T) {
			f := newFixture(t)
			const n = 300
			got := make(chan int, n)
			ended := make(chan error, clients)
			for range clients {
				consumer := f.consumer()
				go func() {
					for {
						batch, err := consumer.Fetch(1, jetstream.FetchMaxWait(2*timeout))
						if err != nil {
							ended <- err
							return
						}
						for msg := range batch.Messages() {
							err = msg.Ack()
							got <- number(msg)
						}
						if batch.Error() != nil || err != nil {
							ended <- batch.Error() // the consumer is deleted at the end
							return
						}
					}
				}()
			}
			for i := range n {
				f.publish(i, 1)
				select {
				case <-got:
				case <-time.After(timeout):
					t.Fatalf("message %d does not come", i)
				}
			}
			require.NoError(t, f.js.DeleteConsumer(t.Context(), "jobs", "workers"))
			for range clients {
				<-ended
			}
		})
	}
}

// fetch returns the numbers of the messages that a pull brings. It sends no answers for
// them.
func fetch(t *testing.T, batch jetstream.MessageBatch, err error) (numbers []int) {
	require.NoError(t, err)
	for msg := range batch.Messages() {
		numbers = append(numbers, number(msg))
	}
	require.NoError(t, batch.Error())
	return numbers
}

// undelivered waits until the consumer knows of n messages to deliver. The stream
// confirms a message before it tells its consumers.
func (f *fixture) undelivered(n uint64) {
	f.t.Helper()
	eventually(f.t, func() bool { _, undelivered := f.pending(); return undelivered == n }, "the consumer misses messages")
}

// A pull that does not wait brings the messages that there are. If there are fewer
// than it asked for, or none, that is no error.
func TestAPullThatDoesNotWaitBringsWhatThereIs(t *testing.T) {
	f := newFixture(t)
	consumer := f.consumer()
	batch, err := consumer.FetchNoWait(5)
	require.Empty(t, fetch(t, batch, err))
	f.publish(0, 3)
	f.undelivered(3)
	batch, err = consumer.FetchNoWait(5)
	require.Equal(t, []int{0, 1, 2}, fetch(t, batch, err))
	f.publish(3, 7)
	f.undelivered(7)
	batch, err = consumer.FetchNoWait(5)
	require.Equal(t, []int{3, 4, 5, 6, 7}, fetch(t, batch, err))
}

// A pull that does not wait also brings messages to be delivered again. They are
// not counted in NumPending.
func TestMessagesGivenBackAreNotInNumPending(t *testing.T) {
	f := newFixture(t)
	consumer := f.consumer()
	f.publish(0, 3)
	batch, err := consumer.FetchNoWait(3)
	require.NoError(t, err)
	for msg := range batch.Messages() {
		require.NoError(t, msg.Nak())
	}
	again := 0
	eventually(t, func() bool { // the server takes a moment to process answers
		batch, err := consumer.FetchNoWait(1)
		require.NoError(t, err)
		for msg := range batch.Messages() {
			meta, err := msg.Metadata()
			require.NoError(t, err)
			require.Zero(t, meta.NumPending)
			require.Equal(t, uint64(2), meta.NumDelivered)
			again++
		}
		return again > 0
	}, "what was given back does not come again")
}
