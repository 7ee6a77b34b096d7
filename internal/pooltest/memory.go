package pooltest

import (
	"runtime"
	"testing"
	"testing/synctest"
	"weak"

	"github.com/stretchr/testify/require"
)

// memoryOrder passes plain variables from the submitter to the task, and from
// the task to the goroutine that shuts down. The race detector checks the
// order.
func memoryOrder(t *testing.T, impl Impl) {
	const producers = 3
	forSizes(t, []int{1, 2, 8}, func(t *testing.T, size int) {
		everywhere(t, func(t *testing.T) {
			for range rounds(20) {
				p := impl.New(size, quiet())
				const each = 50
				var in, out [producers][each]int
				concurrently(producers, func(id int) {
					for i := range each {
						in[id][i] = i + 1
						if err := p.SubmitWait(func() {
							defer mixedBody(i)()
							out[id][i] = in[id][i]
						}); err != nil {
							t.Errorf("SubmitWait: %v", err)
						}
					}
				})
				concurrently(2, func(int) {
					p.Shutdown()
					if in != out {
						t.Error("a task did not see what was written before its submit, or was not seen after Shutdown")
					}
				})
			}
		})
	})
}

// ballast is an object that a task refers to.
type ballast struct{ _ [1 << 10]byte }

// heavy submits a task that refers to a new object, and returns a weak pointer
// to it. It is not inlined, so that no register or stack slot of the caller
// keeps the object alive.
//
//go:noinline
func heavy(t *testing.T, p Pool, body func()) weak.Pointer[ballast] {
	load := new(ballast)
	if err := p.SubmitWait(func() {
		defer runtime.KeepAlive(load)
		body()
	}); err != nil {
		t.Errorf("SubmitWait: %v", err)
	}
	return weak.Make(load)
}

// requireFreed fails t unless the garbage collector finds that all the objects
// are unreachable. In a bubble no goroutine runs during that.
func requireFreed(t *testing.T, loads []weak.Pointer[ballast]) {
	t.Helper()
	synctest.Wait()
	kept := 0
	for range 3 {
		runtime.GC()
		kept = 0
		for _, load := range loads {
			if load.Value() != nil {
				kept++
			}
		}
		if kept == 0 {
			return
		}
	}
	t.Fatalf("%d of %d finished tasks are kept alive", kept, len(loads))
}

func finishedTasksAreFree(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 2, 7}, func(t *testing.T, size int) {
		for _, style := range []struct {
			name string
			end  func()
		}{
			{"return", func() {}},
			{"panic", taskThatPanics},
			{"Goexit", runtime.Goexit},
		} {
			t.Run(style.name, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					p := start(t, impl, size, quiet())
					var loads []weak.Pointer[ballast]
					// One by one, each on an idle pool.
					for range size + 1 {
						loads = append(loads, heavy(t, p, style.end))
						synctest.Wait()
					}
					requireFreed(t, loads)
					// Through every slot of the queue, and some after waiting.
					for range 5 * size {
						loads = append(loads, heavy(t, p, style.end))
					}
					requireFreed(t, loads)
					// While other tasks run on.
					g := newGate(t)
					for range size - 1 {
						require.NoError(t, p.Submit(g.pass))
					}
					loads = append(loads, heavy(t, p, style.end))
					requireFreed(t, loads)
					g.open()
					// After the end.
					loads = append(loads, heavy(t, p, style.end))
					p.Shutdown()
					requireFreed(t, loads)
					runtime.KeepAlive(p)
				})
			})
		}
	})
}

func submitDoesNotAllocate(t *testing.T, impl Impl) {
	const runs = 500
	p := start(t, impl, 2)
	ran := make(chan struct{})
	task := func() { ran <- struct{}{} }
	for range 10 * p.Size() { // all workers that will ever start have started
		require.NoError(t, p.SubmitWait(task))
		<-ran
	}
	for _, way := range []struct {
		name   string
		submit func(func()) error
	}{
		{"Submit", p.Submit},
		{"SubmitWait", p.SubmitWait},
	} {
		require.Zero(t, testing.AllocsPerRun(runs, func() {
			if way.submit(task) == nil {
				<-ran
			}
		}), "allocations of one %s", way.name)
	}

	full := start(t, impl, 1)
	task = newGate(t).pass
	for range 10 * full.Size() {
		_ = full.Submit(task)
	}
	require.Zero(t, testing.AllocsPerRun(runs, func() { _ = full.Submit(task) }), "allocations of a refused Submit")
}
