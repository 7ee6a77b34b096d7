package keyed_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/keyed"
)

// A limited pool runs each task on a goroutine of its own. It accepts only a few tasks.
// After that, SubmitContext waits until the pool is closed.
type limited struct {
	room    atomic.Int64
	running atomic.Int64
	closed  *gate
}

func newLimited(t *testing.T, room int64) *limited {
	p := &limited{closed: newGate(t)}
	p.room.Store(room)
	return p
}

func (p *limited) Submit(task func()) error {
	switch {
	case p.closed.opened.Err() != nil:
		return workerpool.ErrPoolClosed
	case p.room.Dec() < 0:
		return workerpool.ErrPoolFull
	}
	p.running.Inc()
	go func() {
		defer p.running.Dec()
		task()
	}()
	return nil
}

func (p *limited) SubmitContext(_ context.Context, task func()) error {
	if err := p.Submit(task); err != workerpool.ErrPoolFull {
		return err
	}
	p.closed.wait()
	return workerpool.ErrPoolClosed
}

// closedWithoutAVisit returns a Queue with one slot, on a pool that is closed. Key 0 has
// a visit, which goes on until hold is opened. Key 1 has a task that waits, and no visit.
func closedWithoutAVisit(t *testing.T, task func()) (p *limited, q *keyed.Queue[int], hold *gate) {
	p, hold = newLimited(t, 2), newGate(t)
	q = keyed.New[int](p, 1)
	require.NoError(t, q.Submit(0, hold.wait))
	synctest.Wait()
	leave := newGate(t)
	require.NoError(t, q.Submit(1, func() { leave.wait(); runtime.Goexit() }))
	synctest.Wait()
	require.NoError(t, q.Submit(1, task))
	require.Equal(t, workerpool.ErrPoolFull, q.Submit(1, nothing), "there is a second slot")
	leave.open()
	synctest.Wait() // the Queue waits for room in the pool
	p.closed.open()
	synctest.Wait()
	require.EqualValues(t, 1, p.running.Load(), "visits that are running")
	return p, q, hold
}

// If the pool is closed when a key has no visit, a visit that is running serves the key
// when it is done with its own, and no other goroutine does so before.
func TestAVisitThatIsRunningServesAKeyThatHasNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var began atomic.Bool
		end := newGate(t)
		p, q, hold := closedWithoutAVisit(t, func() { began.Store(true); end.wait() })
		require.False(t, began.Load(), "the task runs on a goroutine other than that of the visit")
		hold.open()
		synctest.Wait()
		require.True(t, began.Load(), "the visit has left the task waiting")
		require.EqualValues(t, 1, p.running.Load(), "visits that are running beside the task")
		end.open()
		require.NoError(t, q.Wait(t.Context()))
	})
}

// A Queue that is closed says so, even if it has no free slot either.
func TestClosedComesBeforeFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, q, hold := closedWithoutAVisit(t, nothing)
		for key := range 3 {
			require.Equal(t, workerpool.ErrPoolClosed, q.Submit(key, nothing))
			require.Equal(t, workerpool.ErrPoolClosed, q.SubmitContext(t.Context(), key, nothing))
		}
		hold.open()
		require.NoError(t, q.Wait(t.Context()))
	})
}
