package supervise

import (
	"time"

	"github.com/seed62337844/workerpool/internal/step"
)

// Start runs loop as [Supervisor.Run] does, on a new goroutine.
//
// A goroutine inherits a few things from the one that starts it. But a worker also
// runs tasks of other submitters than the one that started it.
//   - Profile labels: Run replaces them.
//   - fips140.WithoutEnforcement: a goroutine inside it does not start the worker
//     itself.
//   - subtle.WithDataIndependentTiming: there is no way to find out whether it
//     is on. It makes the worker slower, and has no other effect.
//   - The bubble of a synctest.Test. To start the worker outside the bubble
//     would not help: the bubble could not wait for its tasks.
func (s *Supervisor) Start(loop func()) {
	run := func() { s.Run(loop) }
	if unenforced() {
		time.AfterFunc(0, run) // on a goroutine that the runtime starts
		return
	}
	step.Go(run)
}
