// Bench compares three ways in which two replicas can process one stream: package
// poolnats, the client's Consume with a semaphore, and the client's Messages with one
// message at a time. It prints a table, and can draw it.
//
//	go run ./bench -plot bench.svg
//
// The server runs in this process, with files in a temporary directory.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"
)

// A cell has the results of one way with one task.
type cell struct {
	way     string
	task    time.Duration
	backlog outcome // of a stream that is full from the beginning
	steady  outcome // of messages at half the rate that the workers can handle
}

// An outcome has the results of one run.
type outcome struct {
	took        time.Duration
	cpu         time.Duration // of this process: clients and server
	messages    int
	redelivered int             // deliveries that were not the first of their message
	twice       int             // messages that were handled more than once
	latencies   []time.Duration // from the message in the stream to the end of its task, sorted
}

func (o *outcome) rate() float64 { return float64(o.messages) / o.took.Seconds() }

func (o *outcome) percentile(p int) time.Duration {
	return o.latencies[min(len(o.latencies)*p/100, len(o.latencies)-1)]
}

const (
	replicas = 2
	workers  = 8 // of each replica
	ackWait  = 2 * time.Second
)

// A load says how many messages a run has, and at which rate they come if they
// are not there from the beginning.
type load struct {
	task   time.Duration
	n      int
	steady int
}

// For tasks that take time, the rates are half of what the workers can handle. With
// the longest task, the messages in the client's buffer wait for longer than their
// leases.
var loads = []load{
	{0, 50_000, 5000},
	{time.Millisecond, 20_000, 4000},
	{10 * time.Millisecond, 4000, 800},
	{100 * time.Millisecond, 800, 80},
}

func main() {
	rounds := flag.Int("rounds", 3, "measure each cell this `often`; the table has medians")
	plot := flag.String("plot", "", "draw the table into this `file`, as SVG")
	flag.Parse()
	if *rounds < 1 {
		fmt.Fprintf(os.Stderr, "bench: rounds is %d, must be at least 1\n", *rounds)
		os.Exit(2)
	}
	cells, err := measureAll(context.Background(), *rounds)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	printTable(os.Stdout, cells)
	if *plot != "" {
		if err := os.WriteFile(*plot, draw(cells), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
	}
}

// measureAll measures all cells in each round, so that a disturbance of the
// machine affects all of them. For each cell it takes the round with the median
// rate.
func measureAll(ctx context.Context, rounds int) ([]cell, error) {
	var cells []cell
	for _, l := range loads {
		for _, w := range ways {
			cells = append(cells, cell{way: w.name, task: l.task})
		}
	}
	backlogs, steadies := make([][]outcome, len(cells)), make([][]outcome, len(cells))
	for range rounds {
		i := 0
		for _, l := range loads {
			for _, w := range ways {
				for _, paced := range []bool{false, true} {
					o, err := measure(ctx, w, l, paced)
					if err != nil {
						return nil, fmt.Errorf("%s, tasks of %v: %w", w.name, l.task, err)
					}
					if paced {
						steadies[i] = append(steadies[i], o)
					} else {
						backlogs[i] = append(backlogs[i], o)
					}
				}
				i++
			}
		}
	}
	for i := range cells {
		cells[i].backlog = median(backlogs[i], func(o *outcome) float64 { return o.rate() })
		cells[i].steady = median(steadies[i], func(o *outcome) float64 { return o.percentile(99).Seconds() })
	}
	return cells, nil
}

func median(outcomes []outcome, by func(*outcome) float64) outcome {
	slices.SortFunc(outcomes, func(a, b outcome) int {
		switch x, y := by(&a), by(&b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return outcomes[len(outcomes)/2]
}
