package pooltest

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// waitInTask has tasks call SubmitWait on their own pool, which is full. While
// one worker does something else, they are accepted. If none does, they wait for
// one another until Shutdown refuses them all.
func waitInTask(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			for range rounds(50) {
				for _, others := range []int{1, 0} { // workers that do something else
					p := start(t, impl, size)
					synctest.Wait()
					begin, held := newGate(t), newGate(t)
					waiting := size - others
					l := newRecords(3*size + waiting)
					for i := range 3 * size {
						body := func() {}
						switch {
						case i < waiting:
							body = func() {
								begin.pass()
								_ = l.submit(p.SubmitWait, 3*size+i, func() {})
							}
						case i < size:
							body = held.pass
						}
						require.NoError(t, l.submit(p.Submit, i, body))
					}
					begin.open()
					synctest.Wait()
					s := p.Stats()
					require.Equal(t, waiting, s.Waiting, "tasks that wait for room in their own pool")
					require.Equal(t, 2*size, s.Queued)
					require.Zero(t, s.Completed)
					want := workerpool.ErrPoolClosed
					if others > 0 {
						held.open()
						synctest.Wait()
						require.EqualValues(t, 3*size+waiting, p.Stats().Completed)
						want = nil
					}
					l.shutdown(p)
					l.check(t)
					for i := range waiting {
						require.Equal(t, want, l.lines[3*size+i].err, "SubmitWait in a task, with %d workers not in one", others)
					}
				}
			}
		})
	})
}

// stuck runs f in a bubble in which some goroutines must sleep forever. They
// sleep until the process ends.
func stuck(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	defer func() {
		if end := fmt.Sprint(recover()); !t.Failed() {
			require.Contains(t, end, "blocked goroutines remain")
		}
	}()
	bubble(t, f)
}

// shutdownInTask has a task call Shutdown on its own pool, while all others are
// held or queued. The call waits for the end of its own task, and so does every
// other Shutdown. Nothing else goes wrong: the pool is closed, and the other
// workers run the accepted tasks. If the task makes the call on another
// goroutine, nothing goes wrong at all.
func shutdownInTask(t *testing.T, impl Impl) {
	run := func(t *testing.T, size int, call func(shutdown func()), check func(t *testing.T, l *records, returned int)) {
		p := impl.New(size)
		synctest.Wait()
		begin := newGate(t)
		var returned atomic.Int32
		shutdown := func() {
			p.Shutdown()
			returned.Inc()
		}
		l := newRecords(3 * size)
		for i := range l.lines {
			require.NoError(t, l.submit(p.Submit, i, func() {
				begin.pass()
				if i == 0 {
					call(shutdown)
				}
			}))
		}
		begin.open()
		go shutdown()
		synctest.Wait()
		requireRefused(t, p)
		check(t, l, int(returned.Load()))
	}
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		t.Run("in the task", func(t *testing.T) {
			stuck(t, func(t *testing.T) {
				run(t, size, func(shutdown func()) { shutdown() }, func(t *testing.T, l *records, returned int) {
					require.Zero(t, returned, "calls of Shutdown that returned, while a task calls it")
					for i := range l.lines {
						ended := uint32(1)
						if i == 0 || size == 1 { // the only worker is in Shutdown
							ended = 0
						}
						require.Equal(t, ended, l.lines[i].ended.Load(), "ends of task %d", i)
					}
				})
			})
		})
		t.Run("in a goroutine of the task", func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				run(t, size, func(shutdown func()) { go shutdown() }, func(t *testing.T, l *records, returned int) {
					require.Equal(t, 2, returned, "calls of Shutdown that returned")
					l.check(t)
				})
			})
		})
	})
}
