package origin_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/origin"
)

type runner struct {
	ran int
	f   func(int)
}

func (r *runner) Run()            { r.ran++ }
func (r *runner) Origin() uintptr { return origin.Code(r.f) }

func named(int) {}

func TestATaskRunsItsRunnerAndHasItsOrigin(t *testing.T) {
	r := &runner{f: named}
	task := origin.Task(r)
	task()
	require.Equal(t, 1, r.ran)
	require.Equal(t, origin.Code(named), origin.Of(task))
	require.Same(t, r, origin.RunnerOf(task))
	require.Equal(t, 1, r.ran, "Of or RunnerOf has called the task")
}

func TestAPlainTaskIsItsOwnOrigin(t *testing.T) {
	plain := func() {}
	require.Equal(t, origin.Code(plain), origin.Of(plain))
	r := &runner{f: named}
	require.Equal(t, origin.Code(r.Run), origin.Of(r.Run), "not made by Task")
	require.Nil(t, origin.RunnerOf(plain))
	require.Nil(t, origin.RunnerOf(r.Run), "not made by Task")
}
