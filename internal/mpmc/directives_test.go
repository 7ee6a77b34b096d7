package mpmc

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// While a goroutine owns a slot, the Go scheduler must not preempt it. That is so because the
// functions in which it does are marked, and those of this package that they call. The atomic
// operations are inlined.
func TestTheSectionsOfASlotAreFreeOfPreemption(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "ring.go", nil, parser.ParseComments)
	require.NoError(t, err)
	directives := map[string][]string{}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Doc == nil {
			continue
		}
		for _, c := range f.Doc.List {
			directives[f.Name.Name] = append(directives[f.Name.Name], c.Text)
		}
	}
	for _, name := range []string{"push", "pushBatch", "pop", "put", "take", "after"} {
		require.True(t, slices.Contains(directives[name], "//go:nosplit"), "%s may be preempted", name)
	}
	for _, name := range []string{"push", "pushBatch", "pop"} {
		require.True(t, slices.Contains(directives[name], "//go:noinline"), "%s may be inlined into a function that is preempted", name)
	}
}
