// Package refuse counts the tasks that a pool does not accept, by the reason, and
// has the errors for their submitters. The reason is never taken from an error,
// because the cause of a context may be any error, also [workerpool.ErrPoolFull].
package refuse

import (
	"context"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/count"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/submission"
)

// Refusals counts the tasks that were not accepted, and those that their callers
// ran instead. The zero Refusals is ready for use. It must not be copied after
// first use.
type Refusals struct {
	full     count.Counter // a Counter, because under load it changes often
	closed   step.Uint64
	canceled step.Uint64

	callerRuns count.Counter // changes as often as full
}

// Full counts n tasks for which there was no room, and returns the error for their
// submitter.
func (r *Refusals) Full(n int) error {
	r.full.Add(n)
	return workerpool.ErrPoolFull
}

// CallerRuns counts a task for which there was no room, and which its caller is
// about to run.
func (r *Refusals) CallerRuns() { r.callerRuns.Add(1) }

// Closed counts n tasks that were submitted after a shutdown had begun, and returns
// the error for their submitter.
func (r *Refusals) Closed(n int) error {
	r.closed.Add(uint64(n))
	return workerpool.ErrPoolClosed
}

// Canceled counts n tasks whose submitter has given up because ctx has ended, and
// returns its error. If a group has ended its own context, the tasks are not
// counted.
func (r *Refusals) Canceled(n int, ctx context.Context) error {
	if s, ok := ctx.(*submission.Context); !ok || s.OwnEnd == nil || !s.OwnEnd() {
		r.canceled.Add(uint64(n))
	}
	return await.Cause(ctx)
}

// Report puts the counts into s.
func (r *Refusals) Report(s *workerpool.Stats) {
	s.Rejected = r.full.Load()
	s.RejectedClosed = r.closed.Load()
	s.Canceled = r.canceled.Load()
	s.CallerRuns = r.callerRuns.Load()
}
