package step_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/step"
)

// These tests run in both builds, as those of both_test.go do.

func TestAChannelQueuesUntilItIsFullAndKeepsTheOrder(t *testing.T) {
	for _, capacity := range []int{0, 1, 3} {
		c := step.NewChan[int](capacity)
		require.Equal(t, capacity, c.Cap())
		for i := range capacity {
			require.Equal(t, i, c.Len())
			require.True(t, c.TrySend(i))
		}
		require.False(t, c.TrySend(7), "capacity %d", capacity)
		for i := range capacity {
			v, ok := c.Receive()
			require.True(t, ok)
			require.Equal(t, i, v)
		}
		require.Zero(t, c.Len())
	}
}

func TestAClosedChannelIsEmptiedFirst(t *testing.T) {
	c := step.NewChan[int](2)
	require.True(t, c.TrySend(1))
	c.Close()
	v, ok := c.Receive()
	require.True(t, ok)
	require.Equal(t, 1, v)
	v, ok = c.Receive()
	require.False(t, ok)
	require.Zero(t, v)
}

func TestASendOnAClosedChannelPanics(t *testing.T) {
	var never step.Latch
	c := step.NewChan[int](2)
	c.Close()
	require.PanicsWithError(t, "close of closed channel", c.Close)
	require.PanicsWithError(t, "send on closed channel", func() { c.TrySend(1) })
	require.PanicsWithError(t, "send on closed channel", func() { c.SendOr(1, never, context.Background()) })
}

func TestANilChannelIsNeverReady(t *testing.T) {
	var c step.Chan[int]
	require.True(t, c == nil)
	require.Zero(t, c.Len()+c.Cap())
	require.False(t, c.TrySend(1))
	require.PanicsWithError(t, "close of nil channel", c.Close)
	require.Equal(t, step.Ended, c.SendOr(1, step.NewLatch(), canceled()))
}

// In each round only one case is ready.
func TestSendOrReturnsForTheOnlyReason(t *testing.T) {
	open := step.NewLatch()
	open.Open()
	for range 100 {
		c := step.NewChan[int](1)
		require.Equal(t, step.Sent, c.SendOr(1, step.NewLatch(), context.Background()))
		require.Equal(t, step.Opened, c.SendOr(1, open, context.Background()))
		require.Equal(t, step.Ended, c.SendOr(1, step.NewLatch(), canceled()))
	}
}

func TestSendOrPicksAmongItsReasons(t *testing.T) {
	open, ended := step.NewLatch(), canceled()
	open.Open()
	taken := make(map[step.Case]bool)
	for range 1000 { // each is missed with a probability of (2/3)^1000
		taken[step.NewChan[int](1).SendOr(1, open, ended)] = true
	}
	require.Len(t, taken, 3)
}

func TestGoroutinesThatWaitAtAChannelAreServedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var never step.Latch
		c := step.NewChan[int](1)
		var got [3]int
		for i := range got {
			go func() { got[i], _ = c.Receive() }()
			synctest.Wait()
		}
		for i := range got {
			require.True(t, c.TrySend(i+1))
		}
		synctest.Wait()
		require.Equal(t, [...]int{1, 2, 3}, got)

		for i := range 4 {
			go c.SendOr(i, never, context.Background())
			synctest.Wait()
		}
		require.Equal(t, 1, c.Len())
		for i := range 4 {
			v, ok := c.Receive()
			require.True(t, ok)
			require.Equal(t, i, v)
		}
	})
}

func TestAChannelDoesNotAllocate(t *testing.T) {
	var never step.Latch
	c, ctx := step.NewChan[int](1), context.Background()
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		c.TrySend(1)
		_, _ = c.Receive()
		c.SendOr(c.Len(), never, ctx)
		_, _ = c.Receive()
	}))
}

func TestReadersOfALockExcludeWriters(t *testing.T) {
	var mu step.RWMutex
	var all sync.WaitGroup
	n := 0
	for range 8 {
		all.Go(func() {
			for range 100 {
				mu.RLock()
				before := n
				mu.RUnlock()
				mu.Lock()
				if n < before {
					t.Error("a change is lost")
				}
				n++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	require.Equal(t, 800, n)
}

func TestAWaitGroupWaitsUntilAllAreDone(t *testing.T) {
	var group step.WaitGroup
	var n step.Uint32
	group.Wait()
	for range 8 {
		group.Add(1)
		step.Go(func() { n.Inc(); group.Done() })
	}
	group.Wait()
	require.EqualValues(t, 8, n.Load())
	require.PanicsWithValue(t, "sync: negative WaitGroup counter", group.Done)
}
