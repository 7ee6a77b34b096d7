package benchmarks

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Cell is one thing to measure: a benchmark with a value for each of its
// parameters, as in Throughput/impl=ring/size=50/producers=4/task=0.
type Cell struct {
	Benchmark string
	Params    []Param
	Benchtime string // as for -test.benchtime
	Headline  bool   // part of the short run
	Rounds    int    // in which it is measured, if there are more; 0 for all
	Every     int    // measured in the first of so many rounds; 0 or 1 for all
	Visits    int    // to its row in a round; 0 for one
}

// A Param is one key=value of a benchmark's name.
type Param struct{ Key, Value string }

// Sub is the cell's name below its benchmark.
func (c Cell) Sub() string {
	parts := make([]string, len(c.Params))
	for i, p := range c.Params {
		parts[i] = p.Key + "=" + p.Value
	}
	return strings.Join(parts, "/")
}

// String is the name as benchstat shows it.
func (c Cell) String() string { return c.Benchmark + "/" + c.Sub() }

// Pattern is the -test.bench pattern that matches this cell alone.
func (c Cell) Pattern() string {
	parts := strings.Split("Benchmark"+c.String(), "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}

// Get returns the value of a parameter, and panics if there is no such one:
// the grid and the benchmarks are written for each other.
func (c Cell) Get(key string) string {
	for _, p := range c.Params {
		if p.Key == key {
			return p.Value
		}
	}
	panic(fmt.Sprintf("benchmarks: %s has no parameter %q", c, key))
}

// ShortVisits returns how often a round of the short run visits the cell's row. It is more
// than once if the samples of the row differ much from each other, so that all intervals
// become about equally narrow: the wake-up, which is now a switch on the same processor and
// now a signal to another; pools of which one producer is sometimes ahead and sometimes
// behind; and the pool of 50 with four producers, whose interval README is to quote.
func (c Cell) ShortVisits() int {
	switch {
	case c.Benchmark == "Wake":
		return 2
	case c.Benchmark != "Throughput" || c.Get("task") != "0":
		return 1
	}
	switch [2]string{c.Get("size"), c.Get("producers")} {
	case [2]string{"50", "1"}:
		return 4
	case [2]string{"1", "1"}, [2]string{"1000", "1"}, [2]string{"50", "4"}:
		return 2
	}
	return 1
}

// Decides reports whether figures with an interval are about this contestant: the two
// pools, chanpool's double, the obvious channel pool, and what they are made of. The
// others stand beside them.
func (c Cell) Decides() bool {
	return slices.Contains([]string{"chan", "chan2", "barechan", "ring", "mpmc"}, c.Get("impl"))
}

// Int returns the value of a parameter that is a number.
func (c Cell) Int(key string) int {
	n, err := strconv.Atoi(c.Get(key))
	must(err)
	return n
}

// Duration returns the value of a parameter that is a time.
func (c Cell) Duration(key string) time.Duration {
	d, err := time.ParseDuration(c.Get(key))
	must(err)
	return d
}

// An axis is a parameter with the values that it takes in turn.
type axis struct {
	key    string
	values []string
}

func axisOf(key string, values ...string) axis { return axis{key, values} }

// A part of the grid: all combinations of the axes.
type part struct {
	benchmark string
	benchtime string // of all cells, or else
	counts    func(Cell) string
	axes      []axis
	headline  func(Cell) bool // nil for none
	rounds    int             // as in Cell
}

// Samples are short, so that they can be many, and most of them end before the
// machine changes; but long beside the few milliseconds for which two threads may be on
// one processor when a sample begins. A sample is a count and not a time: to find the count that fills
// a time, the testing package would run a cell five times.

// byTask is the benchtime of a cell by the length of its tasks.
func byTask(c Cell) string {
	return map[string]string{"0": "300000x", "1us": "20000x", "10us": "3000x", "100us": "300x"}[c.Get("task")]
}

// bySize is the benchtime of a cell by the size of its pool.
func bySize(counts map[string]string) func(Cell) string {
	return func(c Cell) string { return counts[c.Get("size")] }
}

// cells returns all combinations, the last axis varying fastest.
func (p part) cells() []Cell {
	list := []Cell{{Benchmark: p.benchmark, Benchtime: p.benchtime, Rounds: p.rounds}}
	for _, a := range p.axes {
		var longer []Cell
		for _, c := range list {
			for _, v := range a.values {
				d := c
				d.Params = append(c.Params[:len(c.Params):len(c.Params)], Param{a.key, v})
				longer = append(longer, d)
			}
		}
		list = longer
	}
	for i := range list {
		c := &list[i]
		c.Rounds = p.rounds
		if p.counts != nil {
			c.Benchtime = p.counts(*c)
		}
		if p.headline != nil {
			c.Headline = p.headline(*c)
		}
	}
	return list
}

// Grid returns all that is measured.
func Grid() []Cell {
	every := axisOf("impl", names(func(Contestant) bool { return true })...)
	refusing := axisOf("impl", names(func(c Contestant) bool { return c.NewRefusing != nil })...)
	waiting := axisOf("impl", names(func(c Contestant) bool { return c.Queue(1) != Unbounded })...)
	idle := axisOf("impl", append(every.values[:len(every.values):len(every.values)], "none")...)
	queues := axis{key: "impl"}
	for _, q := range Queues {
		queues.values = append(queues.values, q.Name)
	}
	ours := func(c Contestant) bool { return strings.Contains(" chan chan2 barechan ring ", " "+c.Name+" ") }

	parts := []part{
		{
			benchmark: "Throughput", counts: byTask,
			axes: []axis{
				every,
				axisOf("size", "1", "2", "8", "50", "1000"),
				axisOf("producers", "1", "4", "100"),
				axisOf("task", "0", "1us", "10us", "100us"),
			},
			headline: func(c Cell) bool {
				empty := c.Get("task") == "0"
				return c.Get("size") == "50" && (c.Get("producers") == "4" || empty) ||
					c.Get("producers") == "1" && empty // where rings are weak
			},
		},
		{
			benchmark: "OneProcessor", counts: byTask,
			axes: []axis{
				axisOf("impl", names(ours)...),
				axisOf("size", "1", "2", "8", "50", "1000"),
				axisOf("producers", "1", "4", "100"),
				axisOf("task", "0", "1us"),
			},
		},
		{
			benchmark: "Rejection", benchtime: "1000000x",
			axes:     []axis{refusing, axisOf("size", "1", "50", "1000"), axisOf("producers", "1", "4")},
			headline: func(c Cell) bool { return c.Get("size") == "50" && c.Get("producers") == "4" },
		},
		{
			// The peers' queues differ, so this is among ours.
			benchmark: "Uncontended", benchtime: "200000x",
			axes:     []axis{axisOf("impl", names(ours)...), axisOf("size", "1000"), axisOf("submit", "try", "wait")},
			headline: func(Cell) bool { return true },
		},
		{
			// So many that ten tasks lie beyond the 99th percentile.
			benchmark: "Wake", benchtime: "1000x",
			axes:     []axis{every, axisOf("size", "50"), axisOf("gap", "20us"), axisOf("then", "wait", "work")},
			headline: func(c Cell) bool { return c.Get("then") == "wait" },
		},
		{
			benchmark: "Wake", benchtime: "50x",
			axes: []axis{every, axisOf("size", "50"), axisOf("gap", "1ms"), axisOf("then", "wait", "work")},
		},
		{
			benchmark: "Burst", counts: bySize(map[string]string{"8": "200x", "50": "50x", "1000": "5x"}),
			axes: []axis{every, axisOf("size", "8", "50", "1000"), axisOf("tasks", "compute")},
		},
		{
			benchmark: "Burst", counts: bySize(map[string]string{"8": "1000x", "50": "500x", "1000": "30x"}),
			axes:     []axis{every, axisOf("size", "8", "50", "1000"), axisOf("tasks", "block")},
			headline: func(c Cell) bool { return c.Get("size") == "50" },
		},
		{
			benchmark: "OpenLoop", benchtime: "1s", rounds: 10,
			axes: []axis{
				every,
				axisOf("size", strconv.Itoa(OpenLoopSize)),
				axisOf("task", "10us"),
				axisOf("load", "10", "50", "80", "95"),
			},
		},
		{
			benchmark: "Blocking", benchtime: "300ms",
			axes: []axis{every, axisOf("size", "50", "1000"), axisOf("task", "1ms")},
		},
		{
			// 50 tasks for each of the 10,000 producers.
			benchmark: "Fairness", benchtime: "500000x", rounds: 10,
			// Nobody waits for a pool without a bound.
			axes: []axis{waiting, axisOf("size", "50"), axisOf("producers", "64", "1000", "10000"), axisOf("task", "1us")},
		},
		{
			benchmark: "Idle", benchtime: "2x", rounds: 5,
			axes: []axis{idle, axisOf("size", "1000")},
		},
		{
			benchmark: "Footprint", benchtime: "1x",
			axes: []axis{every, axisOf("size", "1000"), axisOf("workers", "idle", "started")},
		},
		{
			benchmark: "NewClose", counts: bySize(map[string]string{"50": "1000x", "10000": "10x"}),
			axes: []axis{every, axisOf("size", "50", "10000")},
		},
		{
			benchmark: "Queue", benchtime: "500000x",
			axes: []axis{
				queues,
				axisOf("cap", "2", "4", "100", "1024"),
				axisOf("producers", "1", "4"),
				axisOf("consumers", "1", "4"),
			},
			headline: func(c Cell) bool { return c.Get("cap") == "100" && c.Get("producers") == c.Get("consumers") },
		},
		{
			benchmark: "Ideal", counts: byTask,
			axes: []axis{axisOf("impl", "none"), axisOf("workers", "1", everyCore), axisOf("task", "1us", "10us", "100us")},
		},
		{
			// As many places as a pool of 50 has.
			benchmark: "Floor", benchtime: "500000x",
			axes:     []axis{axisOf("impl", "mpmc"), axisOf("cap", "100")},
			headline: func(Cell) bool { return true },
		},
	}
	parts = append(append(parts, taskParts()...), overloadParts()...)
	var list []Cell
	for _, p := range parts {
		list = append(list, p.cells()...)
	}
	return list
}

// everyCore is the number of workers of the cells of Ideal that use all cores.
const everyCore = "cores"

// IdealOf returns the name of the cell in which the tasks of a cell of Throughput
// are done without a pool, from the parameters behind impl.
func IdealOf(rest string) string {
	workers := everyCore
	if strings.HasPrefix(rest, "size=1/") {
		workers = "1" // more cores are of no use to a pool of one worker
	}
	return fmt.Sprintf("Ideal/impl=none/workers=%s/%s", workers, rest[strings.LastIndex(rest, "task="):])
}

func names(wanted func(Contestant) bool) []string {
	var list []string
	for _, c := range Contestants {
		if wanted(c) {
			list = append(list, c.Name)
		}
	}
	return list
}
