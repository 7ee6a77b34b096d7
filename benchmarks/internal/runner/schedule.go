package runner

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/seed62337844/workerpool/benchmarks"
)

// A schedule draws the order of the measurements, round by round. A round visits
// each row, that is, the same cell of all contestants, once (or as often as its cells
// say), and measures every contestant twice in it: A B C C B A. So two contestants are compared by samples
// that are neighbours in time, and a steady drift of the machine cancels out. The
// order of the rows, and of the contestants in a row, is a new one in each round.
type schedule struct {
	cells  []benchmarks.Cell
	rows   [][]int // indices into cells
	random *rand.Rand
	failed map[int]bool
	mean   map[string]*mean // how long a sample of a benchmark has taken so far
}

type mean struct {
	sum time.Duration
	n   int
}

func newSchedule(cells []benchmarks.Cell, random *rand.Rand) *schedule {
	s := &schedule{cells: cells, random: random, failed: map[int]bool{}, mean: map[string]*mean{}}
	index := map[string]int{}
	for i, c := range cells {
		row := rowOf(c)
		k, ok := index[row]
		if !ok {
			k = len(s.rows)
			index[row] = k
			s.rows = append(s.rows, nil)
		}
		s.rows[k] = append(s.rows[k], i)
	}
	return s
}

// rowOf returns the name of a cell without the contestant.
func rowOf(c benchmarks.Cell) string {
	var row strings.Builder
	row.WriteString(c.Benchmark)
	for _, p := range c.Params {
		if p.Key != "impl" {
			row.WriteString("/" + p.Key + "=" + p.Value)
		}
	}
	return row.String()
}

// round returns the order of the next round, without the cells that have had
// theirs, are not due, or have failed.
func (s *schedule) round(number int) []int {
	var order []int
	var rows []int
	for k, row := range s.rows {
		for range max(1, s.cells[row[0]].Visits) {
			rows = append(rows, k)
		}
	}
	s.random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	for _, k := range rows {
		visit := slices.Clone(s.rows[k])
		visit = slices.DeleteFunc(visit, func(i int) bool {
			c := s.cells[i]
			return s.failed[i] || c.Rounds > 0 && number >= c.Rounds || c.Every > 1 && number%c.Every > 0
		})
		s.random.Shuffle(len(visit), func(i, j int) { visit[i], visit[j] = visit[j], visit[i] })
		order = append(order, visit...)
		slices.Reverse(visit)
		order = append(order, visit...)
	}
	return order
}

// took notes how long a sample has taken.
func (s *schedule) took(cell int, d time.Duration) {
	name := s.cells[cell].Benchmark
	if s.mean[name] == nil {
		s.mean[name] = new(mean)
	}
	s.mean[name].sum += d
	s.mean[name].n++
}

// estimate returns how long these samples will take, by those so far.
func (s *schedule) estimate(order []int) time.Duration {
	all := mean{100 * time.Millisecond, 1} // before anything is known
	for _, m := range s.mean {
		all.sum, all.n = all.sum+m.sum, all.n+m.n
	}
	var sum time.Duration
	for _, i := range order {
		m := s.mean[s.cells[i].Benchmark]
		if m == nil {
			m = &all
		}
		sum += m.sum / time.Duration(m.n)
	}
	return sum
}
