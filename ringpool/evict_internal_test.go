package ringpool

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

// While no worker is idle, no round comes. Workers may still start and leave, and the
// sleepers of those that have left are removed.
func TestWorkersThatHaveLeftAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(1, workerpool.WithIdleTimeout(time.Second))
		long := make(chan struct{})
		require.NoError(t, p.Submit(func() { <-long }))
		for range 100 {
			p.Resize(2)
			gate := make(chan struct{})
			require.NoError(t, p.Submit(func() { <-gate }))
			synctest.Wait()
			p.Resize(1)
			close(gate)
			synctest.Wait()
			time.Sleep(10 * time.Second)
		}
		p.evictor.mu.Lock()
		require.LessOrEqual(t, len(p.evictor.sleepers), 5)
		p.evictor.mu.Unlock()
		close(long)
		p.Shutdown()
	})
}

// A round also forgets the workers that it evicts, so that their memory is free.
func TestEvictedWorkersAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 8
		p := New(size, workerpool.WithIdleTimeout(time.Second))
		defer p.Shutdown()
		gate := make(chan struct{})
		for range size {
			require.NoError(t, p.Submit(func() { <-gate }))
		}
		synctest.Wait()
		close(gate)
		time.Sleep(10 * time.Second)
		p.evictor.mu.Lock()
		defer p.evictor.mu.Unlock()
		require.Empty(t, p.evictor.sleepers)
		for _, w := range p.evictor.sleepers[:cap(p.evictor.sleepers)] {
			require.Nil(t, w, "an evicted worker is kept")
		}
	})
}
