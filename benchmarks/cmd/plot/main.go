// Plot makes the tables and plots of a directory of results anew from its raw
// file, and measures nothing. Then it writes the figures on the pages anew that come
// from the runs under results; without a directory it does only this. Run it in the
// benchmarks module:
//
//	go run ./cmd/plot [results/NAME]
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/seed62337844/workerpool/benchmarks/internal/pages"
	"github.com/seed62337844/workerpool/benchmarks/internal/report"
)

func main() {
	if len(os.Args) > 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./cmd/plot [DIR]")
		os.Exit(2)
	}
	var err error
	if len(os.Args) == 2 {
		err = report.Write(context.Background(), ".", os.Args[1], os.Stdout)
	}
	changed, problem := pages.Update("..")
	for _, name := range changed {
		fmt.Println("written anew:", name)
	}
	if err = errors.Join(err, problem); err != nil {
		fmt.Fprintln(os.Stderr, "plot:", err)
		os.Exit(1)
	}
}
