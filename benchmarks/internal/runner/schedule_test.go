package runner

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed62337844/workerpool/benchmarks"
)

func random() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func TestAVisitGoesThroughTheContestantsForthAndBack(t *testing.T) {
	cells := benchmarks.Grid()
	s := newSchedule(cells, random())
	order := s.round(0)
	if len(order) != 2*len(cells) {
		t.Fatalf("%d samples of %d cells, want two of each", len(order), len(cells))
	}
	for len(order) > 0 {
		row := rowOf(cells[order[0]])
		n := slices.IndexFunc(order, func(i int) bool { return rowOf(cells[i]) != row })
		if n < 0 {
			n = len(order)
		}
		visit := order[:n]
		order = order[n:]
		back := slices.Clone(visit)
		slices.Reverse(back)
		if !slices.Equal(visit, back) {
			t.Errorf("%s: %v is not the same from behind", row, visit)
		}
		once := slices.Compact(slices.Sorted(slices.Values(visit)))
		if 2*len(once) != len(visit) {
			t.Errorf("%s: %v does not have each cell twice", row, visit)
		}
	}
}

func TestEachRoundHasAnOrderOfItsOwn(t *testing.T) {
	s := newSchedule(benchmarks.Grid(), random())
	if a, b := s.round(0), s.round(0); slices.Equal(a, b) {
		t.Error("two rounds in the same order")
	}
}

func TestACellEndsWithItsRoundsOrItsFailure(t *testing.T) {
	impl := []benchmarks.Param{{Key: "impl", Value: "ring"}}
	s := newSchedule([]benchmarks.Cell{
		{Benchmark: "A", Params: impl}, {Benchmark: "B", Params: impl, Rounds: 2}, {Benchmark: "C", Params: impl},
	}, random())
	s.failed[2] = true
	var got []int
	for number := range 4 {
		got = append(got, len(s.round(number)))
	}
	if want := []int{4, 4, 2, 2}; !slices.Equal(got, want) {
		t.Errorf("samples by round %v, want %v", got, want)
	}
}

func TestACellIsMeasuredAsOftenAsItIsDue(t *testing.T) {
	ring, ants := []benchmarks.Param{{Key: "impl", Value: "ring"}}, []benchmarks.Param{{Key: "impl", Value: "ants"}}
	s := newSchedule([]benchmarks.Cell{
		{Benchmark: "A", Params: ring}, {Benchmark: "A", Params: ants, Every: 3}, {Benchmark: "B", Params: ants, Every: 3, Rounds: 2},
	}, random())
	count := map[int]int{}
	var got []int
	for number := range 7 {
		order := s.round(number)
		got = append(got, len(order))
		for _, i := range order {
			count[i]++
		}
	}
	if want := []int{6, 2, 2, 4, 2, 2, 4}; !slices.Equal(got, want) {
		t.Errorf("samples by round %v, want %v", got, want)
	}
	if count[0] != 14 || count[1] != 6 || count[2] != 2 {
		t.Errorf("%v samples of each cell, want 14, 6 and 2", count)
	}
}

func TestARowIsVisitedAsOftenAsItsCellsSay(t *testing.T) {
	ring, base := []benchmarks.Param{{Key: "impl", Value: "ring"}}, []benchmarks.Param{{Key: "impl", Value: "chan"}}
	s := newSchedule([]benchmarks.Cell{
		{Benchmark: "A", Params: ring}, {Benchmark: "A", Params: base},
		{Benchmark: "B", Params: ring, Visits: 2}, {Benchmark: "B", Params: base, Visits: 2},
	}, random())
	for number := range 10 {
		count := map[int]int{}
		for _, i := range s.round(number) {
			count[i]++
		}
		if count[0] != 2 || count[1] != 2 || count[2] != 4 || count[3] != 4 {
			t.Errorf("round %d: %v samples of each cell, want 2, 2, 4 and 4", number, count)
		}
	}
}

func TestTheTimeOfARoundIsEstimatedByWhatIsKnown(t *testing.T) {
	cells := []benchmarks.Cell{{Benchmark: "A"}, {Benchmark: "A"}, {Benchmark: "B"}}
	s := newSchedule(cells, random())
	if got, want := s.estimate([]int{0, 2}), 200*time.Millisecond; got != want {
		t.Errorf("%v before anything is known, want %v", got, want)
	}
	s.took(0, 900*time.Millisecond)
	// Cell 1 is of the same benchmark as cell 0. Cell 2 is of one that is not
	// known yet: the mean of the 0.9 s and of the first guess.
	if got, want := s.estimate([]int{0, 1, 2}), 2300*time.Millisecond; got != want {
		t.Errorf("%v, want %v", got, want)
	}
}
