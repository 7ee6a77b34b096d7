package count

import "github.com/seed62337844/workerpool/internal/step"

// A Mark is the largest of the numbers it has been shown. Stats uses it for a
// figure that is computed from several words, and may come out too low while
// they change: it must not decrease from one call to the next.
type Mark struct{ reached step.Uint64 }

// Raise shows the mark n, and returns the largest number so far.
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
