package samples

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
)

func result(impl, distance string, ns int) string {
	return fmt.Sprintf("BenchmarkX/impl=%s/size=1%s-2 1 %de9 ns/op", impl, distance, ns)
}

func TestNeighboursArePaired(t *testing.T) {
	const near, far = "/distance=near", "/distance=far"
	lines := []string{
		// a visit in the order A B C C B A
		result("a", near, 1), result("b", near, 2), result("c", near, 3),
		result("c", near, 4), result("b", near, 5), result("a", near, 6),
		// another row
		"BenchmarkX/impl=a/size=2/distance=near-2 1 1000 ns/op",
		// a visit in which the first sample of a is of another distance than that of b
		result("b", near, 7), result("a", far, 8), result("a", near, 9), result("b", near, 10),
	}
	got := read(t, lines...).At(distance.Near).Pairs("X/impl=a/size=1", "X/impl=b/size=1", "sec/op")
	want := [][]Pair{{{1, 2}, {6, 5}}, {{9, 10}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("pairs %v, want %v", got, want)
	}
}

func TestWithoutVisitsTheOrderMakesThePairs(t *testing.T) {
	got := read(t,
		result("a", "", 1), result("a", "", 2), result("a", "", 3),
		"BenchmarkX/impl=a/size=2-2 1 1000 ns/op",
		result("b", "", 4), result("b", "", 5),
	).Pairs("X/impl=a/size=1", "X/impl=b/size=1", "sec/op")
	if want := [][]Pair{{{1, 4}}, {{2, 5}}}; !reflect.DeepEqual(got, want) {
		t.Errorf("pairs %v, want %v", got, want)
	}
}

func TestSamplesOfAVisitStandTogether(t *testing.T) {
	got := read(t,
		result("a", "", 1), result("b", "", 2), result("a", "", 3),
		"BenchmarkX/impl=a/size=2-2 1 1000 ns/op",
		result("a", "", 4),
	).ByVisit("X/impl=a/size=1", "sec/op")
	if want := [][]float64{{1, 3}, {4}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
