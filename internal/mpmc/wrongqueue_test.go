package mpmc_test

import (
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

// A wrongQueue is a ring with a fault.
type wrongQueue struct {
	rightQueue
	fault  string
	events atomic.Int32
	last   atomic.Int64
}

const (
	fullTooEarly    = "is full one value too early"
	fullTooLate     = "is full one value too late"
	busyIsFull      = "calls itself full when a slot is still being read"
	publishesLate   = "returns from a push before the value is there"
	closedTooEarly  = "is closed before Close"
	closedTooLate   = "accepts after Close"
	bothFirst       = "tells two callers of Close that they were the first"
	emptyAtRandom   = "calls itself empty now and then"
	pendingIsEmpty  = "calls itself empty when a value is still being written"
	pendingAtRandom = "calls itself pending now and then"
	drainedTooEarly = "calls itself drained when the last value is still being written"
	drainedTooLate  = "calls itself empty when it is drained"
	losesOne        = "loses one value in ten"
	repeatsOne      = "returns one value in ten twice"
	swapsTwo        = "swaps two values now and then"
	peeksAhead      = "peeks at a value that is still being written"
	breaksRuns      = "lets others in between the values of a run"
	cutsRuns        = "says that more of a run was pushed than was"
)

// strikes returns true once in ten calls, for a fault that does not always
// strike.
func (q *wrongQueue) strikes(fault string) bool {
	return q.fault == fault && q.events.Inc()%10 == 0
}

func (q *wrongQueue) push(value int, slow bool) mpmc.Outcome {
	switch {
	case q.strikes(closedTooEarly):
		return mpmc.Closed
	case q.fault == busyIsFull:
		publish, o := q.ring.StallPush(value)
		switch o {
		case mpmc.OK:
			publish()
		case mpmc.Full, mpmc.Closed:
		case mpmc.Reading:
			return mpmc.Full
		default:
			return q.push(value, slow)
		}
		return o
	case q.fault == publishesLate:
		publish, o := q.ring.StallPush(value)
		if o == mpmc.OK {
			go publish()
			return o
		}
	}
	return q.rightQueue.push(value, slow)
}

func (q *wrongQueue) run(values []int) (n int, o mpmc.Outcome) {
	switch q.fault {
	case breaksRuns:
		for i, value := range values {
			if i > 0 {
				dawdle()
			}
			if o := q.ring.TryPush(value); o != mpmc.OK && i == 0 {
				return 0, o
			} else if o != mpmc.OK {
				return i, mpmc.OK
			}
		}
		return len(values), mpmc.OK
	case cutsRuns:
		n, o = q.ring.TryPushBatch(values[:1])
		return 2 * n, o
	}
	return q.rightQueue.run(values)
}

func (q *wrongQueue) pop(slow bool) (int, mpmc.Outcome) {
	switch {
	case q.strikes(emptyAtRandom):
		return 0, mpmc.Empty
	case q.strikes(pendingAtRandom):
		return 0, mpmc.Pending
	case q.strikes(losesOne):
		q.ring.TryPop()
	case q.strikes(repeatsOne) && q.last.Load() != 0:
		return int(q.last.Load()), mpmc.OK
	case q.strikes(swapsTwo):
		if value, o := q.ring.TryPop(); o == mpmc.OK {
			defer q.ring.TryPush(value)
		}
	}
	value, o := q.rightQueue.pop(slow)
	if o == mpmc.OK {
		q.last.Store(int64(value))
	}
	return value, q.misread(o)
}

func (q *wrongQueue) peek() mpmc.Outcome {
	o := q.rightQueue.peek()
	if q.fault == peeksAhead && o == mpmc.Pending {
		return mpmc.OK
	}
	return q.misread(o)
}

// misread changes the result of a pop or a peek to that of a faulty one.
func (q *wrongQueue) misread(o mpmc.Outcome) mpmc.Outcome {
	switch {
	case q.fault == pendingIsEmpty && o == mpmc.Pending:
		return mpmc.Empty
	case q.fault == drainedTooEarly && o == mpmc.Pending:
		return mpmc.Drained
	case q.fault == drainedTooLate && o == mpmc.Drained:
		return mpmc.Empty
	}
	return o
}

func (q *wrongQueue) close() bool {
	switch q.fault {
	case closedTooLate:
		return q.events.Inc() == 1
	case bothFirst:
		q.rightQueue.close()
		return true
	}
	return q.rightQueue.close()
}
