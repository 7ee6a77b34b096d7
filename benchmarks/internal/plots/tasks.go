package plots

import (
	"fmt"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// computingTasks are the kinds of tasks that compute, with the words for them.
var computingTasks = []struct{ kind, words string }{
	{"json", "parse JSON"}, {"compress", "compress 16\u00a0kB"}, {"hash", "hash 1\u00a0MB"},
}

// taskColumn returns a column of Task. A figure in the unit, multiplied by scale, is in
// seconds.
func taskColumn(label, kind, unit string, scale float64) column {
	return column{label: label, format: duration, figure: func(set *samples.Set, impl string) (samples.Figure, bool) {
		size := sizeOf(kind)
		f, ok := figureOf(set, fmt.Sprintf("Task/kind=%s/impl=%s/size=%d/callers=%d", kind, impl, size, 2*size), unit)
		return multiplied(f, scale), ok
	}}
}

// sizeOf returns the size of the pool for a kind of tasks.
func sizeOf(kind string) int {
	for _, k := range benchmarks.Kinds {
		if k.Name == kind {
			return k.Size
		}
	}
	panic("plots: Task has no kind " + kind)
}

// tasks returns a picture of the tasks that compute.
func tasks(what, unit string, scale float64) *dotPlot {
	size := sizeOf(computingTasks[0].kind)
	d := &dotPlot{
		title: fmt.Sprintf("%s, pool of %d", what, size),
		about: fmt.Sprintf("%d callers, each of which waits for the end of its task before it submits the next. ", 2*size) + lower,
		apart: true,
	}
	for _, t := range computingTasks {
		d.columns = append(d.columns, taskColumn(t.words, t.kind, unit, scale))
	}
	return d
}

// waitingTasks returns a picture of the tasks that wait.
func waitingTasks() *dotPlot {
	size := sizeOf("wait")
	return &dotPlot{
		title: fmt.Sprintf("Tasks that wait for 5\u00a0ms, pool of %d", size),
		about: fmt.Sprintf("%d callers, each of which waits for the end of its task before it submits the next. ", 2*size) + lower,
		apart: true, first: true,
		columns: []column{
			taskColumn("time per task", "wait", "sec/op", 1),
			taskColumn("99th percentile", "wait", "p99-sec", 1),
			taskColumn("CPU per task", "wait", "cpu-sec/Mtask", 1e-6),
		},
	}
}
