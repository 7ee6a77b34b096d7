package runner

import (
	"math/rand/v2"
	"time"

	"github.com/seed62337844/workerpool/benchmarks"
)

// A schedule is the order of the measurements, and an estimate of how long
// those that are left will take.
type schedule struct {
	cells  []benchmarks.Cell
	rounds [][]int         // indices into cells
	took   []time.Duration // of each cell's last measurement, 0 for none
}

func newSchedule(cells []benchmarks.Cell, rounds int, random *rand.Rand) *schedule {
	s := &schedule{cells: cells, took: make([]time.Duration, len(cells))}
	for range rounds {
		s.rounds = append(s.rounds, random.Perm(len(cells)))
	}
	return s
}

// skips reports whether a cell is not measured in a round, as it has been measured
// often enough.
func (s *schedule) skips(round, cell int) bool {
	most := s.cells[cell].Rounds
	return most > 0 && round >= most
}

// left estimates the time for what follows the first done measurements.
func (s *schedule) left(done int) time.Duration {
	var sum time.Duration
	guess := s.guess()
	for i, order := range s.rounds {
		for k, cell := range order {
			if i*len(order)+k < done || s.skips(i, cell) {
				continue
			}
			if took := s.took[cell]; took > 0 {
				sum += took
			} else {
				sum += guess(s.cells[cell].Benchmark)
			}
		}
	}
	return sum
}

// guess returns an estimate for a cell that has not been measured yet: the
// mean of its benchmark so far, or else of all.
func (s *schedule) guess() func(benchmark string) time.Duration {
	type mean struct {
		sum time.Duration
		n   time.Duration
	}
	all := mean{300 * time.Millisecond, 1} // before anything is known
	each := map[string]*mean{}
	for i, took := range s.took {
		if took == 0 {
			continue
		}
		m := each[s.cells[i].Benchmark]
		if m == nil {
			m = new(mean)
			each[s.cells[i].Benchmark] = m
		}
		m.sum, m.n = m.sum+took, m.n+1
		all.sum, all.n = all.sum+took, all.n+1
	}
	return func(benchmark string) time.Duration {
		if m := each[benchmark]; m != nil {
			return m.sum / m.n
		}
		return all.sum / all.n
	}
}
