package workerpool_test

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/need"
	"github.com/seed62337844/workerpool/ringpool"
)

// A worker belongs to the bubble of the submitter that started it. The test needs a
// process of its own, because a bubble that is kept waiting ends its process.
func TestAPoolMadeOutsideABubbleAndFirstUsedInItKeepsTheBubbleWaiting(t *testing.T) {
	const child = "WORKERPOOL_TEST_BUBBLE"
	if os.Getenv(child) != "" {
		p := ringpool.New(1)
		synctest.Test(t, func(t *testing.T) {
			require.NoError(t, p.Submit(func() {}))
		})
		return
	}
	need.Processes(t)
	test := exec.CommandContext(t.Context(), os.Args[0], "-test.count=1", "-test.run=^"+t.Name()+"$")
	test.Env = append(os.Environ(), child+"=1")
	output, err := test.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(output), "blocked goroutines remain")
}

// What a task does to its goroutine stays for the next task, until a Goexit.
func TestATaskLeavesItsGoroutineToTheNext(t *testing.T) {
	onPools(t, func(t *testing.T, newPool makePool) {
		p := newPool(1)
		defer p.Shutdown()
		left := make(chan bool)
		look := func() { left <- debug.SetPanicOnFault(true) }
		for _, end := range []struct {
			task func()
			left bool
		}{
			{func() { debug.SetPanicOnFault(true) }, true},
			{func() { debug.SetPanicOnFault(true); runtime.Goexit() }, false},
		} {
			require.NoError(t, p.SubmitContext(t.Context(), end.task))
			require.NoError(t, p.SubmitContext(t.Context(), look))
			require.Equal(t, end.left, <-left)
		}
	})
}
