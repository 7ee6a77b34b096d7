package overload

import (
	"math"
	"slices"
	"time"
)

// A Tally is what became of the callers who came within a window of time.
type Tally struct {
	Offered  int
	Possible int // how many could have been served in time

	// How long the callers were there, shortest first.
	Served     []time.Duration
	Refused    []time.Duration
	Unanswered []time.Duration

	Late []time.Duration // how late the generator was for each, shortest first
}

// Count counts the visits planned from begin until before end, of which those could
// have been served that possible says. The error is that of a call that failed, of
// whatever time.
func Count(visits []Visit, possible []bool, begin, end time.Duration) (Tally, error) {
	var t Tally
	for i, v := range visits {
		if err := v.check(); err != nil {
			return Tally{}, err
		}
		if v.Planned < begin || v.Planned >= end {
			continue
		}
		t.Offered++
		if possible[i] {
			t.Possible++
		}
		t.Late = append(t.Late, v.Late)
		switch v.Answer {
		case Served:
			t.Served = append(t.Served, v.Took)
		case Refused:
			t.Refused = append(t.Refused, v.Took)
		default:
			t.Unanswered = append(t.Unanswered, v.Took)
		}
	}
	for _, list := range [][]time.Duration{t.Served, t.Refused, t.Unanswered, t.Late} {
		slices.Sort(list)
	}
	return t, nil
}

// Add returns the tally of both.
func (t Tally) Add(u Tally) Tally {
	merge := func(a, b []time.Duration) []time.Duration {
		all := slices.Concat(a, b)
		slices.Sort(all)
		return all
	}
	return Tally{
		Offered:    t.Offered + u.Offered,
		Possible:   t.Possible + u.Possible,
		Served:     merge(t.Served, u.Served),
		Refused:    merge(t.Refused, u.Refused),
		Unanswered: merge(t.Unanswered, u.Unanswered),
		Late:       merge(t.Late, u.Late),
	}
}

// Percentile returns the shortest time that at least p percent of the times do
// not exceed. The list is in order and not empty.
func Percentile(sorted []time.Duration, p float64) time.Duration {
	rank := int(math.Ceil(float64(len(sorted)) * p / 100))
	return sorted[max(rank, 1)-1]
}
