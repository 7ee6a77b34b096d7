// Results reads the output of go test -json, prints it as go test does without
// -json, and lists the tests that were skipped.
//
//	go test -json ./... | results PASSED SKIPPED
//
// It appends the tests that passed to the file PASSED. It writes to the file SKIPPED one
// line for each package and reason: the tests that were skipped, except those in PASSED.
// So a test that is skipped with the race detector, and has passed without it, is not
// listed.
//
// Its last lines name the tests that failed, and those that had not ended when their package
// failed. The output of such a test can be long, and the name be far from the end.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "results:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want 2 arguments, PASSED and SKIPPED, not %q", args)
	}
	before, err := os.ReadFile(args[0])
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	r := newResults(string(before))
	out := bufio.NewWriter(os.Stdout)
	if err := r.read(os.Stdin, out); err != nil {
		return err
	}
	var passed, skipped strings.Builder
	for test := range r.passed {
		fmt.Fprintf(&passed, "%s %s\n", test.Package, test.Test)
	}
	for _, line := range r.missing() {
		fmt.Fprintln(&skipped, line)
	}
	return errors.Join(
		os.WriteFile(args[0], []byte(passed.String()), 0o666),
		os.WriteFile(args[1], []byte(skipped.String()), 0o666))
}

// An event is a line of go test -json; see go doc test2json.
type event struct {
	Action     string
	ImportPath string // of a build
	testID
	Output string
}

// A testID names a test, or the package itself if Test is empty.
type testID struct{ Package, Test string }

// A skip is the reason for which tests of a package were skipped.
type skip struct{ pkg, reason string }

type line struct {
	test string
	text string
}

type results struct {
	passed  map[testID]bool
	skipped map[testID]string // with the reason
	output  map[string][]line // of the packages that have not ended
	open    map[testID]bool   // true: tests that failed; false: tests that have not ended
	failed  []string          // what to say of the packages that failed
}

func newResults(passed string) *results {
	r := &results{
		passed: make(map[testID]bool), skipped: make(map[testID]string),
		output: make(map[string][]line), open: make(map[testID]bool),
	}
	for l := range strings.Lines(passed) {
		pkg, test, _ := strings.Cut(strings.TrimSuffix(l, "\n"), " ")
		r.passed[testID{pkg, test}] = true
	}
	return r
}

func (r *results) read(in io.Reader, out *bufio.Writer) error {
	lines := bufio.NewReader(in)
	for {
		l, err := lines.ReadBytes('\n')
		if len(l) != 0 {
			var e event
			if json.Unmarshal(l, &e) != nil {
				_, _ = out.Write(l) // a line of go itself
			} else {
				r.take(e, out)
			}
			if err := out.Flush(); err != nil {
				return err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	for pkg := range r.output { // go test was killed
		r.print(pkg, out)
	}
	for _, l := range r.failed {
		_, _ = out.WriteString(l)
	}
	return out.Flush()
}

func (r *results) take(e event, out *bufio.Writer) {
	switch e.Action {
	case "build-output":
		_, _ = out.WriteString(e.Output)
	case "run":
		if !r.open[e.testID] { // a test that has failed with -cpu 1 may pass with -cpu 2
			r.open[e.testID] = false
		}
	case "output":
		r.output[e.Package] = append(r.output[e.Package], line{e.Test, e.Output})
	case "pass", "skip":
		if e.Test == "" {
			lines := r.output[e.Package]
			if len(lines) != 0 {
				_, _ = out.WriteString(lines[len(lines)-1].text) // ok, or no test files
			}
			delete(r.output, e.Package)
			return
		}
		if !r.open[e.testID] {
			delete(r.open, e.testID)
		}
		if e.Action == "pass" {
			r.passed[e.testID] = true
		} else {
			r.skipped[e.testID] = r.reason(e.testID)
		}
		r.output[e.Package] = slices.DeleteFunc(r.output[e.Package], func(l line) bool { return l.test == e.Test })
	case "fail":
		if e.Test != "" {
			r.open[e.testID] = true
			return
		}
		r.print(e.Package, out)
		r.fail(e.Package)
	}
}

// fail records which tests made a package fail: those that failed, and those that had not
// ended. It leaves out a test of which it names a part.
func (r *results) fail(pkg string) {
	var failed, running []string
	for test, ended := range r.open {
		switch {
		case test.Package != pkg || r.partOpen(test):
		case ended:
			failed = append(failed, test.Test)
		default:
			running = append(running, test.Test)
		}
	}
	for _, l := range []struct {
		what  string
		tests []string
	}{{"failed", failed}, {"had not ended", running}} {
		if slices.Sort(l.tests); len(l.tests) != 0 {
			r.failed = append(r.failed, fmt.Sprintf("!!!! %s: %s: %s\n", pkg, l.what, strings.Join(l.tests, ", ")))
		}
	}
	// The input may have another run of the package, with other tests.
	maps.DeleteFunc(r.open, func(test testID, _ bool) bool { return test.Package == pkg })
}

// partOpen reports whether a part of test has failed or not ended.
func (r *results) partOpen(test testID) bool {
	for other := range r.open {
		if other.Package == test.Package && strings.HasPrefix(other.Test, test.Test+"/") {
			return true
		}
	}
	return false
}

// print prints the rest of the output of a package: that of tests that failed or did
// not end, and that of no test.
func (r *results) print(pkg string, out *bufio.Writer) {
	for _, l := range r.output[pkg] {
		if !strings.HasPrefix(l.text, "=== ") {
			_, _ = out.WriteString(l.text)
		}
	}
	delete(r.output, pkg)
}

var place = regexp.MustCompile(`^\S+\.go:\d+: `)

// reason returns the output of a test, without files and lines.
func (r *results) reason(test testID) string {
	var said []string
	for _, l := range r.output[test.Package] {
		text := strings.TrimSpace(l.text)
		if l.test != test.Test || strings.HasPrefix(l.text, "=== ") || strings.HasPrefix(text, "--- ") {
			continue
		}
		said = append(said, place.ReplaceAllString(text, ""))
	}
	return cmp.Or(strings.Join(said, " "), "no reason given")
}

// missing returns a line for each package and reason.
func (r *results) missing() []string {
	tests := make(map[skip][]string)
	for test, reason := range r.skipped {
		if !r.passed[test] {
			s := skip{test.Package, reason}
			tests[s] = append(tests[s], test.Test)
		}
	}
	var lines []string
	for s, names := range tests {
		slices.Sort(names)
		lines = append(lines, fmt.Sprintf("%s: %s: %s", s.pkg, s.reason, strings.Join(names, ", ")))
	}
	slices.Sort(lines)
	return lines
}
