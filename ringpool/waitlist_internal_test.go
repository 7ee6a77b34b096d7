package ringpool

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/mpmc"
)

// newWaitList returns the list of a queue of this capacity, and that many waiters in it.
func newWaitList(t *testing.T, capacity, waiting int) (*waitList, *mpmc.Chain[func()]) {
	var queue mpmc.Chain[func()]
	queue.Init(capacity)
	l := new(waitList)
	l.init(&queue, false)
	for range capacity {
		require.Equal(t, mpmc.OK, queue.TryPush(func() {}))
	}
	for range waiting {
		woken, ok := l.join(l.newWaiter(func() {}))
		require.True(t, ok)
		require.Nil(t, woken, "a waiter was admitted to a full queue")
	}
	return l, &queue
}

func drain(queue *mpmc.Chain[func()]) {
	for {
		if _, o := queue.TryPop(); o != mpmc.OK {
			return
		}
	}
}

// However much room there is, one waiter is woken, and the next by that one.
func TestAWorkerThatFindsNoTaskAdmitsOneWaiter(t *testing.T) {
	l, queue := newWaitList(t, 4, 3)
	drain(queue)
	for waiting := 2; waiting >= 0; waiting-- {
		woken, o := l.admit(true)
		require.Equal(t, mpmc.OK, o)
		require.NotNil(t, woken)
		require.Nil(t, woken.next, "two waiters were admitted at once")
		require.EqualValues(t, waiting, l.length.Load())
	}
}

// A waiter has its turn after exactly as many pushes as the limit says.
func TestAWaiterIsOverdueAtItsLimitAndNotBefore(t *testing.T) {
	const capacity = 2
	l, queue := newWaitList(t, capacity, 1)
	require.EqualValues(t, capacity+bypass*capacity, l.overdueAt.Load(), "what a submit compares with the pushes")
	_, ok := l.join(l.newWaiter(func() {}))
	require.True(t, ok)
	drain(queue)
	first, _ := l.admit(false) // admitted, and has not yet run: the second waits for its limit
	require.NotNil(t, first)
	for drain(queue); queue.Pushed() < capacity+bypass*capacity-1; drain(queue) {
		require.Equal(t, mpmc.OK, queue.TryPush(func() {}))
	}
	woken, _ := l.admit(false)
	require.Nil(t, woken, "admitted one push before the limit")
	require.Equal(t, mpmc.OK, queue.TryPush(func() {}))
	woken, _ = l.admit(false)
	require.NotNil(t, woken, "not admitted at the limit")
}

// A waiter of a pool without a queue is overdue, and a worker is idle: as if the one that
// has just become idle had not yet looked for waiters. The worker is for the waiter.
func TestASubmitToAPoolWithoutAQueueComesAfterAnOverdueWaiter(t *testing.T) {
	p := New(1, workerpool.WithQueueCapacity(0))
	defer p.Shutdown()
	gate := make(chan struct{})
	defer close(gate)
	w := p.waiters.newWaiter(func() { <-gate })
	w.overdueAt = p.queue.Pushed()
	_, ok := p.waiters.join(w)
	require.True(t, ok)
	require.Equal(t, ErrPoolFull, p.Submit(func() { t.Error("a submit has overtaken an overdue waiter") }))
	w.parker.Park()
	require.Equal(t, admitted, w.verdict)
}

// What is left of an earlier wait does not count.
func TestAWaiterThatIsUsedAgainHasALimitOfItsOwn(t *testing.T) {
	p := New(1)
	l := &p.waiters
	first := l.newWaiter(func() {})
	at := first.overdueAt
	l.recycle(first)
	require.Equal(t, at, l.newWaiter(func() {}).overdueAt)
	p.Shutdown()
}

// The record of a call that has waited is used again, also if the call had a context that
// could have ended. (A sync.Pool may lose one now and then.)
func TestTheRecordOfAWaitIsUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(1, workerpool.WithQueueCapacity(0))
		defer p.Shutdown()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for range 100 {
			gate := make(chan struct{})
			require.NoError(t, p.SubmitWait(func() { <-gate }))
			go func() { _ = p.SubmitContext(ctx, func() {}) }()
			synctest.Wait()
			close(gate)
			synctest.Wait()
			if p.waiters.records.Get() != nil {
				return
			}
		}
		t.Error("none of 100 records was kept")
	})
}
