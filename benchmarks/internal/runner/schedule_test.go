package runner

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed62337844/workerpool/benchmarks"
)

func TestEachRoundMeasuresEachCellOnceInItsOwnOrder(t *testing.T) {
	cells := benchmarks.Grid()
	s := newSchedule(cells, 3, rand.New(rand.NewPCG(1, 2)))
	for i, order := range s.rounds {
		sorted := slices.Sorted(slices.Values(order))
		for k, cell := range sorted {
			if k != cell {
				t.Fatalf("round %d does not have each cell once", i)
			}
		}
		if slices.Equal(order, sorted) || i > 0 && slices.Equal(order, s.rounds[i-1]) {
			t.Errorf("round %d is in no new random order", i)
		}
	}
}

func TestTimeLeftCountsWhatIsKnownAndGuessesTheRest(t *testing.T) {
	cells := []benchmarks.Cell{{Benchmark: "A"}, {Benchmark: "A"}, {Benchmark: "B"}}
	s := newSchedule(cells, 2, rand.New(rand.NewPCG(1, 2)))
	s.rounds = [][]int{{0, 1, 2}, {2, 1, 0}}
	s.took[0] = time.Second
	// Cell 1 is of the same benchmark as cell 0. Cell 2 is of one that is not
	// known yet: the mean of the second and of the first guess, 0.3 s.
	if got, want := s.left(1), 3*time.Second+2*650*time.Millisecond; got != want {
		t.Errorf("%v left after the first, want %v", got, want)
	}
	s.took[1], s.took[2] = 3*time.Second, 5*time.Second
	if got, want := s.left(4), 4*time.Second; got != want {
		t.Errorf("%v left after the fourth, want %v", got, want)
	}
}

func TestACellIsSkippedWhenItHasHadItsRounds(t *testing.T) {
	s := newSchedule([]benchmarks.Cell{{Rounds: 2}, {}}, 3, rand.New(rand.NewPCG(1, 2)))
	for round, want := range []bool{false, false, true} {
		if got := s.skips(round, 0); got != want {
			t.Errorf("round %d skips a cell of two rounds: %v, want %v", round, got, want)
		}
		if s.skips(round, 1) {
			t.Errorf("round %d skips a cell of all rounds", round)
		}
	}
	s.took = []time.Duration{time.Second, time.Minute}
	if got, want := s.left(0), 2*time.Second+3*time.Minute; got != want {
		t.Errorf("%v left, want %v", got, want)
	}
}
