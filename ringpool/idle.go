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
// The top is the index of the worker on top of the stack, or 0 if no worker is idle.
//
// Searching is how many of the two searching permits are held. The goroutine that claims a
// worker may acquire a permit for it. The worker releases the permit when it is awake, and
// wakes another worker if more tasks are queued; see park.go.
//
// The handoff is a lock. A goroutine acquires it when it claims a worker, and releases it
// when it has taken a task for the worker from the queue, or pushes the worker back. So at most
// one claimed worker is without a task. While it is held, a submitter can't tell that all
// workers are busy: the claimed worker is no longer idle, and not yet busy. The worker itself
// belongs to the goroutine that has claimed it until the Unpark.
//
// The version counts the changes of the stack. If it is the same at two loads, then
// in between no worker was pushed or claimed, and the handoff was not acquired.
//
// Without the version a claim could go wrong. It first reads which worker lies below the
// top, and then does its CAS. If the stack changes in between, the CAS must fail, even if the
// same worker is on top again. It wrongly succeeds only after exactly 2^37 changes, or a
// multiple of that.
type idleState uint64

const (
	topBits = 24
	topMask = 1<<topBits - 1

	oneSearching = hold(1) << topBits // a searching permit
	twoSearching = 2 * oneSearching
	handoff      = hold(1) << 26
	oneVersion   = 1 << 27
)

// A hold is what a goroutine acquires together with a worker, and releases later: the
// handoff, a searching permit, both or none. It is the bits to add to the state.
type hold uint64

// top returns the index of the worker on top of the stack, or 0.
func (s idleState) top() uint32 { return uint32(s & topMask) }

// empty reports whether no worker is idle.
func (s idleState) empty() bool { return s.top() == 0 }

// inHandoff reports whether a claimed worker may still be without a task.
func (s idleState) inHandoff() bool { return uint64(s)&uint64(handoff) != 0 }

// mayWake reports whether a worker can be claimed with a searching permit.
func (s idleState) mayWake() bool {
	return !s.empty() && uint64(s)&uint64(handoff|twoSearching) == 0
}

// An idleStack has the idle workers, known by their indexes, from 1. The last to
// become idle is the first to be claimed. So the workers at the bottom stay asleep, and
// their memory is not touched. It is a stack of the kind that R. Kent Treiber described
// (IBM RJ 5118, 1986), with the version against the ABA problem.
//
// The indexes of new workers are pushed as a range. Below each index of a range, except
// the last, lies the next one, and that need not be stored. So a range takes no memory,
// however long it is.
type idleStack struct {
	state   step.Uint64 // an idleState
	entries *workerTable
}

func (k *idleStack) load() idleState { return idleState(k.state.Load()) }

// claim pops the worker on top of the stack, and acquires h. The caller has checked that
// in s a worker is idle and h is free. claim returns the worker's entry, and makes one if
// there is none. It returns nil if the state is no longer s.
func (k *idleStack) claim(s idleState, h hold) *workerEntry {
	entry := k.entries.find(s.top())
	if entry == nil {
		entry = k.entries.make(s.top())
	}
	next := uint64(s) - uint64(s.top()) + uint64(entry.under()) + uint64(h) + oneVersion
	if !k.state.CompareAndSwap(uint64(s), next) {
		return nil
	}
	return entry
}

// remove pops the worker on top of the stack, without making an entry for it. It returns
// false if the state is no longer s.
func (k *idleStack) remove(s idleState) bool {
	next := uint64(s) - uint64(s.top()) + uint64(k.below(s.top())) + oneVersion
	return k.state.CompareAndSwap(uint64(s), next)
}

// below returns the index under the given one on the stack, or 0. If the caller does not
// own the index, the result may be wrong. Then the caller's CAS of the state, from the
// one in which the index was on top, fails.
func (k *idleStack) below(index uint32) uint32 {
	if entry := k.entries.find(index); entry != nil {
		return entry.under()
	}
	return index + 1
}

// push pushes the indexes first, first+1, … up to that of last, so that first is on top,
// and releases h. The caller owns them.
func (k *idleStack) push(first uint32, last *workerEntry, h hold) {
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

// claimAll pops all workers, and returns the index of the one that was on top, or 0.
func (k *idleStack) claimAll() (first uint32) {
	for {
		s := k.load()
		if k.state.CompareAndSwap(uint64(s), uint64(s)-uint64(s.top())+oneVersion) {
			return s.top()
		}
	}
}
