package pooltest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A copy of a pool would share only some of its state. The compiler allows a
// copy, but go vet reports it: in an assignment, an argument and a range.
func TestVetFindsACopiedPool(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go tool here to vet with:", err)
	}
	for _, name := range []string{"ringpool", "chanpool"} {
		t.Run(name, func(t *testing.T) {
			const copies = `package p

import "github.com/seed62337844/workerpool/POOL"

func assign(p *POOL.Pool) { q := *p; q.Shutdown() }

func pass(p POOL.Pool) { p.Shutdown() }

func loop(all []POOL.Pool) {
	for _, p := range all {
		p.Shutdown()
	}
}
`
			file := filepath.Join(t.TempDir(), "copies.go")
			require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(copies, "POOL", name)), 0o600))
			vet := exec.CommandContext(t.Context(), goTool, "vet", "-copylocks", file)
			output, err := vet.CombinedOutput()
			require.IsType(t, new(exec.ExitError), err, "vet found nothing:\n%s", output)
			for _, words := range []string{
				"assignment copies lock value to q: ",
				"pass passes lock by value: ",
				"range var p copies lock: ",
			} {
				require.Contains(t, string(output), words+"github.com/seed62337844/workerpool/"+name+".Pool")
			}
		})
	}
}
