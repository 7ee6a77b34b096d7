// Package runner measures cells: it builds the test binary once and runs it, one
// process per sample, in rounds. The samples are short and many, and those that will
// be compared are neighbours in time (see schedule.go): whatever slows the machine
// for a while hits all contestants, and not the one that happens to be on.
package runner

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/seed62337844/workerpool/benchmarks"
)

// Options is what the command line asks for.
type Options struct {
	Module    string // directory of the benchmarks module
	Out       string // directory for the results, "" for a new one
	Full      bool
	Only      *regexp.Regexp // nil for all
	Time      time.Duration
	Rounds    int    // at most
	Benchtime string // "" for each cell's own

	Args []string // as given, for the record
}

const (
	shortTime = 7*time.Minute + 25*time.Second
	fullTime  = 58 * time.Minute

	// In the short run those that no interval is about are measured in one of so many
	// rounds: their medians are as good as they have to be, and the time goes to the
	// others.
	everyShort = 3
)

const usageLine = "usage: scripts/bench.sh [--full] [--only REGEXP] [--time T] [--rounds N] [--benchtime T] [--out DIR]"

const help = usageLine + `

Measures the pools, compares ringpool with chanpool, and prints benchstat's tables
of all. Raw figures, tables and plots go to DIR. Ctrl-C ends it early and keeps what
was measured.

  --full          all cells, in about an hour; without it the headline cells, in
                  about seven and a half minutes
  --only REGEXP   of these, the cells whose name matches, such as
                  Throughput/impl=(ring|chan)/size=50/producers=4/task=0
  --time T        measure for this long, such as 90s, but each cell twice at least
                  (default 7m25s, with --full 58m; the build and the tables come on top)
  --rounds N      end after N rounds at the latest; a round measures each cell
                  twice, but without --full and --only just one round in three
                  has all contestants, and some rows are visited more often
  --benchtime T   time or count per sample, such as 20ms or 1000x, instead of
                  each cell's own
  --out DIR       a new or empty directory for the results (default
                  benchmarks/results/run-DATE-COMMIT)
`

// ErrUsage is returned for arguments that make no sense. The message has been
// written.
var ErrUsage = errors.New("usage")

// Parse reads the command line. It writes what is wrong to stderr.
func Parse(args []string, stderr io.Writer) (Options, error) {
	o := Options{Args: args}
	var only string
	flags := flag.NewFlagSet("bench.sh", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.Module, "module", ".", "")
	flags.StringVar(&o.Out, "out", "", "")
	flags.BoolVar(&o.Full, "full", false, "")
	flags.StringVar(&only, "only", "", "")
	flags.DurationVar(&o.Time, "time", shortTime, "")
	flags.IntVar(&o.Rounds, "rounds", math.MaxInt, "")
	flags.StringVar(&o.Benchtime, "benchtime", "", "")

	wrong := func(format string, v ...any) (Options, error) {
		fmt.Fprintf(stderr, "bench.sh: "+format+"; "+usageLine+", or --help\n", v...)
		return Options{}, ErrUsage
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stderr, help)
		return Options{}, err
	case err != nil:
		return wrong("%v", err)
	case flags.NArg() > 0:
		return wrong("unexpected argument %q", flags.Arg(0))
	case o.Time <= 0:
		return wrong("--time is %v, must be more than nothing", o.Time)
	case o.Rounds < 1:
		return wrong("--rounds is %d, must be at least 1", o.Rounds)
	case o.Benchtime != "" && !validBenchtime(o.Benchtime):
		return wrong("--benchtime is %q, must be a time such as 20ms or a count such as 1000x", o.Benchtime)
	}
	set := false
	flags.Visit(func(f *flag.Flag) { set = set || f.Name == "time" })
	if o.Full && !set {
		o.Time = fullTime
	}
	if only != "" {
		re, err := regexp.Compile(only)
		if err != nil {
			return wrong("--only: %v", err)
		}
		o.Only = re
		if len(o.Cells()) == 0 {
			all := o
			all.Full = true
			if n := len(all.Cells()); n > 0 {
				return wrong("--only %q matches no headline cell; with --full it matches %d", only, n)
			}
			return wrong("--only %q matches no cell", only)
		}
	}
	if o.Out != "" {
		entries, err := os.ReadDir(o.Out)
		switch {
		case err == nil && len(entries) > 0:
			return wrong("--out %q is not empty", o.Out)
		case err != nil && !os.IsNotExist(err):
			return wrong("--out: %v", err)
		}
	}
	return o, nil
}

// validBenchtime tells what the testing package accepts.
func validBenchtime(s string) bool {
	if count, found := strings.CutSuffix(s, "x"); found {
		n, err := strconv.ParseUint(count, 10, 31)
		return err == nil && n > 0
	}
	d, err := time.ParseDuration(s)
	return err == nil && d > 0
}

// Cells returns the cells that the options select, in the order of the grid.
func (o Options) Cells() []benchmarks.Cell {
	var list []benchmarks.Cell
	for _, c := range benchmarks.Grid() {
		if (o.Full || c.Headline) && (o.Only == nil || o.Only.MatchString(c.String())) {
			if o.Benchtime != "" {
				c.Benchtime = o.Benchtime
			}
			if !o.Full && o.Only == nil && !c.Decides() && c.Rounds == 0 {
				c.Every = everyShort
			}
			if !o.Full && o.Only == nil {
				c.Visits = c.ShortVisits()
			}
			list = append(list, c)
		}
	}
	return list
}
