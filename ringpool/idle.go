package ringpool

import "github.com/seed62337844/workerpool/internal/step"

// An idleState is the state of the idle workers in one word, so that each
// transition is one CAS.
//
//	63            27      26      25        24 23     0
//	+---------------+---------+---------------+--------+
//	|    version    | handoff |   searching   |  top   |
//	+---------------+---------+---------------+--------+
//
// The top is the index of the worker on top of the stack, or 0 if nobody is idle.
//
// Searching is how many workers are on their way from sleep to work, 0 to 2. Each
// goes on to wake another, if there are tasks left; see park.go.
//
// The handoff is held from the claim of a worker until it has a task. It is for
// those who need to know that all workers are busy: a worker that has been claimed
// is no longer idle, and not yet busy.
//
// The version counts the changes of the stack. If it is the same at two loads, then
// in between nobody was pushed or claimed, and the handoff was not taken. A claim
// depends on that: it reads what lies below the top before its CAS, and the CAS must
// fail if that has changed since, even if the same worker is on top again. To be
// deceived, it would have to be stopped for a multiple of exactly 2^37 changes.
type idleState uint64

const (
	topBits = 24
	topMask = 1<<topBits - 1

	oneSearching = hold(1) << topBits
	twoSearching = 2 * oneSearching
	handoff      = hold(1) << 26
	oneVersion   = 1 << 27
)

// A hold is what a goroutine takes with a claim, and releases later: the handoff,
// and perhaps one searching.
type hold uint64

// top returns the index of the worker on top of the stack, or 0.
func (s idleState) top() uint32 { return uint32(s & topMask) }

// empty reports whether nobody is idle.
func (s idleState) empty() bool { return s.top() == 0 }

// inHandoff reports whether a worker has been claimed that has no task yet.
func (s idleState) inHandoff() bool { return uint64(s)&uint64(handoff) != 0 }

// mayWake reports whether a worker may be claimed in order to search for tasks.
func (s idleState) mayWake() bool {
	return !s.empty() && uint64(s)&uint64(handoff|twoSearching) == 0
}

// An idleStack has the idle workers, known by their indexes, from 1. The last to
// become idle is the first to be claimed, which leaves those at the bottom, and
// their memory, in peace. It is a stack of the kind that R. Kent Treiber described
// (IBM RJ 5118, 1986), with the version against the ABA problem.
//
// An index that was never pushed alone may lie on the stack as part of a range. Below
// it lies the next index. So a range costs no memory, however long it is.
type idleStack struct {
	state step.Uint64 // an idleState
	slots *slotTable
}

func (k *idleStack) load() idleState { return idleState(k.state.Load()) }

// claim takes the worker on top off the stack, and takes h, which is free in s. It
// returns the worker's slot, which it makes if there is none; or nil if the state is no
// longer s, in which somebody is idle.
func (k *idleStack) claim(s idleState, h hold) *workerSlot {
	slot := k.slots.find(s.top())
	if slot == nil {
		slot = k.slots.make(s.top())
	}
	next := uint64(s) - uint64(s.top()) + uint64(slot.under()) + uint64(h) + oneVersion
	if !k.state.CompareAndSwap(uint64(s), next) {
		return nil
	}
	return slot
}

// remove takes the worker on top off the stack, and makes no slot. It returns false if
// the state is no longer s.
func (k *idleStack) remove(s idleState) bool {
	next := uint64(s) - uint64(s.top()) + uint64(k.below(s.top())) + oneVersion
	return k.state.CompareAndSwap(uint64(s), next)
}

// below returns the index under the given one on the stack, or 0. Unless the caller
// owns the index, it is to be believed only if a CAS of the state confirms it.
func (k *idleStack) below(index uint32) uint32 {
	if slot := k.slots.find(index); slot != nil {
		return slot.under()
	}
	return index + 1
}

// push puts the indexes from first to that of last on the stack, the first on top, and
// releases h. The caller owns them.
func (k *idleStack) push(first uint32, last *workerSlot, h hold) {
	for {
		s := k.load()
		last.below.Store(s.top() + 1)
		next := uint64(s) - uint64(s.top()) + uint64(first) - uint64(h) + oneVersion
		if k.state.CompareAndSwap(uint64(s), next) {
			return
		}
	}
}

// release releases h.
func (k *idleStack) release(h hold) { k.state.Sub(uint64(h)) }

// claimAll takes all workers off the stack, and returns the index of the first, or 0.
func (k *idleStack) claimAll() (first uint32) {
	for {
		s := k.load()
		if k.state.CompareAndSwap(uint64(s), uint64(s)-uint64(s.top())+oneVersion) {
			return s.top()
		}
	}
}
