package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/seed62337844/workerpool/benchmarks/internal/plots"
	"github.com/seed62337844/workerpool/benchmarks/internal/runner"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// Write makes all that follows from the raw file in dir: benchstat's tables in
// table.txt, ringpool against chanpool in comparison.md, the figures to reach and how
// far they are in aims.md, the medians of all contestants side by side in summary.md,
// and the plots. The tables, the comparison and the aims also go to w. It can be called
// again at any time, and measures nothing.
func Write(ctx context.Context, module, dir string, w io.Writer) error {
	raw, err := filepath.Abs(filepath.Join(dir, runner.RawFile))
	if err != nil {
		return err
	}
	set, err := samples.Read(raw)
	if err != nil {
		return err
	}
	if len(set.Cells()) == 0 {
		return fmt.Errorf("%s holds no results", raw)
	}
	return errors.Join(
		create(filepath.Join(dir, "table.txt"), func(file io.Writer) error {
			both := io.MultiWriter(file, w)
			return errors.Join(Tables(ctx, module, raw, set, both), Head(set, both))
		}),
		create(filepath.Join(dir, "comparison.md"), func(file io.Writer) error {
			return errors.Join(Head(set, file), Comparison(set, io.MultiWriter(file, w)))
		}),
		create(filepath.Join(dir, aimsFile), func(file io.Writer) error {
			return writeAims(set, file)
		}),
		Aims(set, w),
		create(filepath.Join(dir, "summary.md"), func(file io.Writer) error {
			return errors.Join(Head(set, file), Summary(set, file))
		}),
		draw(set, dir, w),
	)
}

const aimsFile = "aims.md"

func writeAims(set *samples.Set, w io.Writer) error {
	return errors.Join(Head(set, w), Aims(set, w))
}

// create writes a file, and removes it again if write fails.
func create(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// draw writes the plots, and says so if there are none.
func draw(set *samples.Set, dir string, w io.Writer) error {
	files, err := plots.Draw(set, dir)
	if err == nil && len(files) == 0 {
		_, err = fmt.Fprintln(w, "No plot: none shows what was measured.")
	}
	return err
}
