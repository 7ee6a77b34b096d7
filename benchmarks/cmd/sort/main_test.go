package main

import (
	"strings"
	"testing"
)

func TestOnlyTheNamesOfProbedResultsChange(t *testing.T) {
	const in = "goos: linux\n" +
		"BenchmarkX/impl=ring-2 \t 10 \t 5.0 ns/op\t 600 probe-after-ns\t 500 probe-before-ns\n" +
		"BenchmarkX/impl=ring-2 \t 10 \t 5.0 ns/op\n" +
		"PASS"
	var out strings.Builder
	if err := sort(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(in, "impl=ring-2", "impl=ring/distance=far-2", 1); out.String() != want {
		t.Errorf("%q becomes %q, want %q", in, out.String(), want)
	}
}
