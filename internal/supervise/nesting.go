package supervise

import (
	"runtime"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/cacheline"
)

// A task that runs in its caller can submit another, which runs in its caller, too,
// and so on. They all run on the same stack, and a stack overflow ends the process.
// So there is a limit to how deep such tasks may be.
//
// To find the depth of a goroutine takes a walk along its stack. But if it is d
// deep, then d tasks run in callers. So no walk is needed while the number of all
// tasks in callers is below the limit. Tasks of several pools can be inside one
// another, so all pools count together.
//
// During a Goexit, tasks that it has ended are still on the stack. A walk counts
// them, and the gauge does not.

// maxNesting is how deep tasks in callers may be inside one another.
const maxNesting = 1000

// inCallers is the number of tasks that run in callers. Such tasks are rare, and long
// compared with two writes, so the pools can share it.
var inCallers gauge

// A gauge is written by all callers that run tasks. So it is not on a cache line that
// workers read for each task.
type gauge struct {
	atomic.Int64
	_ [cacheline.Size - 8]byte
}

// MayDo reports whether a task may run in the calling goroutine: it must not be
// inside maxNesting others, of whichever pools.
func (s *Supervisor) MayDo() bool {
	return inCallers.Load() < maxNesting || nesting() < maxNesting
}

// Do calls task on the caller's goroutine, and returns when it has ended. A
// panic is counted and reported as on a worker. Reports of slow tasks, run
// times and trace regions work as on a worker, too. But the goroutine keeps its
// labels, and a Goexit ends it.
func (s *Supervisor) Do(task func()) {
	inCallers.Inc()
	defer inCallers.Dec()
	nest(func() {
		s.protect(func() {
			if s.CallsDirectly() {
				task()
			} else {
				s.Watch(task)
			}
		})
	})
}

// nest calls f. It is not inlined, and calls nothing else, so each level of
// nesting has returnsToNest once on its stack.
//
//go:noinline
func nest(f func()) { f() }

// returnsToNest is the return address of the call in nest.
var returnsToNest = func() uintptr {
	var pc [1]uintptr
	nest(func() { runtime.Callers(2, pc[:]) }) // 2 skips Callers and this function
	return pc[0]
}()

// nesting returns how many calls of nest are on the stack of the calling goroutine,
// at most maxNesting.
func nesting() (depth int) {
	pcs := make([]uintptr, 128)
	for skip := 0; ; skip += len(pcs) {
		if skip >= 2*len(pcs) {
			pcs = make([]uintptr, 2*len(pcs)) // because Callers also walks along what it skips
		}
		n := runtime.Callers(skip, pcs)
		for _, pc := range pcs[:n] {
			if pc == returnsToNest {
				depth++
			}
		}
		if n < len(pcs) || depth >= maxNesting {
			return min(depth, maxNesting)
		}
	}
}
