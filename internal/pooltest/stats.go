package pooltest

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/need"
)

// statsStill compares snapshots of a pool in which nothing moves, in one state
// after the other.
func statsStill(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size, quiet())
			want := workerpool.Stats{Size: size, Capacity: 2 * size}
			requireStats := func(state string) {
				t.Helper()
				synctest.Wait()
				got := p.Stats()
				require.LessOrEqual(t, got.Started, size)
				if got.Wakes > 0 { // in pools that count them
					require.EqualValues(t, got.Busy, got.Wakes-got.Parks, "Stats.Wakes less Stats.Parks of a pool that is %s", state)
				}
				got.Started, got.Parks, got.Wakes = 0, 0, 0 // not the same in all pools
				require.Equal(t, want, got, "Stats of a pool that is %s", state)
			}
			require.Equal(t, size, p.Size())
			requireStats("new")

			g := newGate(t)
			for range size {
				require.NoError(t, p.Submit(g.pass))
				want.Busy++
				want.Submitted++
				requireStats("busy")
			}
			for range 2 * size {
				require.NoError(t, p.Submit(g.pass))
				want.Queued++
				want.Submitted++
				requireStats("filling")
			}
			for range 2 {
				require.ErrorIs(t, p.Submit(g.pass), workerpool.ErrPoolFull)
				want.Rejected++
				requireStats("full")
			}
			for range 3 {
				_ = waitWith(p, g.pass)
				want.Waiting++
				requireStats("waited for")
			}
			g.letOne()
			want.Waiting--
			want.Submitted++
			want.Completed++
			requireStats("full again")
			g.open()
			want.Waiting, want.Queued, want.Busy = 0, 0, 0
			want.Submitted += 2
			want.Completed = want.Submitted
			requireStats("idle")

			for i := range 2 * size {
				task := runtime.Goexit
				if i%2 == 0 {
					task = taskThatPanics
					want.Panicked++
				}
				require.NoError(t, p.Submit(task))
				want.Submitted++
				want.Completed++
			}
			requireStats("idle after panics and Goexits")

			p.Shutdown()
			require.ErrorIs(t, p.Submit(g.pass), workerpool.ErrPoolClosed)
			require.ErrorIs(t, p.SubmitWait(g.pass), workerpool.ErrPoolClosed)
			want.RejectedClosed += 2
			requireStats("closed")
		})
	})
}

// statsAtWork takes snapshots while bursts of tasks come and go, so that the
// queue is now full, now empty.
func statsAtWork(t *testing.T, impl Impl) {
	const producers = 3
	forSizes(t, []int{1, 2, 8}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			p := impl.New(size, quiet())
			bursts := rounds(1000 / size)
			each := bursts * 2 * size
			l := newRecords(producers * each)
			var left atomic.Int64
			left.Store(producers)
			concurrently(producers+1, func(id int) {
				if id == producers {
					for last := p.Stats(); left.Load() > 0; runtime.Gosched() {
						for range 4 { // with and without a pause before them
							last = checkSuccession(t, last, p.Stats(), 1)
						}
					}
					return
				}
				defer left.Dec()
				submit := p.Submit
				if id == 0 {
					submit = p.SubmitWait
				}
				for i := id * each; i < (id+1)*each; {
					var burst sync.WaitGroup
					for range 2 * size {
						body := mixedBody(i)
						burst.Add(1)
						if l.submit(submit, i, func() { defer burst.Done(); body() }) != nil {
							burst.Done()
						}
						i++
					}
					burst.Wait()
				}
			})
			l.shutdown(p)
			l.check(t)
			s := p.Stats()
			require.EqualValues(t, l.accepted(), s.Submitted)
			require.EqualValues(t, l.accepted(), s.Completed)
			require.EqualValues(t, producers*each-l.accepted(), s.Rejected)
		})
	})
}

// statsInBounds takes snapshots while a pool drains one burst after the other, and no
// task is submitted during that. So the largest figures that a snapshot may have are
// known: if it counts a task twice, a figure is too large.
func statsInBounds(t *testing.T, impl Impl) {
	t.Run("beside the tasks", func(t *testing.T) { statsBesideTasks(t, impl) })
	t.Run("between the tasks", func(t *testing.T) { statsBetweenTasks(t, impl) })
}

// statsBesideTasks has two goroutines that take snapshots. Most bursts have one task,
// so that a figure that is the difference of two others is close to 0.
func statsBesideTasks(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 8, 100}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			for round := range rounds(100) {
				p := impl.New(size)
				b := new(bursts)
				var over atomic.Bool
				concurrently(3, func(id int) {
					if id > 0 {
						for last := p.Stats(); !over.Load(); runtime.Gosched() {
							last = b.check(t, last, p)
						}
						return
					}
					defer over.Store(true)
					for i := range 100 {
						n := 1
						if i%10 == 0 {
							n = 3 * size
						}
						b.submit(t, p, n, func() {})
						if err := p.Wait(context.Background()); err != nil {
							t.Errorf("Wait: %v", err)
						}
					}
					b.submit(t, p, 3*size, func() {})
					for range round % 8 {
						runtime.Gosched()
					}
					takeBack(p)
				})
				b.checkEnd(t, p)
			}
		})
	})
}

// statsBetweenTasks has one processor. A goroutine takes snapshots until the
// scheduler interrupts it, most probably in the middle of a snapshot, because the
// pool is large. Then each worker ends a task and begins the next, and the snapshot
// goes on.
func statsBetweenTasks(t *testing.T, impl Impl) {
	need.Processors(t) // without threads goroutines are not interrupted
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const size = 1000
	for range rounds(50) {
		p := impl.New(size)
		b := new(bursts)
		var over atomic.Bool
		concurrently(2, func(id int) {
			if id > 0 {
				for last := p.Stats(); !over.Load(); {
					last = b.check(t, last, p)
				}
				return
			}
			defer over.Store(true)
			b.submit(t, p, 3*size, runtime.Gosched)
			if err := p.Wait(context.Background()); err != nil {
				t.Errorf("Wait: %v", err)
			}
			p.Shutdown()
		})
		b.checkEnd(t, p)
	}
}

// bursts counts the tasks that are submitted to a pool.
type bursts struct {
	begun atomic.Uint64 // submits, counted before they begin
	ended atomic.Uint64 // tasks, counted by themselves
}

func (b *bursts) submit(t *testing.T, p Pool, n int, body func()) {
	b.begun.Add(uint64(n))
	task := func() {
		body()
		b.ended.Inc()
	}
	if queued, err := p.SubmitBatchWait(context.Background(), times(n, task)); err != nil {
		t.Errorf("SubmitBatchWait of %d returned %d, %v", n, queued, err)
	}
}

// check takes a snapshot of p, and fails t unless it may come after last, has no more
// submitted tasks than there are, and no more completed ones than have ended.
func (b *bursts) check(t *testing.T, last workerpool.Stats, p Pool) workerpool.Stats {
	ended := b.ended.Load()
	s := p.Stats()
	begun, endedNow := b.begun.Load(), b.ended.Load()
	for _, count := range []struct {
		name        string
		value, most uint64
	}{
		{"Submitted", s.Submitted, begun},
		{"Completed", s.Completed, endedNow},
		{"Queued", uint64(s.Queued), begun - ended},
		{"Completed+Returned", s.Completed + s.Returned, s.Submitted},
	} {
		if count.value > count.most {
			t.Errorf("Stats.%s is %d, and can be at most %d", count.name, count.value, count.most)
		}
	}
	return checkSuccession(t, last, s, 1)
}

// checkEnd fails t unless the figures of p, which has been shut down, are exact.
func (b *bursts) checkEnd(t *testing.T, p Pool) {
	t.Helper()
	s := p.Stats()
	require.EqualValues(t, b.begun.Load(), s.Submitted, "Stats.Submitted of a pool that is closed")
	require.EqualValues(t, b.ended.Load(), s.Completed, "Stats.Completed of a pool that is closed")
	require.Equal(t, s.Submitted, s.Completed+s.Returned)
}

// checkSuccession fails t unless b can be a later snapshot than a, of a pool
// with the given number of submitters that wait. It returns b.
func checkSuccession(t *testing.T, a, b workerpool.Stats, waiting int) workerpool.Stats {
	for _, level := range []struct {
		name      string
		value, to int
	}{
		{"Queued", b.Queued, b.Capacity},
		{"Busy", b.Busy, b.Size},
		{"Started", b.Started, b.Size},
		{"Waiting", b.Waiting, waiting},
	} {
		if level.value < 0 || level.value > level.to {
			t.Errorf("Stats.%s is %d, must be from 0 to %d", level.name, level.value, level.to)
		}
	}
	for _, count := range []struct {
		name        string
		before, now uint64
	}{
		{"Submitted", a.Submitted, b.Submitted},
		{"Completed", a.Completed, b.Completed},
		{"Rejected", a.Rejected, b.Rejected},
		{"RejectedClosed", a.RejectedClosed, b.RejectedClosed},
		{"Canceled", a.Canceled, b.Canceled},
		{"Returned", a.Returned, b.Returned},
		{"Panicked", a.Panicked, b.Panicked},
		{"Expired", a.Expired, b.Expired},
		{"CallerRuns", a.CallerRuns, b.CallerRuns},
		{"Parks", a.Parks, b.Parks},
		{"Wakes", a.Wakes, b.Wakes},
	} {
		if count.now < count.before {
			t.Errorf("Stats.%s fell from %d to %d", count.name, count.before, count.now)
		}
	}
	// A worker is idle at first, and becomes idle only after it was busy.
	if b.Parks > b.Wakes {
		t.Errorf("Stats.Parks is %d, and Stats.Wakes %d", b.Parks, b.Wakes)
	}
	return b
}
