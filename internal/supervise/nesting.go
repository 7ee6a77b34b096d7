package supervise

import (
	"runtime"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/cacheline"
)

// A task that runs in its caller can submit another, which runs in its caller too,
// and so on: each takes a piece of the same stack, and a stack that grows beyond its
// limit ends the process. So there is a limit to how deep they may be.
//
// To know the depth of the calling goroutine takes a walk along its stack. But if
// it is d deep, then d tasks of this goroutine run in callers. So nobody walks while
// no more than the limit do so in all.

// maxNesting is how deep tasks may run in callers inside one another.
const maxNesting = 1000

// A gauge is written by all callers that run tasks, and so is not beside what workers
// read for each task.
type gauge struct {
	atomic.Int64
	_ [cacheline.Size - 8]byte
}

// MayDo reports whether a task may run in the calling goroutine: no if it would be
// inside more than maxNesting others, those of other pools included.
func (s *Supervisor) MayDo() bool {
	return s.inCallers.Load() < maxNesting || nesting() < maxNesting
}

// Do calls task on the caller's goroutine, and returns when it has ended. What
// becomes of a panic is the same as on a worker: it is counted, and goes to the
// handler. A slow task is reported, and can be a region. A Goexit ends the
// caller's goroutine, which keeps its labels.
func (s *Supervisor) Do(task func()) {
	s.inCallers.Inc()
	defer s.inCallers.Dec()
	nest(func() {
		s.protect(func() {
			if s.Bare() {
				task()
			} else {
				s.Watch(task)
			}
		})
	})
}

// nest calls f. It is not inlined, and this is its only call, so each level of
// nesting has returnsToNest once on its stack.
//
//go:noinline
func nest(f func()) { f() }

// returnsToNest is where the call in nest returns to.
var returnsToNest = func() uintptr {
	var pc [1]uintptr
	nest(func() { runtime.Callers(2, pc[:]) }) // not Callers, and not this function
	return pc[0]
}()

// nesting returns how many calls of nest are on the stack of the calling goroutine,
// or maxNesting if they are more.
func nesting() (depth int) {
	pcs := make([]uintptr, 128)
	for skip := 0; ; skip += len(pcs) {
		if skip >= 2*len(pcs) {
			pcs = make([]uintptr, 2*len(pcs)) // Callers walks along what it skips, too
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
