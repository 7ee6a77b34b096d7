// Package submission is what package workerpool tells a pool about a task beside
// the task itself. It travels in the context of SubmitContext, so that a pool needs
// no method for it that users would see.
package submission

import (
	"context"

	"github.com/seed62337844/workerpool/internal/step"
)

// A Context is the context of a SubmitContext by a Group or a Result.
type Context struct {
	context.Context

	// Expired is set by the pool before the task is queued: the task adds to it
	// when it finds that nobody waits for its function any more.
	Expired *step.Uint64

	// Own reports whether the context was ended by its own group. Then a submit
	// that gives up with it was not refused, and the pool does not count it. A nil
	// Own is one that reports false.
	Own func() bool
}
