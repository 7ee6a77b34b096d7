package pooltest

import (
	"bytes"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

// A report has the arguments of one call of a panic handler.
type report struct {
	value any
	stack string
}

// reports collects the calls of a panic handler.
type reports struct {
	mu  sync.Mutex
	all []report
}

func (r *reports) option() workerpool.Option {
	return workerpool.WithPanicHandler(func(value any, stack []byte) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.all = append(r.all, report{value, string(stack)})
	})
}

func taskThatPanics() { panic("the value") }

func taskThatPanicsWithNil() { panic(nil) }

func taskThatPanicsInTheRuntime() {
	var none []int
	_ = none[len(none)]
}

func panicHandled(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			var seen reports
			p := start(t, impl, size, seen.option())
			for _, task := range []func(){taskThatPanics, taskThatPanicsWithNil, taskThatPanicsInTheRuntime} {
				require.NoError(t, p.Submit(task))
				synctest.Wait()
			}
			require.Len(t, seen.all, 3, "calls of the handler")
			require.Equal(t, "the value", seen.all[0].value)
			require.Contains(t, seen.all[0].stack, "pooltest.taskThatPanics(")
			require.IsType(t, new(runtime.PanicNilError), seen.all[1].value)
			require.Contains(t, seen.all[1].stack, "pooltest.taskThatPanicsWithNil(")
			require.Implements(t, (*runtime.Error)(nil), seen.all[2].value)
			require.Contains(t, seen.all[2].stack, "pooltest.taskThatPanicsInTheRuntime(")
		})
	})
}

func panicLogged(t *testing.T, impl Impl) {
	text := new(bytes.Buffer)
	LogTo(t, slog.NewTextHandler(text, nil))
	p := impl.New(1)
	require.NoError(t, p.Submit(taskThatPanics))
	p.Shutdown()
	require.Equal(t, 1, bytes.Count(text.Bytes(), []byte("\n")), "lines of log:\n%s", text)
	require.Contains(t, text.String(), "level=ERROR msg=\""+impl.Package+": ")
	require.Contains(t, text.String(), "the value")
	require.Contains(t, text.String(), "pooltest.taskThatPanics(")
}

// requireAllWorkers fails t if p has lost a worker. It runs as many tasks as p
// has workers, which wait for one another. It is called in a bubble, which
// reports at once that they wait forever.
func requireAllWorkers(t *testing.T, p Pool) {
	t.Helper()
	m := newMeeting(p.Size())
	defer func() { // end the tasks even if they did not meet
		if m.missing.Swap(0) > 0 {
			close(m.all)
		}
	}()
	for range p.Size() {
		require.NoError(t, p.SubmitWait(m.attend))
	}
	synctest.Wait()
	require.Zero(t, m.missing.Load(), "of %d tasks that wait for one another have not begun", p.Size())
}

// requireKept runs the same task many times, and fails t unless each was counted
// as completed, each panic was counted, and no worker was lost.
func requireKept(t *testing.T, impl Impl, task func(), panics int, opts ...workerpool.Option) {
	forSizes(t, []int{1, 2, 8}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size, opts...)
			n := rounds(2000)
			l := newRecords(n)
			for i := range n {
				require.NoError(t, l.submit(p.SubmitWait, i, task))
				if i%(n/5+1) == 0 {
					requireAllWorkers(t, p)
				}
			}
			synctest.Wait()
			requireAllWorkers(t, p)
			synctest.Wait()
			s := p.Stats()
			require.EqualValues(t, n*panics, s.Panicked, "Stats.Panicked")
			require.Equal(t, s.Submitted, s.Completed, "Stats.Completed and Submitted")
			l.shutdown(p)
			l.check(t)
		})
	})
}

func handlerPanics(t *testing.T, impl Impl) {
	LogTo(t, slog.DiscardHandler)
	requireKept(t, impl, taskThatPanics, 1, workerpool.WithPanicHandler(func(value any, _ []byte) {
		panic(value)
	}))
}

func handlerExits(t *testing.T, impl Impl) {
	requireKept(t, impl, taskThatPanics, 1, workerpool.WithPanicHandler(func(any, []byte) {
		runtime.Goexit()
	}))
}

func panicKeepsWorker(t *testing.T, impl Impl) {
	requireKept(t, impl, taskThatPanics, 1, quiet())
}

func goexitKeepsWorker(t *testing.T, impl Impl) {
	requireKept(t, impl, runtime.Goexit, 0, quiet())
}

// mixedEscapesKeepWorker has tasks that panic during a Goexit, which is
// reported, and that call Goexit during a panic, which ends the panic.
func mixedEscapesKeepWorker(t *testing.T, impl Impl) {
	t.Run("panic in Goexit", func(t *testing.T) {
		requireKept(t, impl, func() {
			defer taskThatPanics()
			runtime.Goexit()
		}, 1, quiet())
	})
	t.Run("Goexit in panic", func(t *testing.T) {
		requireKept(t, impl, func() {
			defer runtime.Goexit()
			taskThatPanics()
		}, 0, quiet())
	})
}

// shutdownDrainsEscapes shuts down pools whose last tasks do not return.
func shutdownDrainsEscapes(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			for round := range rounds(200) {
				p := impl.New(size, quiet())
				l := newRecords(2 * size)
				for i := range l.lines {
					task := runtime.Goexit
					if (i+round)%2 == 0 {
						task = taskThatPanics
					}
					require.NoError(t, l.submit(p.Submit, i, task))
				}
				l.shutdown(p)
				l.check(t)
			}
		})
	})
}
