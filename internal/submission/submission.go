// Package submission has what package workerpool tells a pool about a task. It is
// passed in the context of SubmitContext, so that a pool needs no further method,
// which users would see.
package submission

import (
	"context"

	"github.com/seed62337844/workerpool/internal/step"
)

// A Context is the context that a Group, GoContext or Map passes to
// SubmitContext.
type Context struct {
	context.Context

	// Expired is set by the pool before the task is queued. The task adds 1 to
	// it if it does not call its function because the context has ended.
	Expired *step.Uint64

	// OwnEnd reports whether a Group has ended the context itself, because one of its
	// functions failed. A submit that then gives up is not counted as refused. A nil
	// OwnEnd is like one that reports false.
	OwnEnd func() bool
}
