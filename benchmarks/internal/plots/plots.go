// Package plots draws the figures of a raw file, each plot as SVG and PNG.
package plots

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"gonum.org/v1/plot"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// Draw writes to dir the plots for which the set has figures.
func Draw(set *samples.Set, dir string) error {
	var errs []error
	save := func(name string, d drawing, any bool) {
		if any {
			errs = append(errs, d.save(dir, name))
		}
	}
	d, any := timePerTask(set)
	save("time-per-task", d, any)
	d, any = cpuPerTask(set)
	save("cpu-per-task", d, any)
	d, any = overhead(set)
	save("overhead", d, any)
	for _, then := range []string{"wait", "work"} {
		d, any = wake(set, then)
		save("wake-then-"+then, d, any)
	}
	for _, load := range []int{10, 50, 80, 95} {
		d, any = openLoop(set, load)
		save(fmt.Sprintf("open-loop-%d", load), d, any)
	}
	return errors.Join(errs...)
}

var byProducers = []group{
	{"1", "size=50/producers=1/task=0"},
	{"4", "size=50/producers=4/task=0"},
	{"100", "size=50/producers=100/task=0"},
}

func timePerTask(set *samples.Set) (drawing, bool) {
	return barChart(set, "Throughput", "sec/op", 1e9, byProducers,
		"Time per empty task, saturated pool of 50", "producers", "time per task (ns)")
}

// CPU seconds per million tasks are CPU microseconds per task.
func cpuPerTask(set *samples.Set) (drawing, bool) {
	return barChart(set, "Throughput", "cpu-sec/Mtask", 1, byProducers,
		"CPU per million empty tasks, saturated pool of 50", "producers", "CPU time (s per million tasks)")
}

// overheadFloor is the least overhead, in nanoseconds, that the plot shows. The
// overhead is a difference, which the noise of a long task may make negative,
// and the axis is logarithmic, so that all lengths can be read.
const overheadFloor = 10

func overhead(set *samples.Set) (drawing, bool) {
	lengths := []struct {
		task, unit string
	}{{"0", "sec/op"}, {"1us", "overhead-sec/op"}, {"10us", "overhead-sec/op"}, {"100us", "overhead-sec/op"}}
	floored := false
	floor := func(v *float64) {
		if *v < overheadFloor {
			*v, floored = overheadFloor, true
		}
	}
	aside := sideBySide(0.06)
	d, any := lineChart(set, func(impl string) []point {
		var list []point
		for i, l := range lengths {
			cell := samples.Cell("Throughput", impl, "size=50/producers=4/task="+l.task)
			if f, ok := set.Figure(cell, l.unit); ok {
				q := scaled(float64(i)+aside[impl], f, 1e9)
				floor(&q.Median)
				floor(&q.Lo)
				floor(&q.Hi)
				list = append(list, q)
			}
		}
		return list
	}, "Time per task above the ideal, saturated pool of 50, 4 producers", "length of the task", "time above the ideal (log scale)")
	d.plot.X.Tick.Marker = ticks("0", "1 µs", "10 µs", "100 µs")
	d.plot.X.Min, d.plot.X.Max = -0.4, 3.4
	d.plot.Y.Scale = plot.LogScale{}
	d.plot.Y.Tick.Marker = durations{unit: 1}
	d.caption[1] = "Ideal: the length of the task divided by the cores. " + d.caption[1]
	if floored {
		d.plot.Y.Min = overheadFloor
		d.caption[1] = "On the lower edge: " + fmt.Sprint(overheadFloor) + " ns or less, which this task is too long to tell. " + d.caption[1]
	}
	return d, any
}

func wake(set *samples.Set, then string) (drawing, bool) {
	title := "Submit to start in an idle pool of 50, submitter then waits"
	if then == "work" {
		title = "Submit to start in an idle pool of 50, submitter goes on working"
	}
	return percentiles(set, "Wake", "size=50/gap=20us/then="+then, title)
}

func openLoop(set *samples.Set, load int) (drawing, bool) {
	return percentiles(set, "OpenLoop", fmt.Sprintf("size=50/task=10us/load=%d", load),
		fmt.Sprintf("Intended arrival to start, tasks of 10 µs, %d %% load", load))
}

// percentiles draws latencies with both axes logarithmic: each step to the
// right is a tenth of the samples to the left.
func percentiles(set *samples.Set, benchmark, rest, title string) (drawing, bool) {
	units := []string{"p50-sec", "p90-sec", "p99-sec", "p99.9-sec"}
	at := []float64{50, 90, 99, 99.9}
	place := func(percentile float64) float64 { return -math.Log10(1 - percentile/100) }
	aside := sideBySide(0.045)
	d, any := lineChart(set, func(impl string) []point {
		var list []point
		for i, u := range units {
			if f, ok := set.Figure(samples.Cell(benchmark, impl, rest), u); ok {
				list = append(list, scaled(place(at[i])+aside[impl], f, 1))
			}
		}
		return list
	}, title, "percentile of the tasks", "latency (log scale)")
	var marks plot.ConstantTicks
	for _, q := range at {
		marks = append(marks, plot.Tick{Value: place(q), Label: fmt.Sprintf("%g %%", q)})
	}
	d.plot.X.Tick.Marker = marks
	d.plot.X.Min, d.plot.X.Max = place(at[0])-0.3, place(at[3])+0.3
	d.plot.Y.Scale = plot.LogScale{}
	d.plot.Y.Tick.Marker = durations{unit: 1e9}
	return d, any
}

// sideBySide says how far beside its place on the x axis each pool is drawn, so
// that the intervals do not hide each other.
func sideBySide(step float64) map[string]float64 {
	aside := map[string]float64{}
	for i, l := range looks {
		aside[l.impl] = step * (float64(i) - float64(len(looks)-1)/2)
	}
	return aside
}

func scaled(x float64, f samples.Figure, by float64) point {
	return point{x, samples.Figure{Median: f.Median * by, Lo: f.Lo * by, Hi: f.Hi * by, N: f.N}}
}

// ticks labels 0, 1, 2 and so on.
func ticks(labels ...string) plot.ConstantTicks {
	var list plot.ConstantTicks
	for i, l := range labels {
		list = append(list, plot.Tick{Value: float64(i), Label: l})
	}
	return list
}

// Durations are the ticks of a logarithmic axis of times: 1, 2 and 5 of each
// power of ten, by their usual names. The unit is so many nanoseconds.
type durations struct{ unit float64 }

// Ticks implements plot.Ticker.
func (t durations) Ticks(lo, hi float64) []plot.Tick {
	var list []plot.Tick
	for d := time.Nanosecond; d <= 100*time.Second; d *= 10 {
		for _, m := range []time.Duration{1, 2, 5} {
			if v := float64(m*d) / t.unit; v >= lo*0.999 && v <= hi*1.001 {
				list = append(list, plot.Tick{Value: v, Label: name(m * d)})
			}
		}
	}
	return list
}

// name writes 20 µs as one writes it, and not as 20µs.
func name(d time.Duration) string {
	s := d.String()
	unit := strings.TrimLeft(s, "0123456789")
	return strings.TrimSuffix(s, unit) + " " + unit
}
