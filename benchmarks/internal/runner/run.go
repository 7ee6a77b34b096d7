package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/seed62337844/workerpool/benchmarks"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// RawFile is the name of the file of raw figures in a directory of results.
const RawFile = "raw.txt"

// Run measures, and returns the directory that now holds the raw file. When
// ctx is done Run ends early, with the context's error; what was measured until
// then is in the file, in whole lines. Cells that failed make an error as well,
// after all others have been measured.
func Run(ctx context.Context, o Options, stderr *os.File) (dir string, err error) {
	head := commit(ctx, o.Module)
	began := time.Now()
	dir = o.Out
	if dir == "" {
		dir = filepath.Join(o.Module, "results", fmt.Sprintf("run-%s-%s", began.UTC().Format("20060102-150405"), head))
	}
	bin, err := os.MkdirTemp("", "workerpool-bench-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(bin)) }()
	binary := filepath.Join(bin, "pools.test")
	fmt.Fprintln(stderr, "building the test binary")
	if err := build(ctx, o.Module, binary); err != nil {
		return "", err
	}

	// One calibration for all processes: the tasks of one contestant shall not
	// be longer than those of another. And one capacity, which needs the first.
	spin := fmt.Sprintf("%.2f", benchmarks.Calibrate())
	must(os.Setenv(benchmarks.SpinVariable, spin))
	capacity := fmt.Sprintf("%.0f", benchmarks.MeasureCapacity())
	must(os.Setenv(benchmarks.CapacityVariable, capacity))

	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	raw, err := os.OpenFile(filepath.Join(dir, RawFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	seed := rand.Uint64()
	cells := o.Cells()
	if _, err := raw.WriteString(header(
		[2]string{"pkg", "github.com/seed62337844/workerpool/benchmarks"},
		[2]string{"cpu", cpuModel()},
		[2]string{"cores", fmt.Sprint(runtime.NumCPU())},
		[2]string{"goversion", runtime.Version()},
		[2]string{"commit", head},
		[2]string{"date", began.UTC().Format(time.RFC3339)},
		[2]string{"load-before", load()},
		[2]string{"spins-per-us", spin},
		[2]string{"capacity-per-sec", capacity},
		[2]string{"command", strings.Join(append([]string{"scripts/bench.sh"}, shown(o.Args)...), " ")},
		[2]string{"order-seed", fmt.Sprint(seed)},
	) + units); err != nil {
		return dir, err
	}

	s := newSchedule(cells, rand.New(rand.NewPCG(seed, 0)))
	p := newProgress(stderr)
	defer p.clear()
	var failures []error
	start := time.Now()
	for round := range o.Rounds {
		order := s.round(round)
		if round > 0 && time.Since(start) >= o.Time || len(order) == 0 {
			break
		}
		if _, err := fmt.Fprintf(raw, "# round %d, load %s\n", round+1, load()); err != nil {
			return dir, err
		}
		for k, i := range order {
			left := o.Time - time.Since(start)
			if round == 0 {
				left = max(left, s.estimate(order[k:])) // the first is always measured whole
			} else if left <= 0 {
				break
			}
			p.show(round, k, left, cells[i].String())
			began := time.Now()
			line, err := measure(ctx, binary, cells[i])
			if ctx.Err() != nil {
				return dir, errors.Join(append(failures, ctx.Err())...)
			}
			if err != nil {
				p.clear()
				fmt.Fprintln(stderr, "bench.sh:", err)
				failures = append(failures, err)
				s.failed[i] = true // as it would in each round
				line = "# " + strings.ReplaceAll(err.Error(), "\n", "\n# ") + "\n"
			}
			s.took(i, time.Since(began))
			if _, err := raw.WriteString(line); err != nil {
				return dir, err
			}
		}
	}
	return dir, errors.Join(failures...)
}

// build makes the test binary.
func build(ctx context.Context, module, binary string) error {
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, ".")
	cmd.Dir = module
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go test -c: %w\n%s", err, out)
	}
	return nil
}

// measure runs one cell in a process of its own, and returns the line that
// the testing package wrote of it.
func measure(ctx context.Context, binary string, c benchmarks.Cell) (string, error) {
	// A pool that hangs must not hold up the whole run. The time limit of the
	// testing package is for tests alone.
	const limit = 2 * time.Minute
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not done after %v", limit))
	defer cancel()
	cmd := exec.CommandContext(ctx, binary,
		"-test.run=^$", "-test.bench="+c.Pattern(), "-test.benchtime="+c.Benchtime, "-test.count=1")
	detach(cmd)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		err = errors.Join(context.Cause(ctx), err)
		return "", fmt.Errorf("%s: %w\n%s", c, err, firstLines(out.String(), 12))
	}
	var result []string
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "Benchmark") {
			result = append(result, line)
		}
	}
	if len(result) != 1 {
		return "", fmt.Errorf("%s: %d result lines, want 1:\n%s", c, len(result), firstLines(out.String(), 12))
	}
	return samples.SortLine(result[0]), nil
}

func firstLines(s string, n int) string {
	lines := strings.SplitAfterN(s, "\n", n+1)
	return strings.TrimRight(strings.Join(lines[:min(n, len(lines))], ""), "\n")
}

// shown leaves out the -module that bench.sh adds, because the record is of what the user
// typed, and the directory for the results, which is one on this machine only.
func shown(args []string) (shown []string) {
	for i := 0; i < len(args); i++ {
		switch name, _, hasValue := strings.Cut(strings.TrimLeft(args[i], "-"), "="); {
		case !strings.HasPrefix(args[i], "-") || name != "module" && name != "out":
			shown = append(shown, args[i])
		case !hasValue:
			i++
		}
	}
	return shown
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
