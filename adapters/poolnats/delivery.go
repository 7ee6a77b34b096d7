package poolnats

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A delivery is one message, from its arrival until it is settled. If the server
// delivers the message again during that time, that is the same delivery.
type delivery struct {
	seq uint64 // of the message in the stream

	send    sync.Mutex    // guards what follows, and orders what is sent for the message
	msg     jetstream.Msg // the newest one, whose answer counts
	settled bool          // no heartbeat may follow

	// Guarded by the mutex of leases.
	attempt   uint64        // how often the server has delivered the message
	last      bool          // the server will not deliver the message again
	wait      time.Duration // how long the lease is
	confirmed time.Time     // when the lease began, or was last extended for certain
	due       time.Time     // when the next heartbeat is
	index     int           // in the heap; -1 if it is not there
	lost      bool          // the server may deliver the message again
	cancel    context.CancelCauseFunc
}

// A deliveryHeap is a heap.Interface. The delivery whose heartbeat is due first
// is at index 0.
type deliveryHeap []*delivery

func (h deliveryHeap) Len() int           { return len(h) }
func (h deliveryHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }

func (h deliveryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *deliveryHeap) Push(x any) {
	d := x.(*delivery)
	d.index = len(*h)
	*h = append(*h, d)
}

func (h *deliveryHeap) Pop() any {
	n := len(*h) - 1
	d := (*h)[n]
	(*h)[n] = nil
	*h = (*h)[:n]
	d.index = -1
	return d
}
