// Package plots draws the figures of a raw file as SVG pictures.
//
// A picture shows medians with their intervals, mostly on logarithmic axes, and takes
// the colour scheme of its reader by a media query. No plotting library for Go that we
// know does both: gonum.org/v1/plot writes its colours into each element, and
// github.com/go-analyze/charts draws no intervals. So the elements are made here, and
// encoding/xml writes them.
package plots

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

// Draw writes to dir the pictures for which the set has figures, and returns the
// names of the files, none if there are no such figures.
func Draw(set *samples.Set, dir string) (files []string, err error) {
	for _, p := range pictures {
		root := p.draw(set)
		if root == nil {
			continue
		}
		file := p.file + ".svg"
		if err := write(filepath.Join(dir, file), root); err != nil {
			return files, err
		}
		files = append(files, file)
	}
	return files, nil
}

func write(file string, root *element) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := errors.Join(root.writeDocument(f), f.Close()); err != nil {
		return fmt.Errorf("plots: %s: %w", file, err)
	}
	return nil
}
