package pooltest

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// batchSizes are sizes of batches that do not depend on the pool: some are
// smaller than what a ring takes at once, some larger.
var batchSizes = []int{1, 2, 5, 64, 65, 200}

// times returns n times the same task.
func times(n int, task func()) []func() {
	tasks := make([]func(), n)
	for i := range tasks {
		tasks[i] = task
	}
	return tasks
}

// batchPrefix submits batches to an idle pool until one does not fit.
func batchPrefix(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 3, 7, 50, 100}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			want := uint64(0)
			for range rounds(20) {
				for _, batch := range append(batchSizes, 3*size-1, 3*size, 3*size+1) {
					synctest.Wait()
					g := newGate(t)
					queued := 0
					for full := false; !full; {
						n, err := p.SubmitBatch(times(batch, g.pass))
						queued += n
						if n == batch {
							require.NoError(t, err, "SubmitBatch accepted all %d", batch)
						} else {
							require.Equal(t, workerpool.ErrPoolFull, err, "SubmitBatch accepted %d of %d", n, batch)
							want += uint64(batch - n)
							full = true
						}
						if impl.Eager {
							synctest.Wait() // until its workers have made room
							full = full && queued == 3*size
						}
					}
					require.Equal(t, 3*size, queued, "tasks accepted from batches of %d", batch)
					g.open()
				}
			}
			require.Equal(t, want, p.Stats().Rejected, "tasks")
			n, err := p.SubmitBatch(nil)
			require.NoError(t, err)
			require.Zero(t, n)
			p.Shutdown()
			n, err = p.SubmitBatch(times(3, func() { t.Error("a refused task ran") }))
			require.Equal(t, workerpool.ErrPoolClosed, err)
			require.Zero(t, n)
		})
	})
}

// batchOrder submits batches and single tasks in turn to a pool of one.
func batchOrder(t *testing.T, impl Impl) {
	everywhere(t, func(t *testing.T) {
		p := impl.New(1)
		var ran []int
		next := 0
		task := func() func() {
			i := next
			next++
			return func() { ran = append(ran, i) }
		}
		for range rounds(2000) {
			for _, size := range []int{1, 2, 5} {
				var batch []func()
				for range size {
					batch = append(batch, task())
				}
				n, err := p.SubmitBatchWait(context.Background(), batch)
				require.NoError(t, err)
				require.Equal(t, size, n)
				require.NoError(t, p.SubmitWait(task()))
			}
		}
		p.Shutdown()
		require.Len(t, ran, next)
		for i := range ran {
			require.Equal(t, i, ran[i], "the order breaks")
		}
	})
}

// batchWait submits a batch that is larger than the pool. Its tasks must be
// accepted as the tasks before it end.
func batchWait(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			for range rounds(50) {
				synctest.Wait()
				g := newGate(t)
				l := newRecords(5 * size)
				var batch []func()
				for i := range l.lines {
					require.NoError(t, l.submit(func(task func()) error { batch = append(batch, task); return nil }, i, g.pass))
				}
				var returned atomic.Bool
				go func() {
					n, err := p.SubmitBatchWait(t.Context(), batch)
					if n != len(batch) || err != nil {
						t.Errorf("SubmitBatchWait of %d tasks returned %d, %v", len(batch), n, err)
					}
					returned.Store(true)
				}()
				for range 2 * size {
					synctest.Wait()
					require.False(t, returned.Load(), "SubmitBatchWait has returned before all its tasks were queued")
					g.letOne()
				}
				synctest.Wait()
				require.True(t, returned.Load(), "SubmitBatchWait has not returned though all its tasks are queued")
				g.open()
				synctest.Wait()
				l.check(t)
			}
		})
	})
}

func batchWaitInPart(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			for round := range rounds(50) {
				p := start(t, impl, size)
				synctest.Wait()
				g := newGate(t)
				ctx, end := endable()
				var n int
				var err error
				var begun atomic.Int32
				go func() {
					n, err = p.SubmitBatchWait(ctx, times(5*size, func() { begun.Inc(); g.pass() }))
				}()
				synctest.Wait()
				g.letOne()
				synctest.Wait()
				want := errEnough
				if round%2 == 0 {
					end()
				} else {
					go p.Shutdown()
					want = workerpool.ErrPoolClosed
				}
				synctest.Wait()
				require.ErrorIs(t, err, want)
				require.Equal(t, 3*size+1, n)
				g.open()
				p.Shutdown()
				require.EqualValues(t, n, begun.Load(), "tasks that ran")
				s := p.Stats()
				require.EqualValues(t, n, s.Submitted)
				require.EqualValues(t, 5*size-n, s.Canceled+s.RejectedClosed, "tasks")
			}
		})
	})
}

// batchesWaitMutually submits as many tasks as there are workers, in one batch or
// two, to an idle pool.
func batchesWaitMutually(t *testing.T, impl Impl) {
	forSizes(t, []int{2, 8, 50, 500}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := start(t, impl, size)
			for round := range rounds(max(5000/size, 50)) {
				m := newMeeting(size)
				tasks := times(size, m.attend)
				first := round % size
				for _, batch := range [][]func(){tasks[:first], tasks[first:]} {
					n, err := p.SubmitBatch(batch)
					require.NoError(t, err, "SubmitBatch to an idle pool")
					require.Len(t, batch, n)
				}
				require.NoError(t, p.Wait(context.Background()))
			}
		})
	})
}

// batchesExactlyOnce has goroutines submit batches of all sizes while the pool
// is shut down. Some of their contexts end.
func batchesExactlyOnce(t *testing.T, impl Impl) {
	const producers, most = 4, 100
	forSizes(t, []int{1, 2, 8, 50}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			for round := range rounds(10) {
				p := impl.New(size, quiet())
				l := newRecords(producers * 1000)
				var left atomic.Int32
				left.Store(producers)
				concurrently(producers+1, func(id int) {
					if id == producers {
						if round%2 == 0 {
							l.shutdown(p)
						}
						return
					}
					r := rand.New(rand.NewPCG(uint64(round), uint64(id)))
					for i := id * 1000; i < (id+1)*1000; {
						size := min(1+r.IntN(most), (id+1)*1000-i)
						if l.submitBatch(p, r.IntN(2) == 0, i, size, mixedBody) == workerpool.ErrPoolClosed {
							return
						}
						i += size
					}
				})
				l.shutdown(p)
				l.check(t)
				require.EqualValues(t, l.accepted(), p.Stats().Completed)
			}
		})
	})
}

// submitBatch submits tasks i to i+size-1 in one batch, and records the results.
func (l *records) submitBatch(p Pool, wait bool, i, size int, body func(i int) func()) error {
	var batch []func()
	for j := i; j < i+size; j++ {
		_ = l.submit(func(task func()) error { batch = append(batch, task); return nil }, j, body(j))
	}
	var n int
	err := call(func(func()) (err error) {
		if wait {
			n, err = p.SubmitBatchWait(context.Background(), batch)
		} else {
			n, err = p.SubmitBatch(batch)
		}
		return err
	}, nil)
	for j := i + n; j < i+size; j++ {
		l.lines[j].err = err
	}
	return err
}
