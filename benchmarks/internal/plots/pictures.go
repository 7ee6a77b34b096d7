package plots

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A picture is what is drawn to a file, whose name has .svg added.
type picture struct {
	file string
	drawer
}

// A drawer draws a picture of a set, or returns nil if the set has no figures for it.
type drawer interface {
	draw(set *samples.Set) *element
}

// lower is a sentence that is not broken into lines.
const lower = "Lower\u00a0is\u00a0better."

var pictures = []picture{
	{"time-per-task", &dotPlot{
		title:   "Time per empty task, pool of 50",
		about:   "Saturated: the producers submit as fast as they can. " + lower,
		columns: byProducers("sec/op", 1),
	}},
	{"cpu-per-task", &dotPlot{
		title:   "CPU time per empty task, pool of 50",
		about:   "Saturated: the producers submit as fast as they can. Their time is in it. " + lower,
		columns: byProducers("cpu-sec/Mtask", 1e-6),
	}},
	{"overhead", &dotPlot{
		title:   "Time per task as a multiple of the ideal, pool of 50",
		about:   "Saturated by 4 producers. Ideal: the length of the task divided by the cores. " + lower,
		note:    func([]look) string { return "No pool: the same tasks in a loop on each core." },
		columns: byLength("1us", "10us", "100us"),
	}},
	{"wake-then-wait", wake("20us", "wait", "The submitter waits for the start", "p50", "p90", "p99")},
	{"wake-then-work", wake("20us", "work", "The submitter goes on computing", "p50", "p90", "p99")},
	{"wake-1ms-then-wait", wake("1ms", "wait", "The submitter waits for the start", "p50", "p90")},
	{"wake-1ms-then-work", wake("1ms", "work", "The submitter goes on computing", "p50", "p90")},
	{"open-loop-10", openLoop(10)},
	{"open-loop-50", openLoop(50)},
	{"open-loop-80", openLoop(80)},
	{"open-loop-95", openLoop(95)},
	{"burst", &dotPlot{
		title: "Burst of 2×size tasks into an idle pool of the size",
		about: "First submit to last start. The tasks wait for each other, so all workers have to wake. " + lower,
		columns: []column{
			of("size 8", "Burst", "size=8/tasks=block", "sec/op", 1),
			of("size 50", "Burst", "size=50/tasks=block", "sec/op", 1),
			of("size 1000", "Burst", "size=1000/tasks=block", "sec/op", 1),
		},
		apart: true,
	}},
	{"rejection", &dotPlot{
		title: "Time of a submit that is refused, full pool of 50",
		about: lower,
		columns: []column{
			of("1 producer", "Rejection", "size=50/producers=1", "sec/op", 1),
			of("4 producers", "Rejection", "size=50/producers=4", "sec/op", 1),
		},
	}},
	{"submit-alone", &dotPlot{
		title: "Time of a submit alone, pool of 1000",
		about: "All workers are held back, so that none has to wake. " + lower,
		columns: []column{
			of("submit that may be refused", "Uncontended", "size=1000/submit=try", "sec/op", 1),
			of("submit that may wait", "Uncontended", "size=1000/submit=wait", "sec/op", 1),
		},
	}},
	{"fairness", &dotPlot{
		title:  "The slowest of many producers, pool of 50",
		about:  "Its tasks, in % of the median producer's, while the pool is always full. Higher\u00a0is\u00a0better.",
		higher: true,
		columns: []column{
			slowest("64 producers", "size=50/producers=64/task=1us"),
			slowest("1000 producers", "size=50/producers=1000/task=1us"),
			slowest("10,000 producers", "size=50/producers=10000/task=1us"),
		},
	}},
	{"tasks-time", tasks("Time per task", "sec/op", 1)},
	{"tasks-p99", tasks("Submit to end of a task, 99th percentile", "p99-sec", 1)},
	{"tasks-cpu", tasks("CPU time per task", "cpu-sec/Mtask", 1e-6)},
	{"tasks-that-wait", waitingTasks()},
	{"overload-goodput", overloadCurves(waiting, goodput)},
	{"overload-memory", overloadCurves(waiting, peakMemory)},
	{"overload-200", overloadDots(waiting)},
	{"overload-compute-goodput", overloadCurves(computing, goodput)},
	{"overload-compute-memory", overloadCurves(computing, peakMemory)},
	{"overload-compute-200", overloadDots(computing)},
}

// of returns a column of times. A figure in the unit, multiplied by scale, is in
// seconds.
func of(label, benchmark, rest, unit string, scale float64) column {
	return column{label: label, format: duration, figure: func(set *samples.Set, impl string) (samples.Figure, bool) {
		f, ok := figureOf(set, samples.Cell(benchmark, impl, rest), unit)
		return multiplied(f, scale), ok
	}}
}

// slowest returns a column of Fairness, in percent.
func slowest(label, rest string) column {
	return column{label: label, format: share, even: true, least: 100, figure: func(set *samples.Set, impl string) (samples.Figure, bool) {
		f, ok := figureOf(set, samples.Cell("Fairness", impl, rest), "min/median")
		return multiplied(f, 100), ok
	}}
}

// figureOf returns a cell's figure. If there are too few measurements for a confidence
// interval, Lo and Hi are their range.
func figureOf(set *samples.Set, cell, unit string) (samples.Figure, bool) {
	f, ok := set.Figure(cell, unit)
	if ok && !f.Bounded {
		values := set.Values(cell, unit)
		f.Lo, f.Hi = slices.Min(values), slices.Max(values)
	}
	return f, ok
}

func multiplied(f samples.Figure, by float64) samples.Figure {
	f.Median, f.Lo, f.Hi = f.Median*by, f.Lo*by, f.Hi*by
	return f
}

func byProducers(unit string, scale float64) []column {
	return []column{
		of("1 producer", "Throughput", "size=50/producers=1/task=0", unit, scale),
		of("4 producers", "Throughput", "size=50/producers=4/task=0", unit, scale),
		of("100 producers", "Throughput", "size=50/producers=100/task=0", unit, scale),
	}
}

// byLength returns columns that show the time per task as a multiple of the ideal.
func byLength(lengths ...string) []column {
	var columns []column
	for _, length := range lengths {
		columns = append(columns, column{label: "tasks of " + readable(length), format: times, figure: func(set *samples.Set, impl string) (samples.Figure, bool) {
			rest := "size=50/producers=4/task=" + length
			name := samples.Cell("Throughput", impl, rest)
			if impl == "none" {
				name = benchmarks.IdealOf(rest)
			}
			f, ok := figureOf(set, name, "sec/op")
			cores, err := strconv.Atoi(set.Config("cores"))
			if !ok || err != nil || cores < 1 {
				return samples.Figure{}, false
			}
			return multiplied(f, float64(cores)/seconds(length)), true
		}})
	}
	return columns
}

func wake(gap, then, words string, percentiles ...string) *dotPlot {
	return &dotPlot{
		title:   "Submit to start of a task, idle pool of 50, gap\u00a0" + readable(gap),
		about:   "Gap: the time between two tasks. " + words + ". " + lower,
		columns: byPercentile("Wake", "size=50/gap="+gap+"/then="+then, percentiles...),
		apart:   true,
	}
}

func openLoop(load int) *dotPlot {
	return &dotPlot{
		title:   fmt.Sprintf("Arrival to start of a task at %d %% load, pool of %d", load, benchmarks.OpenLoopSize),
		about:   "Tasks of 10 µs arrive at random times and do not wait for each other. " + lower,
		columns: byPercentile("OpenLoop", fmt.Sprintf("size=%d/task=10us/load=%d", benchmarks.OpenLoopSize, load), "p50", "p99", "p99.9"),
		apart:   true,
	}
}

func byPercentile(benchmark, rest string, percentiles ...string) []column {
	var columns []column
	for _, p := range percentiles {
		columns = append(columns, of(map[string]string{
			"p50": "median", "p90": "90th percentile", "p99": "99th percentile", "p99.9": "99.9th percentile",
		}[p], benchmark, rest, p+"-sec", 1))
	}
	return columns
}
