package need_test

import (
	"runtime"
	"testing"

	"github.com/seed62337844/workerpool/internal/need"
)

// A test that is skipped everywhere tests nothing.
func TestACompleteMachineSkipsNothing(t *testing.T) {
	if runtime.GOARCH == "wasm" {
		t.Skip("WebAssembly has neither threads nor processes")
	}
	procs := runtime.GOMAXPROCS(0)
	ran := false
	t.Run("needy", func(t *testing.T) {
		need.Processors(t)
		need.Processes(t)
		ran = true
	})
	if !ran {
		t.Error("skipped")
	}
	if now := runtime.GOMAXPROCS(0); now != procs {
		t.Errorf("GOMAXPROCS was %d, and is %d now", procs, now)
	}
}
