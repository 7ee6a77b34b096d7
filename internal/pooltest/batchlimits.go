package pooltest

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/need"
)

// batchUpToNil submits batches with a nil task to an idle pool. The tasks before the
// nil are queued and run.
func batchUpToNil(t *testing.T, impl Impl) {
	const length = 100
	for _, at := range []int{0, 1, 63, 64, length - 1} {
		t.Run(fmt.Sprintf("index=%d", at), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := start(t, impl, 50)
				synctest.Wait()
				for name, submit := range map[string]func([]func()) (int, error){
					"SubmitBatch":     p.SubmitBatch,
					"SubmitBatchWait": func(tasks []func()) (int, error) { return p.SubmitBatchWait(t.Context(), tasks) },
				} {
					l := newRecords(length)
					batch := l.batch(t)
					batch[at] = nil
					n, err := submit(batch)
					require.ErrorIs(t, err, workerpool.ErrNilTask, name)
					require.ErrorContains(t, err, fmt.Sprintf("index %d of %d", at, length), name)
					require.Equal(t, at, n, name)
					l.refuseFrom(n, err)
					require.NoError(t, p.Wait(t.Context()))
					l.check(t)
					s := p.Stats()
					require.Zero(t, s.Rejected+s.RejectedClosed+s.Canceled, "a nil task is no refusal of the pool")
				}
				requireAllWorkers(t, p)
			})
		})
	}
}

// batch returns a batch of tasks, each with an entry in the records.
func (l *records) batch(t *testing.T) (batch []func()) {
	t.Helper()
	for i := range l.lines {
		require.NoError(t, l.submit(func(task func()) error { batch = append(batch, task); return nil }, i, func() {}))
	}
	return batch
}

// refuseFrom records that the tasks from n on were refused with err.
func (l *records) refuseFrom(n int, err error) {
	for i := n; i < len(l.lines); i++ {
		l.lines[i].err = err
	}
}

// batchNilWhileWaiting sets a task of a batch to nil while SubmitBatchWait waits for
// room. If the pool has already copied the task, it runs. Tasks that come much later
// are not copied yet.
func batchNilWhileWaiting(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		for _, near := range []bool{false, true} {
			bubble(t, func(t *testing.T) {
				p := start(t, impl, size, quiet())
				for range rounds(50) {
					synctest.Wait()
					g := newGate(t)
					fill(t, p, g.pass)
					l := newRecords(300)
					batch := l.batch(t)
					w := waitBatch(t.Context(), p, batch)
					synctest.Wait()
					at := 200
					if near {
						at = 1
					}
					batch[at] = nil
					g.open()
					synctest.Wait()
					require.True(t, w.returned.Load(), "SubmitBatchWait has not returned")
					if !near || w.err != nil {
						require.ErrorIs(t, w.err, workerpool.ErrNilTask)
						require.ErrorContains(t, w.err, fmt.Sprintf("index %d of 300", at))
						require.Equal(t, at, w.n)
					} else {
						require.Len(t, batch, w.n)
					}
					l.refuseFrom(w.n, w.err)
					require.NoError(t, p.Wait(t.Context()))
					l.check(t)
					s := p.Stats()
					require.Equal(t, s.Submitted, s.Completed)
					require.Zero(t, s.Panicked, "the pool called a nil task")
					requireAllWorkers(t, p)
				}
			})
		}
	})
}

// batchLooksAtLittle has a full pool refuse a long batch many times, as in a loop
// that submits the rest again and again. The cost must not grow with the batch.
func batchLooksAtLittle(t *testing.T, impl Impl) {
	const length, most = 20_000, 40_000 // tasks; bytes, of which 64 timed tasks need a quarter
	p := start(t, impl, 1, workerpool.WithQueueWait(1, func(time.Duration) {}))
	g := newGate(t)
	for range 10 * room(p) {
		_ = p.SubmitWait(func() {})
	}
	require.NoError(t, p.Wait(context.Background()))
	for p.Stats().Rejected < 10 { // by then the workers have started, too
		_ = p.Submit(g.pass)
		runtime.Gosched()
	}
	batch := times(length, func() { t.Error("a refused task ran") })
	batch[length-1] = nil
	const calls = 10
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range calls {
		n, err := p.SubmitBatch(batch)
		if n != 0 || err != workerpool.ErrPoolFull {
			t.Fatalf("SubmitBatch to a full pool returned %d, %v", n, err)
		}
	}
	runtime.ReadMemStats(&after)
	require.Less(t, (after.TotalAlloc-before.TotalAlloc)/calls, uint64(most), "bytes that a refused batch of %d tasks takes", length)
}

// hugeBatch is a number of tasks that takes longer to queue than to start a
// goroutine.
func hugeBatch() int {
	if raced { // everything takes longer
		return 1 << 16
	}
	return 1 << 18
}

// tries is how often a case tries to do something while a batch is being queued,
// before it fails. A pool that makes others wait for the batch does so every time. A
// right pool may sometimes have queued the batch before the others have begun.
const tries = 20

// batchLetsOthersIn submits a task and calls Wait while a batch is being queued. The
// order in which the tasks run shows whether they waited for the end of the batch.
func batchLetsOthersIn(t *testing.T, impl Impl) {
	need.Processors(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0))))
	n := hugeBatch()
	ctx, end := endable()
	end()
	for range tries {
		p := start(t, impl, 1, workerpool.WithQueueCapacity(n))
		g := newGate(t)
		begun := make(chan struct{})
		ran, before := 0, 0 // of the only worker
		batch := times(n, func() { ran++ })
		batch[0] = func() { close(begun); g.pass() }
		var all sync.WaitGroup
		all.Go(func() {
			if queued, err := p.SubmitBatch(batch); queued != n || err != nil {
				t.Errorf("SubmitBatch of %d tasks to an idle pool with room for them returned %d, %v", n, queued, err)
			}
		})
		<-begun
		requireEnded(t, p.Wait(ctx), "Wait for a pool at work, with a context that has ended")
		require.NoError(t, p.Submit(func() { before = ran }))
		all.Wait()
		g.open()
		p.Shutdown()
		require.Equal(t, n-1, ran)
		if before < n-1 {
			return
		}
	}
	t.Fatalf("a Submit beside a batch of %d tasks was queued after all of them, %d times of %d", n, tries, tries)
}

// batchEndsWithContext ends the context of a SubmitBatchWait that always finds
// room.
func batchEndsWithContext(t *testing.T, impl Impl) {
	need.Processors(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0))))
	n := hugeBatch()
	for range tries {
		p := start(t, impl, 1, workerpool.WithQueueCapacity(n))
		g := newGate(t)
		ctx, end := endable()
		begun := make(chan struct{})
		ran := 1 // of the only worker
		batch := times(n, func() { ran++ })
		batch[0] = func() { close(begun); g.pass() }
		var queued int
		var err error
		var all sync.WaitGroup
		all.Go(func() { queued, err = p.SubmitBatchWait(ctx, batch) })
		<-begun
		end()
		all.Wait()
		g.open()
		p.Shutdown()
		require.Equal(t, queued, ran, "tasks that ran")
		if queued < n {
			requireEnded(t, err)
			require.EqualValues(t, n-queued, p.Stats().Canceled, "Stats.Canceled")
			return
		}
		require.NoError(t, err)
	}
	t.Fatalf("SubmitBatchWait queued all %d tasks though its context ended meanwhile, %d times of %d", n, tries, tries)
}
