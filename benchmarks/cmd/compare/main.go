// Compare is the program behind scripts/bench.sh: it measures, prints the
// table and draws the plots.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/seed62337844/workerpool/benchmarks/internal/report"
	"github.com/seed62337844/workerpool/benchmarks/internal/runner"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	options, err := runner.Parse(args, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	dir, err := runner.Run(ctx, options, os.Stderr)
	interrupted := ctx.Err() != nil
	stop() // a second Ctrl-C ends the rest as well

	if err != nil && !interrupted {
		fmt.Fprintln(os.Stderr, "bench.sh:", err)
	}
	if dir != "" {
		if again := report.Write(context.Background(), options.Module, dir, os.Stdout); again != nil {
			fmt.Fprintln(os.Stderr, "bench.sh:", again)
			err = errors.Join(err, again)
		}
		fmt.Fprintln(os.Stderr, "results are in", dir)
	}
	switch {
	case interrupted:
		return 130
	case err != nil:
		return 1
	}
	return 0
}
