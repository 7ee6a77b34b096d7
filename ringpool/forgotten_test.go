package ringpool_test

import (
	"runtime"
	"testing"
	"testing/synctest"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/ringpool"
)

// forget makes a pool, has use do something to it, and leaves no reference to
// it. It is not inlined, so that none stays in the caller's frame.
//
//go:noinline
func forget(use func(p *ringpool.Pool)) weak.Pointer[ringpool.Pool] {
	p := ringpool.New(3)
	use(p)
	return weak.Make(p)
}

// alive returns the pool, or nil if the garbage collector finds that it is unreachable.
func alive(p weak.Pointer[ringpool.Pool]) *ringpool.Pool {
	synctest.Wait()
	for range 3 {
		runtime.GC()
	}
	return p.Value()
}

// A pool that becomes unreachable without Shutdown is collected if it has never run a task.
// Otherwise it runs what it has accepted, and then its workers keep it alive forever. Only
// Shutdown could end them, for which the test gets a reference back by a weak pointer.
func TestAForgottenPoolKeepsItsWorkersUntilShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		unused := forget(func(*ringpool.Pool) {})
		require.Nil(t, alive(unused), "a pool without workers is not collected")

		ran := 0
		used := forget(func(p *ringpool.Pool) {
			hold := make(chan struct{})
			for range p.Size() {
				require.NoError(t, p.Submit(func() { <-hold }))
			}
			for range 2 * p.Size() {
				require.NoError(t, p.Submit(func() { ran++; runtime.Gosched() }))
			}
			for range p.Size() - 1 {
				hold <- struct{}{} // the last worker runs the others, so ran needs no lock
				synctest.Wait()
			}
			hold <- struct{}{}
		})
		p := alive(used)
		require.NotNil(t, p, "a pool with workers was collected")
		require.Equal(t, 6, ran, "tasks of a forgotten pool that ran")
		require.Equal(t, 3, p.Stats().Started)
		require.Zero(t, p.Stats().Busy)

		p.Shutdown()
		runtime.KeepAlive(p)
		p = nil
		require.Nil(t, alive(used), "a pool is not collected after Shutdown")
	})
}
