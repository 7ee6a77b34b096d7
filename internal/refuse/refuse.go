// Package refuse counts the tasks that a pool does not accept, and has the
// errors for their submitters.
package refuse

import (
	"context"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/count"
	"github.com/seed62337844/workerpool/internal/step"
)

// Refusals counts the tasks that were not accepted, and those that their callers
// ran instead. The zero Refusals is ready. It must not be copied after first use.
type Refusals struct {
	full     count.Counter // the one that a service under load counts by the million
	closed   step.Uint64
	canceled step.Uint64

	callerRuns count.Counter // as many as full
}

// Full counts n tasks for which there was no room.
func (r *Refusals) Full(n int) error {
	r.full.Add(n)
	return workerpool.ErrPoolFull
}

// CallerRuns counts a task for which there was no room, and which its caller is
// about to run.
func (r *Refusals) CallerRuns() { r.callerRuns.Add(1) }

// Closed counts n tasks that came too late.
func (r *Refusals) Closed(n int) error {
	r.closed.Add(uint64(n))
	return workerpool.ErrPoolClosed
}

// Canceled counts n tasks whose submitter has given up with ctx.
func (r *Refusals) Canceled(n int, ctx context.Context) error {
	r.canceled.Add(uint64(n))
	return await.Cause(ctx)
}

// Count counts n tasks that were refused with err, which it returns. With nil it
// counts nothing.
func (r *Refusals) Count(n int, err error) error {
	switch err {
	case nil:
	case workerpool.ErrPoolFull:
		r.full.Add(n)
	case workerpool.ErrPoolClosed:
		r.closed.Add(uint64(n))
	default:
		r.canceled.Add(uint64(n))
	}
	return err
}

// Report puts the counts into s.
func (r *Refusals) Report(s *workerpool.Stats) {
	s.Rejected = r.full.Load()
	s.RejectedClosed = r.closed.Load()
	s.Canceled = r.canceled.Load()
	s.CallerRuns = r.callerRuns.Load()
}
