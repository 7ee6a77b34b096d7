package refuse

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/submission"
)

func TestAGroupThatEndsItsOwnContextIsNotCounted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(workerpool.ErrPoolFull)
	own := true
	for _, c := range []struct {
		ctx  context.Context
		want uint64
	}{
		{ctx, 3},
		{&submission.Context{Context: ctx}, 3},
		{&submission.Context{Context: ctx, OwnEnd: func() bool { return !own }}, 3},
		{&submission.Context{Context: ctx, OwnEnd: func() bool { return own }}, 0},
	} {
		var r Refusals
		err := r.Canceled(3, c.ctx)
		require.ErrorIs(t, err, workerpool.ErrPoolFull)
		require.ErrorIs(t, err, context.Canceled)
		var s workerpool.Stats
		r.Report(&s)
		require.Equal(t, workerpool.Stats{Canceled: c.want}, s)
	}
}
