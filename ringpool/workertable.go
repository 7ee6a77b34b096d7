package ringpool

import (
	"math/bits"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/step"
)

// A workerEntry holds what the pool knows about one index.
type workerEntry struct {
	index uint32 // written by make alone

	// The index below this one on the idle stack, plus 1. 0 stands for the next index,
	// index+1. Stored by the owner of the index before it pushes the index.
	below step.Uint32

	// The worker with this index, or nil if none has a goroutine. Only the owner of the
	// index reads or writes it: first the goroutine that claimed the index, then the
	// worker itself.
	worker *worker
}

// under returns the index below this one on the idle stack, or 0.
func (s *workerEntry) under() uint32 {
	if below := s.below.Load(); below != 0 {
		return below - 1
	}
	return s.index + 1
}

// A workerTable finds the entry of an index. It allocates entries only for the blocks of
// indexes that are or were in use. So the memory of a pool follows its use, not its
// size. No entry moves.
//
// The indexes are divided by their highest bit: those from 2^k to 2^(k+1)-1 are
// group k. A group of up to blockSize entries is one block; a larger one is a
// directory of such blocks.
type workerTable struct {
	small [blockBits]step.Pointer[[]workerEntry]
	large [topBits - blockBits]step.Pointer[[]block]
}

type block = step.Pointer[[]workerEntry]

const (
	blockBits = 10
	blockSize = 1 << blockBits
)

var _ [topMask - check.MaxSize]struct{} // an index of every worker fits

// locate returns the group of an index, and its offset in the group.
func locate(index uint32) (group int, offset uint32) {
	group = bits.Len32(index) - 1
	return group, index - 1<<group
}

// find returns the entry of an index, or nil if it has none yet.
func (t *workerTable) find(index uint32) *workerEntry {
	group, offset := locate(index)
	var b *[]workerEntry
	if group < blockBits {
		b = t.small[group].Load()
	} else {
		directory := t.large[group-blockBits].Load()
		if directory == nil {
			return nil
		}
		b = (*directory)[offset>>blockBits].Load()
		offset &= blockSize - 1
	}
	if b == nil {
		return nil
	}
	return &(*b)[offset]
}

// make returns the entry of an index, and makes its block if there is none.
func (t *workerTable) make(index uint32) *workerEntry {
	if entry := t.find(index); entry != nil {
		return entry
	}
	group, offset := locate(index)
	b, size := &t.small[min(group, blockBits-1)], 1<<group
	if group >= blockBits {
		directory := &t.large[group-blockBits]
		if directory.Load() == nil {
			blocks := make([]block, 1<<(group-blockBits))
			directory.CompareAndSwap(nil, &blocks) // or another goroutine was faster
		}
		b, size = &(*directory.Load())[offset>>blockBits], blockSize
	}
	entries, first := make([]workerEntry, size), index-offset&uint32(size-1)
	for i := range entries {
		entries[i].index = first + uint32(i)
	}
	if !b.CompareAndSwap(nil, &entries) { // or another goroutine was faster
		if others := b.Load(); others != nil {
			entries = *others
		}
	}
	// A drop may have removed the block again. That happens only if the caller does not own
	// the index. Then the CAS in claim fails, and the entry is not used.
	return &entries[offset&uint32(len(entries)-1)]
}

// drop frees the entries from first to last, as far as they fill whole blocks. No worker has one
// of these indexes, and none gets one before drop returns. Another goroutine may still read the
// field below of such an entry, for a claim that will fail. It may even make the block again,
// which then stays until a later drop.
func (t *workerTable) drop(first, last uint32) {
	for first <= last {
		group, offset := locate(first)
		size := uint32(1) << min(group, blockBits)
		from := first - offset&(size-1) // the block of first
		if from == first && first+size-1 <= last {
			if group < blockBits {
				t.small[group].Store(nil)
			} else if directory := t.large[group-blockBits].Load(); directory != nil {
				(*directory)[offset>>blockBits].Store(nil)
			} else {
				size = 1 << group // there is no block in the whole group
				from = 1 << group
			}
		}
		first = from + size
	}
}
