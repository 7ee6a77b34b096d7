package supervise

import (
	"time"

	"github.com/seed62337844/workerpool/internal/step"
)

// Start runs loop as [Supervisor.Run] does, on a new goroutine.
//
// A goroutine inherits a few things from the one that starts it, and a worker runs
// the tasks of others than the submitter that happened to start it.
//   - Profile labels: Run replaces them.
//   - fips140.WithoutEnforcement: such a goroutine does not start the worker itself.
//   - subtle.WithDataIndependentTiming: nothing tells whether it is in force. It
//     makes the worker slower, and nothing else.
//   - The bubble of a synctest.Test. A goroutine outside would be no better: the
//     bubble could not wait for its tasks.
func (s *Supervisor) Start(loop func()) {
	run := func() { s.Run(loop) }
	if unenforced() {
		time.AfterFunc(0, run) // on a goroutine that the runtime starts
		return
	}
	step.Go(run)
}
