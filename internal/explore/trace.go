package explore

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A trace describes a run, with a line for each step.
type trace struct {
	lines []string
	files map[string][]string // lines of the source files
}

// add appends a line: the number of the step, its goroutine, its place, the
// operation with its values, and the source line, which names the object.
func (t *trace) add(step int, g *goroutine, operation string, values []uint64) {
	where, text := t.caller()
	what := operation
	for i, v := range values {
		if i == len(values)-1 {
			what += " ="
		}
		if v < 1<<16 {
			what += fmt.Sprintf(" %d", v)
		} else {
			what += fmt.Sprintf(" %#x", v)
		}
	}
	t.lines = append(t.lines, fmt.Sprintf("%4d  %-13s %-18s %-34s %s", step, g.name, where, what, text))
}

// caller returns the place of the innermost call that is neither in this package
// nor in package step, and the text of that line.
func (t *trace) caller() (where, text string) {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		below := strings.Contains(f.File, "/internal/explore/") || strings.Contains(f.File, "/internal/step/") || f.Function == "runtime.goexit"
		if !below || strings.HasSuffix(f.File, "_test.go") {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line), t.line(f.File, f.Line)
		}
		if !more { // no other code is on the stack
			return "?", ""
		}
	}
}

// line returns a line of a source file, and nothing if there is no such line.
func (t *trace) line(file string, n int) string {
	lines, ok := t.files[file]
	if !ok {
		text, _ := os.ReadFile(file)
		lines = strings.Split(string(text), "\n")
		if t.files == nil {
			t.files = make(map[string][]string)
		}
		t.files[file] = lines
	}
	if n > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[n-1])
}
