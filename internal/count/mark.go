package count

import "github.com/seed62337844/workerpool/internal/step"

// A Mark is a high-water mark: the largest of the numbers that it was raised to. Stats uses it for figures that are
// computed from several words. While these words change, the result may be too
// low, but a figure must not decrease from one call of Stats to the next.
type Mark struct{ reached step.Uint64 }

// Raise raises the mark to n if it is lower, and returns the mark.
func (m *Mark) Raise(n uint64) uint64 {
	for {
		reached := m.reached.Load()
		if n <= reached {
			return reached
		}
		if m.reached.CompareAndSwap(reached, n) {
			return n
		}
	}
}
