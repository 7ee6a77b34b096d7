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

// statsAtRest compares whole snapshots of a pool in one state after the other.
func statsAtRest(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size, quiet())
			want := workerpool.Stats{Size: size, Capacity: 2 * size}
			requireStats := func(state string) {
				t.Helper()
				synctest.Wait()
				got := p.Stats()
				require.LessOrEqual(t, got.Started, size)
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
			l := newLedger(producers * each)
			var left atomic.Int64
			left.Store(producers)
			crowd(producers+1, func(who int) {
				if who == producers {
					for last := p.Stats(); left.Load() > 0; runtime.Gosched() {
						for range 4 { // with and without a pause before them
							last = checkSuccession(t, last, p.Stats(), producers)
						}
					}
					return
				}
				defer left.Dec()
				submit := p.Submit
				if who == 0 {
					submit = p.SubmitWait
				}
				for i := who * each; i < (who+1)*each; {
					var burst sync.WaitGroup
					for range 2 * size {
						body := mischief(i)
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

// checkSuccession fails t unless b can be a later snapshot than a of a pool that
// has a few submitters. It returns b.
func checkSuccession(t *testing.T, a, b workerpool.Stats, submitters int) workerpool.Stats {
	for _, level := range []struct {
		name      string
		value, to int
	}{
		{"Queued", b.Queued, b.Capacity},
		{"Busy", b.Busy, b.Size},
		{"Started", b.Started, b.Size},
		{"Waiting", b.Waiting, submitters},
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
		{"Parks", a.Parks, b.Parks},
		{"Wakes", a.Wakes, b.Wakes},
	} {
		if count.now < count.before {
			t.Errorf("Stats.%s fell from %d to %d", count.name, count.before, count.now)
		}
	}
	return b
}
