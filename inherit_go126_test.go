//go:build go1.26

package workerpool_test

import (
	"crypto/fips140"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/need"
)

// It needs a process of its own, because enforcement is a setting of the
// process.
func TestAWorkerDoesNotInheritThatFIPSIsNotEnforced(t *testing.T) {
	if fips140.Enforced() {
		workersEnforce(t)
		return
	}
	need.Processes(t)
	test := exec.CommandContext(t.Context(), os.Args[0], "-test.count=1", "-test.v", "-test.run=^"+t.Name()+"$")
	test.Env = append(os.Environ(), "GODEBUG=fips140=only")
	output, err := test.CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.Contains(t, string(output), "--- PASS: "+t.Name()+"/ringpool")
}

// workersEnforce lets a submitter without enforcement start all workers, and then
// one more in the place of a worker whose task has called Goexit.
func workersEnforce(t *testing.T) {
	onPools(t, func(t *testing.T, newPool makePool) {
		const size = 3
		var p testPool
		fips140.WithoutEnforcement(func() {
			require.False(t, fips140.Enforced())
			p = newPool(size)
			for range size { // one for each worker that starts with its first task
				require.NoError(t, p.SubmitContext(t.Context(), func() {}))
			}
			require.NoError(t, p.SubmitContext(t.Context(), func() { fips140.WithoutEnforcement(runtime.Goexit) }))
		})
		require.True(t, fips140.Enforced())
		enforced := make(chan bool)
		seen := newGate(t)
		for range size {
			require.NoError(t, p.SubmitContext(t.Context(), func() {
				enforced <- fips140.Enforced()
				seen.wait() // so that the next is another worker
			}))
		}
		for i := range size {
			require.True(t, <-enforced, "worker %d enforces", i)
		}
		seen.open()
		p.Shutdown()
	})
}
