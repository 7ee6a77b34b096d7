// Sort adds to what "go test -bench" wrote here how far apart the processors were, so
// that benchstat can tell near from far. Run it in the benchmarks module:
//
//	go run ./cmd/sort <raw.txt >sorted.txt
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

func main() {
	if len(os.Args) != 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./cmd/sort <raw.txt >sorted.txt")
		os.Exit(2)
	}
	if err := sort(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sort:", err)
		os.Exit(1)
	}
}

func sort(in io.Reader, out io.Writer) error {
	r, w := bufio.NewReader(in), bufio.NewWriter(out)
	for {
		line, err := r.ReadString('\n')
		if line != "" {
			if _, err := w.WriteString(samples.SortLine(line)); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return w.Flush()
		}
		if err != nil {
			return err
		}
	}
}
