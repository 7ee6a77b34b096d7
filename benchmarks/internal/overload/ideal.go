package overload

import (
	"slices"
	"time"
)

// Possible returns, for each arrival, whether it is served by a service that knows
// when it refuses whom: it does size tasks at a time, which take as long as task
// each, in the order of the arrivals, and lets in just those that it can finish
// within the budget. No service of that size serves more in time.
func Possible(arrivals []time.Duration, size int, task, budget time.Duration) []bool {
	free := make([]time.Duration, size) // when each place is free, the first one first
	served := make([]bool, len(arrivals))
	for i, at := range arrivals {
		end := max(at, free[0]) + task
		if end > at+budget {
			continue
		}
		served[i] = true
		place, _ := slices.BinarySearch(free[1:], end)
		copy(free, free[1:place+1])
		free[place] = end
	}
	return served
}
