package pooltest

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// shutdownContext ends the context of a ShutdownContext while a task runs and
// others are queued. They still run.
func shutdownContext(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			for range rounds(50) {
				p := start(t, impl, size)
				synctest.Wait()
				g := newGate(t)
				l := newRecords(3 * size)
				for i := range l.lines {
					require.NoError(t, l.submit(p.Submit, i, g.pass))
				}
				ctx, end := endable()
				var returned atomic.Bool
				go func() {
					if err := p.ShutdownContext(ctx); !hasEnded(err) {
						t.Errorf("ShutdownContext of a pool at work, with a context that ends, returned %v", err)
					}
					returned.Store(true)
				}()
				synctest.Wait()
				require.False(t, returned.Load(), "ShutdownContext returned before the drain was complete")
				require.Equal(t, workerpool.ErrPoolClosed, p.Submit(func() {}))
				end()
				synctest.Wait()
				require.True(t, returned.Load(), "ShutdownContext has not returned though its context has ended")
				requireEnded(t, p.ShutdownContext(ctx), "ShutdownContext with a context that has ended")
				g.open()
				synctest.Wait()
				l.check(t)
				require.NoError(t, p.ShutdownContext(ctx), "ShutdownContext of a pool that has drained")
				require.NoError(t, p.ShutdownContext(t.Context()))
			}
		})
	})
}

// shutdownNow takes the queued tasks of a full pool, calls them, and ends the
// running ones.
func shutdownNow(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			for range rounds(50) {
				p := start(t, impl, size)
				synctest.Wait()
				g := newGate(t)
				for range size {
					require.NoError(t, p.Submit(g.pass))
				}
				synctest.Wait()
				var order []int
				for i := range 2 * size {
					require.NoError(t, p.Submit(func() { order = append(order, i) }))
				}
				waits := waitWith(p, func() { t.Error("a refused task ran") })
				synctest.Wait()
				var tasks []func()
				var returned atomic.Bool
				go func() {
					tasks = takeBack(p)
					returned.Store(true)
				}()
				synctest.Wait()
				require.False(t, returned.Load(), "ShutdownNow returned while tasks ran")
				require.True(t, waits.returned.Load())
				require.Equal(t, workerpool.ErrPoolClosed, waits.err)
				require.Equal(t, workerpool.ErrPoolClosed, p.Submit(func() {}))
				g.open()
				synctest.Wait()
				require.True(t, returned.Load(), "ShutdownNow has not returned though no task runs")
				require.Empty(t, order, "a queued task ran in spite of ShutdownNow")
				require.Len(t, tasks, 2*size)
				for i, task := range tasks {
					task()
					require.Equal(t, i, order[i], "the order breaks")
				}
				require.Empty(t, takeBack(p))
				s := p.Stats()
				require.EqualValues(t, 3*size, s.Submitted)
				require.EqualValues(t, size, s.Completed)
				require.EqualValues(t, 2*size, s.Returned)
				require.Zero(t, s.Queued+s.Busy+s.Waiting)
			}
		})
	})
}

// shutdownNowByDeadline ends the context of a ShutdownNow while tasks run on. It
// still returns the queued tasks.
func shutdownNowByDeadline(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			for round := range rounds(50) {
				p := start(t, impl, size)
				synctest.Wait()
				g := newGate(t)
				for range size {
					require.NoError(t, p.Submit(g.pass))
				}
				synctest.Wait()
				var order []int
				for i := range 2 * size {
					require.NoError(t, p.Submit(func() { order = append(order, i) }))
				}
				ctx, end := endable()
				if round%2 == 0 {
					end()
				}
				var tasks []func()
				var err error
				var returned atomic.Bool
				go func() {
					tasks, err = p.ShutdownNow(ctx)
					returned.Store(true)
				}()
				synctest.Wait()
				require.Equal(t, round%2 == 0, returned.Load(), "whether ShutdownNow has returned")
				end()
				synctest.Wait()
				require.True(t, returned.Load(), "ShutdownNow has not returned though its context has ended")
				requireEnded(t, err)
				require.Len(t, tasks, 2*size)
				for i, task := range tasks {
					task()
					require.Equal(t, i, order[i], "the order breaks")
				}
				more, err := p.ShutdownNow(ctx)
				requireEnded(t, err, "ShutdownNow with a context that has ended, while tasks run")
				require.Empty(t, more)
				g.open()
				synctest.Wait()
				more, err = p.ShutdownNow(ctx)
				require.NoError(t, err, "ShutdownNow with a context that has ended, of a pool that has drained")
				require.Empty(t, more)
				require.EqualValues(t, 2*size, p.Stats().Returned)
			}
		})
	})
}

// returnedTasksRepeat calls the tasks that ShutdownNow has returned again and again,
// while the pool is still running tasks, and after that.
func returnedTasksRepeat(t *testing.T, impl Impl) {
	for name, opts := range map[string][]workerpool.Option{
		"bare":  nil,
		"timed": {workerpool.WithQueueWait(1, func(time.Duration) {})},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := start(t, impl, 2, opts...)
				synctest.Wait()
				g := newGate(t)
				for range p.Size() {
					require.NoError(t, p.Submit(g.pass))
				}
				synctest.Wait()
				var ran [4]atomic.Int32
				for i := range ran {
					require.NoError(t, p.Submit(func() { ran[i].Inc() }))
				}
				ctx, end := endable()
				end()
				tasks, err := p.ShutdownNow(ctx)
				requireEnded(t, err)
				require.Len(t, tasks, len(ran))
				for round := range 3 {
					if round == 2 {
						g.open()
						p.Shutdown()
					}
					for i, task := range tasks {
						concurrently(3, func(int) { task() })
						require.EqualValues(t, 3*(round+1), ran[i].Load(), "runs of a returned task that was called as often")
					}
				}
			})
		})
	}
}

// shutdownsOfAllKinds calls all kinds of shutdowns while producers submit. The
// callers of ShutdownNow run the returned tasks, so that in the end each accepted
// task has run once.
func shutdownsOfAllKinds(t *testing.T, impl Impl) {
	const producers, each = 4, 200
	forSizes(t, []int{1, 2, 8, 50}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			for round := range rounds(50) {
				p := impl.New(size)
				l := newRecords(producers * each)
				var accepted, returned atomic.Int32
				concurrently(producers+4, func(id int) {
					if id < producers {
						submit := p.Submit
						if id%2 == 0 {
							submit = p.SubmitWait
						}
						for i := id * each; i < (id+1)*each; i++ {
							if l.submit(submit, i, runtime.Gosched) == nil {
								accepted.Inc()
							}
						}
						return
					}
					for int(accepted.Load()) < round {
						runtime.Gosched()
					}
					switch id - producers {
					case 0:
						p.Shutdown()
					case 1:
						if err := p.ShutdownContext(context.Background()); err != nil {
							t.Errorf("ShutdownContext: %v", err)
						}
					default:
						for _, task := range takeBack(p) {
							returned.Inc()
							task()
						}
					}
				})
				l.check(t)
				s := p.Stats()
				require.EqualValues(t, l.accepted(), s.Submitted)
				require.EqualValues(t, returned.Load(), s.Returned)
				require.Equal(t, s.Submitted, s.Completed+s.Returned)
				require.EqualValues(t, producers*each-l.accepted(), s.Rejected+s.RejectedClosed)
			}
		})
	})
}
