package plots

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A handler is what the requests of the service do, as in handler=wait.
type handler struct {
	name  string
	size  int // of the pool
	about string
}

var (
	waiting   = handlerOf("wait", "waits %s for one of %d connections")
	computing = handlerOf("compute", "computes for %s on one of %d processors")
)

// handlerOf returns a handler. The format says what a request does, and takes the
// duration and the number of what it needs.
func handlerOf(name, format string) handler {
	size, task, budget, ok := benchmarks.OverloadConditions(name)
	if !ok {
		panic("plots: Overload has no handler " + name)
	}
	does := fmt.Sprintf(format, short(duration(task.Seconds())), size)
	return handler{name, size, fmt.Sprintf("A net/http service: a request %s, its caller leaves after %d%sms.",
		does, budget.Milliseconds(), space)}
}

// loads are the arrivals that the service gets, in percent of its capacity.
var loads = func() (list []float64) {
	for _, c := range benchmarks.Grid() {
		if c.Benchmark == "Overload" && !slices.Contains(list, float64(c.Int("load"))) {
			list = append(list, float64(c.Int("load")))
		}
	}
	slices.Sort(list)
	return list
}()

// A measure is what is measured of the service.
type measure struct {
	unit, title, about string
	format             func(float64) string
	least              float64 // as in curvePlot
}

var (
	goodput = measure{"goodput-%", "Goodput under overload",
		"Goodput: callers served in time, in % of those who can be. Higher\u00a0is\u00a0better.", share, 100}
	peakMemory = measure{"peak-B", "Peak memory under overload", lower, memory, 0}
)

// overloadWays returns the curves: one of each kind of contestant. The picture at twice
// the capacity has all of them.
func overloadWays(h handler) []curve {
	return []curve{
		{look: h.look("ring/queue=1x")},
		{look: h.look("result/queue=2x"), dashes: "14 4"},
		{look: h.look("ring/queue=2x"), dashes: "7 4"},
		{look: h.look("ring/queue=10x"), dashes: "2 4"},
		{look: h.look("sem/queue=0")},
		{look: h.look("go/queue=inf")},
	}
}

// look returns the look of a contestant, whose key is its impl and its queue.
func (h handler) look(key string) look {
	impl, queue, _ := strings.Cut(key, "/queue=")
	l, ok := looks[impl]
	if !ok {
		l = look{label: impl, colour: grey}
	}
	switch impl {
	case "go":
		return look{key, "goroutine per request", grey, false}
	case "sem":
		l = look{label: "semaphore", colour: purple}
	case "result":
		l = look{label: "ringpool, deadline", colour: orange}
	}
	switch length, err := strconv.ParseFloat(strings.TrimSuffix(queue, "x"), 64); {
	case queue == "0":
		l.label += ", no queue"
	case err == nil && !math.IsInf(length, 0):
		l.label += ", queue of " + strconv.FormatFloat(length*float64(h.size), 'f', -1, 64)
	default:
		l.label += ", unbounded"
	}
	if key == "ring/queue=2x" {
		l.label += ", default"
	}
	return look{key, l.label, l.colour, key == "ring/queue=1x"}
}

// looks returns the looks of all contestants in the set, sorted by label.
func (h handler) looks(set *samples.Set) []look {
	var list []look
	for _, c := range set.Cells() {
		key, found := strings.CutPrefix(c, "Overload/handler="+h.name+"/impl=")
		key, _, _ = strings.Cut(key, "/load=")
		same := func(l look) bool { return l.impl == key }
		if found && !strings.HasPrefix(key, hidden+"/") && !slices.ContainsFunc(list, same) {
			list = append(list, h.look(key))
		}
	}
	slices.SortFunc(list, func(a, b look) int { return strings.Compare(a.label, b.label) })
	return list
}

// deadlineNote returns the sentence of the caption on what "deadline" means, "" if no
// such contestant is shown.
func deadlineNote(shown []look) string {
	if !slices.ContainsFunc(shown, func(l look) bool { return strings.HasPrefix(l.impl, "result/") }) {
		return ""
	}
	return "Deadline: a task that has not begun after half of its caller's time is not run."
}

func overloadCell(h handler, key string, load float64) string {
	return "Overload/handler=" + h.name + "/impl=" + key + "/load=" + strconv.Itoa(int(load))
}

func overloadCurves(h handler, m measure) *curvePlot {
	return &curvePlot{
		title: fmt.Sprintf("%s, pool of %d", m.title, h.size),
		about: h.about + " " + m.about,
		x:     "arrivals, in % of the service's capacity",
		xs:    loads, curves: overloadWays(h),
		format: m.format, least: m.least, note: deadlineNote,
		figure: func(set *samples.Set, c curve, load float64) (samples.Figure, bool) {
			return figureOf(set, overloadCell(h, c.impl, load), m.unit)
		},
	}
}

func overloadDots(h handler) *dotPlot {
	at := func(label, unit string, format func(float64) string) column {
		return column{label: label, format: format, figure: func(set *samples.Set, key string) (samples.Figure, bool) {
			return figureOf(set, overloadCell(h, key, 200), unit)
		}}
	}
	inTime := at("goodput", goodput.unit, share)
	inTime.even, inTime.least = true, 100
	return &dotPlot{
		title: fmt.Sprintf("A service at twice its capacity, pool of %d", h.size),
		about: h.about + " Goodput: callers served in time, in % of those who can be; higher\u00a0is\u00a0better. The rest: lower is better.",
		looks: h.looks, first: true, higher: true, apart: true, whole: true,
		note: deadlineNote,
		columns: []column{
			inTime,
			at("99th percentile", "p99-sec", duration),
			at("peak memory", peakMemory.unit, memory),
		},
	}
}
