package samples

import "strings"

// The runner visits a row, which is the same cell of all contestants, again and
// again. In each visit it measures every contestant twice, in the order A B C C B A.
// So the first samples of two contestants are neighbours in time, the second ones
// are as well, and what slows the machine down gradually adds to the one pair what
// it takes off the other. In a raw file, a visit is a run of lines of one row.

// When tells which visit to its row a sample is of, and its turn in it.
type when struct{ visit, turn int }

// Visits counts the visits in a file.
type visits struct {
	row   string
	visit int
	turns map[string]int
}

func (v *visits) next(cell string) when {
	if row := rowOf(cell); row != v.row || v.turns == nil {
		v.row = row
		v.visit++
		v.turns = map[string]int{}
	}
	turn := v.turns[cell]
	v.turns[cell]++
	return when{v.visit, turn}
}

// rowOf returns the name of a cell without the contestant.
func rowOf(cell string) string {
	benchmark, rest, _ := strings.Cut(cell, "/impl=")
	_, rest, _ = strings.Cut(rest, "/")
	return benchmark + "/" + rest
}

// A Pair is a sample of each of two cells.
type Pair struct{ A, B float64 }

// Pairs returns the samples of two cells of a row that were made one soon after
// the other, in a unit: a list of pairs for each visit. Where that leaves out more
// than half, the first sample of the one is paired with the first of the other, and
// so on: "go test -bench -count" measures one contestant after the other.
func (s *Set) Pairs(a, b, unit string) [][]Pair {
	theirs := map[when]float64{}
	for _, one := range s.samples[b] {
		if v, ok := one.values[unit]; ok {
			theirs[one.when] = v
		}
	}
	var list [][]Pair
	last, found := 0, 0
	for _, one := range s.samples[a] {
		mine, ok := one.values[unit]
		other, beside := theirs[one.when]
		if !ok || !beside {
			continue
		}
		found++
		if one.visit != last || list == nil {
			list = append(list, nil)
			last = one.visit
		}
		list[len(list)-1] = append(list[len(list)-1], Pair{mine, other})
	}
	ours, others := s.Values(a, unit), s.Values(b, unit)
	n := min(len(ours), len(others))
	if 2*found >= n {
		return list
	}
	list = nil
	for i := range n {
		list = append(list, []Pair{{ours[i], others[i]}})
	}
	return list
}

// ByVisit returns the samples of a cell in a unit, a list for each visit.
func (s *Set) ByVisit(cell, unit string) [][]float64 {
	var list [][]float64
	last := 0
	for _, one := range s.samples[cell] {
		v, ok := one.values[unit]
		if !ok {
			continue
		}
		if one.visit != last || list == nil {
			list = append(list, nil)
			last = one.visit
		}
		list[len(list)-1] = append(list[len(list)-1], v)
	}
	return list
}
