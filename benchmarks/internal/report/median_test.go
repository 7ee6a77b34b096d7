package report

import (
	"math/rand/v2"
	"testing"
)

// The median of visits that are there so many times is that of all their samples.
func TestTheMedianOfDrawnVisitsIsThatOfTheirSamples(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		visits := make([][]float64, 1+random.IntN(6))
		times := make([]int, len(visits))
		var all []float64
		for i := range visits {
			for range 1 + random.IntN(3) {
				visits[i] = append(visits[i], float64(random.IntN(10)))
			}
			times[i] = random.IntN(3)
			for range times[i] {
				all = append(all, visits[i]...)
			}
		}
		if len(all) == 0 {
			continue
		}
		if got, want := sortVisits(visits).median(times, len(all)), median(all); got != want {
			t.Fatalf("the median of %v, there %v times, is %v, want %v", visits, times, got, want)
		}
	}
}
