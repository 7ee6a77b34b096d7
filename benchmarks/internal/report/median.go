package report

import (
	"cmp"
	"slices"
)

// Ascending is all that is in some visits, the least first: sorted once, and not
// again for each resample.
type ascending []inVisit

type inVisit struct {
	value float64
	visit int
}

func sortVisits(visits [][]float64) ascending {
	var all ascending
	for i, values := range visits {
		for _, v := range values {
			all = append(all, inVisit{v, i})
		}
	}
	slices.SortFunc(all, func(a, b inVisit) int { return cmp.Compare(a.value, b.value) })
	return all
}

// median returns the median if each visit is there so many times, which makes n values.
func (all ascending) median(times []int, n int) float64 {
	low, high := (n-1)/2, n/2 // the places of the middle two; one place if n is odd
	end, sum := 0, 0.0
	for _, one := range all {
		begin := end
		end += times[one.visit]
		if begin <= low && low < end {
			sum += one.value
		}
		if begin <= high && high < end {
			sum += one.value
			break
		}
	}
	return sum / 2
}
