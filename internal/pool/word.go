package pool

import (
	stdatomic "sync/atomic"
	"unsafe"

	"github.com/seed62337844/workerpool/internal/step"
)

// A Word is a 64-bit atomic counter or state. It is [step.Uint64], which is
// atomic.Uint64 of go.uber.org/atomic, with two things that it lacks: wherever a
// Word lies, it is aligned to 8 bytes on 32-bit machines too, where an atomic
// access to a misaligned word panics; and go vet finds copies of it. Both come
// from a field that takes no room, of the type in sync/atomic that the compiler
// and vet know.
type Word struct {
	_ [0]stdatomic.Uint64
	step.Uint64
}

var (
	_ [0]struct{} = [unsafe.Alignof(Word{}) % 8]struct{}{}
	_ [0]struct{} = [unsafe.Sizeof(Word{}) - unsafe.Sizeof(step.Uint64{})]struct{}{}
)

// CacheLine is the distance in bytes that keeps two words from sharing a cache
// line, or the pair of lines that current processors fetch together.
const CacheLine = 128

// A Mark is the largest of the numbers it has been shown. Stats uses it for a
// figure that is computed from several words, and may come out too low while
// they change: it must not decrease from one call to the next.
type Mark struct{ reached Word }

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
