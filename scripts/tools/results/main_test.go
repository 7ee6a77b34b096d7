package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// feed gives r these lines, and returns what it prints.
func feed(t *testing.T, r *results, lines ...string) string {
	t.Helper()
	var out strings.Builder
	if err := r.read(strings.NewReader(strings.Join(lines, "\n")), bufio.NewWriter(&out)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func check(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n%s\nwant:\n%s", what, got, want)
	}
}

var skips = []string{
	`{"Action":"run","Package":"m/a","Test":"TestB"}`,
	`{"Action":"output","Package":"m/a","Test":"TestB","Output":"=== RUN   TestB\n"}`,
	`{"Action":"output","Package":"m/a","Test":"TestB","Output":"    b_test.go:7: there is no\n"}`,
	`{"Action":"output","Package":"m/a","Test":"TestB","Output":"        browser\n"}`,
	`{"Action":"output","Package":"m/a","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}`,
	`{"Action":"skip","Package":"m/a","Test":"TestB"}`,
	`{"Action":"output","Package":"m/a","Test":"TestA/x","Output":"    b_test.go:70: there is no browser\n"}`,
	`{"Action":"skip","Package":"m/a","Test":"TestA/x"}`,
	`{"Action":"output","Package":"m/a","Test":"TestA","Output":"    a_test.go:9: a log\n"}`,
	`{"Action":"pass","Package":"m/a","Test":"TestA"}`,
	`{"Action":"skip","Package":"m/a","Test":"TestC"}`,
	`{"Action":"output","Package":"m/a","Output":"PASS\n"}`,
	`{"Action":"output","Package":"m/a","Output":"ok  \tm/a\t1.234s\n"}`,
	`{"Action":"pass","Package":"m/a"}`,
	`{"Action":"output","Package":"m/none","Output":"?   \tm/none\t[no test files]\n"}`,
	`{"Action":"skip","Package":"m/none"}`,
}

func TestSkippedTestsAreToldByPackageAndReason(t *testing.T) {
	r := newResults("")
	check(t, "printed", feed(t, r, skips...), "ok  \tm/a\t1.234s\n?   \tm/none\t[no test files]\n")
	check(t, "missing", strings.Join(r.missing(), "\n"),
		"m/a: no reason given: TestC\nm/a: there is no browser: TestA/x, TestB")
}

func TestASkippedTestThatHasPassedElsewhereIsNotMissing(t *testing.T) {
	r := newResults("m/a TestC\nm/other TestB\n")
	feed(t, r, skips...)
	check(t, "missing", strings.Join(r.missing(), "\n"), "m/a: there is no browser: TestA/x, TestB")
}

func TestAFailureIsPrintedWithItsOutputAndWithoutThatOfOthers(t *testing.T) {
	r := newResults("")
	printed := feed(t, r,
		`{"ImportPath":"m/bad","Action":"build-output","Output":"bad.go:1: no\n"}`,
		`go: a line that is no event`,
		`{"Action":"output","Package":"m/a","Output":"-test.shuffle 17\n"}`,
		`{"Action":"output","Package":"m/a","Test":"TestGood","Output":"    a_test.go:1: good\n"}`,
		`{"Action":"output","Package":"m/a","Test":"TestBad","Output":"=== RUN   TestBad\n"}`,
		`{"Action":"output","Package":"m/a","Test":"TestBad","Output":"    a_test.go:2: bad\n"}`,
		`{"Action":"pass","Package":"m/a","Test":"TestGood"}`,
		`{"Action":"output","Package":"m/a","Test":"TestBad","Output":"--- FAIL: TestBad (0.00s)\n"}`,
		`{"Action":"fail","Package":"m/a","Test":"TestBad"}`,
		`{"Action":"output","Package":"m/a","Output":"FAIL\tm/a\t0.1s\n"}`,
		`{"Action":"fail","Package":"m/a"}`,
		`{"Action":"output","Package":"m/killed","Test":"TestLong","Output":"    k_test.go:2: so far\n"}`)
	check(t, "printed", printed, `bad.go:1: no
go: a line that is no event
-test.shuffle 17
    a_test.go:2: bad
--- FAIL: TestBad (0.00s)
`+"FAIL\tm/a\t0.1s\n"+`    k_test.go:2: so far
!!!! m/a: failed: TestBad
`)
}

func TestTheLastLinesNameTheTestsThatFailedOrDidNotEnd(t *testing.T) {
	r := newResults("")
	printed := feed(t, r,
		`{"Action":"run","Package":"m/a","Test":"TestGood"}`,
		`{"Action":"pass","Package":"m/a","Test":"TestGood"}`,
		`{"Action":"run","Package":"m/a","Test":"TestBad"}`,
		`{"Action":"run","Package":"m/a","Test":"TestBad/part"}`,
		`{"Action":"run","Package":"m/a","Test":"TestBad/other"}`,
		`{"Action":"pass","Package":"m/a","Test":"TestBad/other"}`,
		`{"Action":"fail","Package":"m/a","Test":"TestBad/part"}`,
		`{"Action":"fail","Package":"m/a","Test":"TestBad"}`,
		`{"Action":"run","Package":"m/a","Test":"TestBad"}`, // once more, with another -cpu
		`{"Action":"run","Package":"m/a","Test":"TestBad/part"}`,
		`{"Action":"pass","Package":"m/a","Test":"TestBad/part"}`,
		`{"Action":"pass","Package":"m/a","Test":"TestBad"}`,
		`{"Action":"run","Package":"m/a","Test":"TestLong"}`,
		`{"Action":"run","Package":"m/a","Test":"TestLong/x"}`,
		`{"Action":"run","Package":"m/b","Test":"TestOfAnother"}`,
		`{"Action":"output","Package":"m/a","Output":"panic: test timed out after 30m0s\n"}`,
		`{"Action":"fail","Package":"m/a"}`,
		`{"Action":"run","Package":"m/a","Test":"TestOfAnotherRun"}`,
		`{"Action":"fail","Package":"m/a","Test":"TestOfAnotherRun"}`,
		`{"Action":"fail","Package":"m/a"}`)
	check(t, "printed", printed, `panic: test timed out after 30m0s
!!!! m/a: failed: TestBad/part
!!!! m/a: had not ended: TestLong/x
!!!! m/a: failed: TestOfAnotherRun
`)
}

func TestWhatPassedIsKeptForTheNextRun(t *testing.T) {
	dir := t.TempDir()
	passed, skipped := filepath.Join(dir, "passed"), filepath.Join(dir, "skipped")
	play := func(lines ...string) string {
		t.Helper()
		input := filepath.Join(dir, "input")
		if err := os.WriteFile(input, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(input)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		stdin := os.Stdin
		defer func() { os.Stdin = stdin }()
		os.Stdin = file
		if err := run([]string{passed, skipped}); err != nil {
			t.Fatal(err)
		}
		told, err := os.ReadFile(skipped)
		if err != nil {
			t.Fatal(err)
		}
		return string(told)
	}
	check(t, "at first", play(`{"Action":"skip","Package":"m","Test":"TestX"}`), "m: no reason given: TestX\n")
	check(t, "when it passes", play(`{"Action":"pass","Package":"m","Test":"TestX"}`), "")
	check(t, "when another passes", play(`{"Action":"pass","Package":"m","Test":"TestY"}`), "")
	check(t, "when it is skipped again", play(`{"Action":"skip","Package":"m","Test":"TestX"}`), "")
	if err := run([]string{passed}); err == nil {
		t.Error("one argument is accepted")
	}
}
