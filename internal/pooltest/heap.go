package pooltest

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"
)

// heapStaysFlat runs ten million tasks on one pool. Some do not return. It
// compares the memory at the end with that after the first hundredth.
func heapStaysFlat(t *testing.T, impl Impl) {
	const more = 512 << 10
	n := rounds(10_000_000)
	if raced {
		n /= 10
	}
	p := start(t, impl, 50, quiet())
	task := func() {}
	done, first := 0, uint64(0)
	for _, percent := range []int{1, 2, 5, 10, 20, 50, 100} {
		for ; done < n/100*percent; done++ {
			body := task
			if done%1000 == 0 {
				body = mixedBody(3 + done/1000%2*4) // panic and Goexit in turn
			}
			if err := p.SubmitWait(body); err != nil {
				t.Fatalf("SubmitWait: %v", err)
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		now := m.HeapAlloc + m.StackInuse
		if first == 0 {
			first = now
		}
		require.Less(t, now, first+more, "bytes in use after %d tasks; there were %d after the first hundredth", done, first)
	}
}

// restlessCollector keeps the garbage collector running. Each task refers to an
// object, which must be collected, but not before the task has ended. If a pool
// hides a task from the collector, the object is collected too early. If a pool
// keeps the task, it is never collected.
func restlessCollector(t *testing.T, impl Impl) {
	const producers = 2
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	forSizes(t, []int{1, 8}, func(t *testing.T, size int) {
		p := start(t, impl, size, quiet())
		each := rounds(5000)
		ended := make([]atomic.Bool, producers*each)
		var collected atomic.Int64
		concurrently(producers, func(id int) {
			for i := id * each; i < (id+1)*each; i++ {
				load := new(ballast)
				runtime.AddCleanup(load, func(i int) {
					if !ended[i].Load() {
						t.Errorf("the load of task %d was collected before the task had ended", i)
					}
					collected.Inc()
				}, i)
				if err := p.SubmitWait(func() {
					defer mixedBody(i)()
					ended[i].Store(true)
					runtime.KeepAlive(load)
				}); err != nil {
					t.Errorf("SubmitWait: %v", err)
				}
			}
		})
		// The pool is still open. Cleanups run on a goroutine of their own.
		for range 100 {
			if collected.Load() == int64(len(ended)) {
				return
			}
			runtime.GC()
			runtime.Gosched()
		}
		t.Fatalf("the loads of %d of %d tasks have not been collected", int64(len(ended))-collected.Load(), len(ended))
	})
}
