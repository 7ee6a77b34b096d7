package ringpool

import (
	"math/bits"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/step"
)

// A workerSlot is what belongs to one index.
type workerSlot struct {
	index uint32 // written by make alone

	// What lies below on the idle stack, plus 1; or 0, and then it is the next
	// index. Stored by the owner of the index before it pushes it.
	below step.Uint32

	// The worker with this index, or nil if none has a goroutine. Belongs to the
	// owner of the index: who has claimed it, and then the worker itself.
	worker *worker
}

// under returns the index below this one on the idle stack, or 0.
func (s *workerSlot) under() uint32 {
	if below := s.below.Load(); below != 0 {
		return below - 1
	}
	return s.index + 1
}

// A slotTable finds the slot of an index. It has memory only for indexes that are
// or were in use, and their neighbours, so that the size of a pool is a limit and
// not a cost. No slot moves.
//
// The indexes are divided by their highest bit: those from 2^k to 2^(k+1)-1 are
// group k. A group of up to blockSize slots is one block; a larger one is a
// directory of such blocks.
type slotTable struct {
	small [blockBits]step.Pointer[[]workerSlot]
	large [topBits - blockBits]step.Pointer[[]block]
}

type block = step.Pointer[[]workerSlot]

const (
	blockBits = 10
	blockSize = 1 << blockBits
)

var _ [topMask - check.MaxSize]struct{} // an index of every worker fits

// locate returns the group of an index, and its place in the group.
func locate(index uint32) (group int, place uint32) {
	group = bits.Len32(index) - 1
	return group, index - 1<<group
}

// find returns the slot of an index, or nil if it has none yet.
func (t *slotTable) find(index uint32) *workerSlot {
	group, place := locate(index)
	var b *[]workerSlot
	if group < blockBits {
		b = t.small[group].Load()
	} else {
		directory := t.large[group-blockBits].Load()
		if directory == nil {
			return nil
		}
		b = (*directory)[place>>blockBits].Load()
		place &= blockSize - 1
	}
	if b == nil {
		return nil
	}
	return &(*b)[place]
}

// make returns the slot of an index, which it makes if there is none.
func (t *slotTable) make(index uint32) *workerSlot {
	if slot := t.find(index); slot != nil {
		return slot
	}
	group, place := locate(index)
	b, size := &t.small[min(group, blockBits-1)], 1<<group
	if group >= blockBits {
		directory := &t.large[group-blockBits]
		if directory.Load() == nil {
			blocks := make([]block, 1<<(group-blockBits))
			directory.CompareAndSwap(nil, &blocks) // or another goroutine was faster
		}
		b, size = &(*directory.Load())[place>>blockBits], blockSize
	}
	slots, first := make([]workerSlot, size), index-place&uint32(size-1)
	for i := range slots {
		slots[i].index = first + uint32(i)
	}
	if !b.CompareAndSwap(nil, &slots) { // likewise
		if others := b.Load(); others != nil {
			slots = *others
		}
	}
	// If the block has been dropped meanwhile, the slot is in no table. Then the index
	// is not the caller's, and neither is what it does with the slot: see claim.
	return &slots[place&uint32(len(slots)-1)]
}

// drop gives up the memory of the slots from first to last, as far as they fill
// whole blocks. The caller owns these indexes, and nobody has a goroutine with one
// of them. Another goroutine may still read what lies below one, in vain.
func (t *slotTable) drop(first, last uint32) {
	for first <= last {
		group, place := locate(first)
		size := uint32(1) << min(group, blockBits)
		from := first - place&(size-1) // the block of first
		if from == first && first+size-1 <= last {
			if group < blockBits {
				t.small[group].Store(nil)
			} else if directory := t.large[group-blockBits].Load(); directory != nil {
				(*directory)[place>>blockBits].Store(nil)
			} else {
				size = 1 << group // there is no block in the whole group
				from = 1 << group
			}
		}
		first = from + size
	}
}
