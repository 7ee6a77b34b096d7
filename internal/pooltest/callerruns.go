package pooltest

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// callerRuns submits to a pool with room, which queues the task, and to a full
// pool, where the caller runs the task.
func callerRuns(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			var want workerpool.Stats
			for range rounds(100) {
				synctest.Wait()
				g := newGate(t)
				for range 3 * size {
					require.NoError(t, p.SubmitOrRun(g.pass)) // in the caller it would block
					want.Submitted++
				}
				for range 3 {
					var ranOn string
					require.NoError(t, p.SubmitOrRun(func() { ranOn = goroutine() }), "SubmitOrRun on a full pool")
					require.Equal(t, goroutine(), ranOn, "where the task ran that found the pool full")
					want.CallerRuns++
				}
				g.letOne()
				synctest.Wait()
				require.NoError(t, p.SubmitOrRun(g.pass))
				want.Submitted++
				g.open()
			}
			p.Shutdown()
			refused := func() { t.Error("a refused task ran") }
			require.Equal(t, workerpool.ErrPoolClosed, p.SubmitOrRun(refused))
			got := p.Stats()
			require.Equal(t, want.CallerRuns, got.CallerRuns, "Stats.CallerRuns")
			require.Equal(t, want.Submitted, got.Submitted, "Stats.Submitted")
			require.Equal(t, want.Submitted, got.Completed, "Stats.Completed")
			require.Zero(t, got.Rejected, "Stats.Rejected")
			require.EqualValues(t, 1, got.RejectedClosed, "Stats.RejectedClosed")
		})
	})
}

// goroutine returns the name of the calling goroutine, as in "goroutine 7 ".
func goroutine() string {
	name := make([]byte, 64)
	name = name[:runtime.Stack(name, false)]
	for i, c := range name {
		if c == '[' {
			return string(name[:i])
		}
	}
	return string(name)
}

// callerRunsEscapes has the caller run tasks that do not return. Each must be
// reported and counted as on a worker. But a Goexit ends the caller's goroutine.
func callerRunsEscapes(t *testing.T, impl Impl) {
	bubble(t, func(t *testing.T) {
		var seen reports
		p := start(t, impl, 2, seen.option())
		synctest.Wait()
		g := newGate(t)
		fill(t, p, g.pass)
		for i, c := range []struct {
			task    func()
			returns bool
			panics  int // so far
		}{
			{taskThatPanics, true, 1},
			{taskThatPanicsWithNil, true, 2},
			{runtime.Goexit, false, 2},
			{func() { defer taskThatPanics(); runtime.Goexit() }, false, 3},
			{func() { defer runtime.Goexit(); taskThatPanics() }, false, 3},
		} {
			returned := false
			var caller sync.WaitGroup
			caller.Go(func() {
				err := call(p.SubmitOrRun, c.task)
				returned = true
				if err != nil {
					t.Errorf("SubmitOrRun of task %d: %v", i, err)
				}
			})
			caller.Wait()
			require.Equal(t, c.returns, returned, "SubmitOrRun of task %d has returned", i)
			s := p.Stats()
			require.EqualValues(t, c.panics, s.Panicked, "Stats.Panicked after task %d", i)
			require.EqualValues(t, i+1, s.CallerRuns, "Stats.CallerRuns after task %d", i)
			require.Len(t, seen.all, c.panics, "calls of the handler after task %d", i)
		}
		require.Equal(t, "the value", seen.all[0].value)
		require.Contains(t, seen.all[0].stack, "pooltest.taskThatPanics(")
		g.open()
		synctest.Wait()
		requireAllWorkers(t, p)
	})
}

// callerRunsInTask runs trees of tasks that submit their children, more than
// the pool can hold. No task waits, so none waits forever.
func callerRunsInTask(t *testing.T, impl Impl) {
	const children, depth = 3, 6
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			for range rounds(20) {
				p := impl.New(size)
				nodes, leaves := 0, 1
				for range depth {
					nodes += leaves
					leaves *= children
				}
				l := newRecords(nodes)
				var grown sync.WaitGroup
				grown.Add(nodes)
				var next atomic.Int32
				var grow func(depth int)
				grow = func(depth int) {
					i := int(next.Inc() - 1)
					err := l.submit(p.SubmitOrRun, i, func() {
						defer grown.Done()
						for range children {
							if depth > 1 {
								grow(depth - 1)
							}
						}
					})
					if err != nil {
						t.Errorf("SubmitOrRun: %v", err)
					}
				}
				grow(depth)
				grown.Wait()
				l.shutdown(p)
				l.check(t)
				s := p.Stats()
				require.EqualValues(t, nodes, s.Completed+s.CallerRuns, "tasks that ran, here or there")
			}
		})
	})
}

// callerRunsInRace has submitters race Shutdown. A task that its caller runs may
// end after Shutdown, so the records are sealed when the callers have returned.
func callerRunsInRace(t *testing.T, impl Impl) {
	const submitters = 3
	forSizes(t, []int{1, 2, 8}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			for range rounds(100) {
				p := impl.New(size, quiet())
				each := 4 * size
				l := newRecords(submitters * each)
				concurrently(submitters+1, func(id int) {
					if id == submitters {
						p.Shutdown()
						return
					}
					for i := id * each; i < (id+1)*each; i++ {
						_ = l.submit(p.SubmitOrRun, i, runtime.Gosched)
					}
				})
				l.shutdown(p)
				l.check(t)
				s := p.Stats()
				require.EqualValues(t, l.accepted(), s.Completed+s.CallerRuns, "tasks that ran, here or there")
				require.EqualValues(t, submitters*each-l.accepted(), s.RejectedClosed, "Stats.RejectedClosed")
			}
		})
	})
}
