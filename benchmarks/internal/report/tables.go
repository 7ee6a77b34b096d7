// Package report turns raw figures into tables.
package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// A table is one call of benchstat.
type table struct {
	view
	columns []string // values of /impl; the first is the base
}

// A view is a unit of a benchmark that is worth a table.
type view struct {
	benchmark, unit, title string

	oursOnly bool // too much detail for a table of the peers
	duel     bool // in the comparison of ringpool with chanpool
	better   direction
}

// A direction says which figures are better. Only a unit that has one can be lost to
// another contestant.
type direction int

const (
	neither direction = iota // it explains another figure, or one sample makes it
	less
	more
)

var views = []view{
	{"Throughput", "sec/op", "time per task, saturated", false, true, less},
	{"Throughput", "cpu-sec/Mtask", "CPU seconds per million tasks, saturated", false, false, less},
	{"Throughput", "overhead-sec/op", "time per task above the ideal, saturated", true, false, neither},
	{"OneProcessor", "sec/op", "time per task, saturated, GOMAXPROCS=1", true, true, less},
	{"Rejection", "sec/op", "time per refused submit, pool full", false, true, less},
	{"Uncontended", "sec/op", "time of a submit alone, nobody else at the pool", true, true, less},
	{"Wake", "p50-sec", "submit to start, idle pool, median", false, true, less},
	{"Wake", "p99-sec", "submit to start, idle pool, 99th percentile", false, true, less},
	{"Wake", "p99.9-sec", "submit to start, idle pool, 99.9th percentile", true, false, less},
	{"Burst", "sec/op", "first submit to last start, 2×size tasks", false, true, less},
	{"OpenLoop", "p50-sec", "intended arrival to start, Poisson, median", false, true, less},
	{"OpenLoop", "p99-sec", "intended arrival to start, Poisson, 99th percentile", false, true, less},
	{"OpenLoop", "p99.9-sec", "intended arrival to start, Poisson, 99.9th percentile", true, false, less},
	{"OpenLoop", "max-sec", "intended arrival to start, Poisson, longest", true, false, neither},
	{"OpenLoop", "late-p99-sec", "how late the generator was, 99th percentile", true, false, neither},
	{"Blocking", "tasks/s", "tasks that sleep 1 ms, per second", false, false, more},
	{"Blocking", "asleep-%", "share of the workers' time in which their tasks slept", false, false, neither},
	{"Fairness", "min/median", "share of the slowest producer to the median one's", false, false, more},
	{"Fairness", "sec/op", "time per task, many producers", false, true, less},
	{"Idle", "cpu-sec/s", "CPU seconds per second of an idle pool", false, false, less},
	{"Footprint", "B/worker", "bytes per worker", false, false, less},
	{"Footprint", "goroutines/worker", "goroutines per worker", false, false, less},
	{"NewClose", "sec/op", "New and Close, nothing submitted", false, true, less},
	{"Queue", "sec/op", "time per value moved, no pool", false, true, less},
	{"Floor", "sec/op", "time of one push, one pop and one empty task, one goroutine", true, false, neither},
	{"Ideal", "sec/op", "time per task without a pool, as many goroutines as cores", true, false, neither},
}

// tables lists what to show of the benchmarks that were measured: of the pools
// two tables for each view, ours and the peers', since ten columns fit on no
// screen.
func tables(measured map[string]bool) []table {
	ours := []string{"chan", "chan2", "barechan", "ring"}
	peers := []string{"chan"}
	for _, c := range benchmarks.Contestants[len(ours):] {
		peers = append(peers, c.Name)
	}
	var queues []string
	for _, q := range benchmarks.Queues {
		queues = append(queues, q.Name)
	}
	var list []table
	for _, v := range views {
		switch {
		case !measured[v.benchmark]:
		case v.benchmark == "Ideal": // there is nothing to compare it with
		case v.benchmark == "Queue" || v.benchmark == "Floor":
			list = append(list, table{v, queues})
		case v.oursOnly:
			list = append(list, table{v, ours})
		default:
			list = append(list, table{v, ours}, table{v, peers})
		}
	}
	return list
}

// Tables writes benchstat's tables of the raw file to w. The module is the
// directory in which "go tool benchstat" is known; set is what the file holds.
func Tables(ctx context.Context, module, raw string, set *samples.Set, w io.Writer) (err error) {
	input, err := sorted(raw, set)
	if input != "" {
		defer func() { err = errors.Join(err, os.Remove(input)) }()
	}
	if err != nil {
		return err
	}
	for _, t := range tables(set.Benchmarks()) {
		if !compares(set, t) {
			continue
		}
		cmd := exec.CommandContext(ctx, "go", "tool", "benchstat",
			"-table", "pkg", // the rest of the configuration is the same for all
			// What is at neither distance has no row, unless nothing is sorted.
			"-filter", fmt.Sprintf(".name:%s .unit:%q%s", t.benchmark, t.unit, sortedOnly(set)),
			"-col", "/impl@("+strings.Join(t.columns, " ")+")",
			input)
		cmd.Dir = module
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("benchstat: %w\n%s", err, out)
		}
		if len(out) == 0 {
			continue // too few samples for this percentile, say
		}
		text := strings.TrimPrefix(string(out), "pkg: github.com/seed62337844/workerpool/benchmarks\n")
		if _, err := fmt.Fprintf(w, "%s: %s (base: %s)\n%s\n", t.benchmark, t.title, t.columns[0], text); err != nil {
			return err
		}
	}
	return nil
}

// sortedOnly is the part of benchstat's filter that leaves out mixed samples.
func sortedOnly(set *samples.Set) string {
	if set.Columns()[0] == distance.Unknown {
		return ""
	}
	return fmt.Sprintf(" /distance:(%s OR %s)", distance.Near, distance.Far)
}

// compares reports whether the set holds anything of the table but its base.
func compares(set *samples.Set, t table) bool {
	for _, cell := range set.Cells() {
		for _, impl := range t.columns[1:] {
			if strings.HasPrefix(cell, t.benchmark+"/impl="+impl+"/") {
				return true
			}
		}
	}
	return false
}
