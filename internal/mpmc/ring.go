// Package mpmc is a bounded queue for many producers and many consumers, a
// ring of slots in which no operation takes a lock. It holds the tasks of
// package ringpool. It wakes no goroutine and has no policy: the caller decides what to do
// when it is full or empty.
//
// # Credit
//
// The algorithm is Dmitry Vyukov's bounded MPMC queue (1024cores.net, 2010).
// Packing lap and index into one word, so that any capacity works without a
// division, and the closing bit in the tail come from crossbeam's array
// channel, by Stjepan Glavina and others. A stamp that counts laps and needs
// no index, so that fresh zeroed memory is a valid ring, is Erik Rigtorp's
// MPMCQueue.
//
// # Terms
//
//   - A slot holds one value, and a stamp.
//
//   - A position is the index of a slot, and a lap, which counts how often all slots
//     have been used before. It is one 64-bit word, the lap in the high bits, then the
//     closed bit, then the index in as many bits as that needs:
//
//     63                        k+1    k     k-1          0
//     +----------------------------+--------+--------------+
//     |            lap             | closed |    index     |
//     +----------------------------+--------+--------------+
//
//     Only the tail ever has the closed bit set. Within a lap the positions do not
//     follow the order of the indexes: see stride.
//
//   - The tail is the position of the next push, the head that of the next
//     pop. Neither ever goes back, and the tail is never more than a lap
//     ahead. The values between them are queued.
//
//   - The stamp of a slot is a lap, in the same bits as in a position, with
//     bit 0 telling empty (0) from full (1).
//
// # The life of a slot
//
//	  stamp = lap                                        stamp = lap|1
//	+-------+   CAS tail   +---------+   store stamp    +-------+
//	| empty | -----------> | writing | ---------------> | full  |
//	+-------+              +---------+                  +-------+
//	    ^                                                   |
//	    | store stamp =                                     | CAS head
//	    |  the next lap                                     v
//	    |                  +---------+                      |
//	    +------------------| reading | <--------------------+
//	                       +---------+
//
// The goroutine that wins the CAS owns the slot: until the store, no other goroutine
// touches its value. So the value is read and written by plain instructions. The store
// hands the slot on; it synchronizes before the load in which the next owner sees that
// stamp.
//
// # The stores of stamps are weaker
//
// Go's atomic operations have one order that all goroutines agree on. The store of a
// stamp is an exception: it is a release store (see step.Uint64.StoreRelease). On amd64
// the processor that stores may load other words before other processors see the store.
// An ordinary atomic store would wait until they do, and for a push and a pop these two
// waits would add some 60 % to all the rest.
//
// What orders the value and the stamp on amd64 is that the processor makes its stores visible in
// their order, and that the compiler moves no write past the call of the assembly.
//
// The promises of the ring do not depend on that order. Tail and head, which only a CAS
// changes, decide which push and which pop succeeds, and whether the ring is full, empty,
// closed or drained. If a stamp is seen late, the other operation only seems to take longer:
// a push may wait for a pop that has already ended, a batch may take fewer slots, and a pop
// may return [Pending] for a value that is already written.
//
// It matters to callers that sleep while the ring is empty, and are woken by pushers. A
// goroutine that has pushed a value and then looks for sleepers may look before its value
// can be seen. So two rules are needed:
//
//   - A goroutine that has announced that it will sleep, and then finds [Pending], must wait
//     until the value is there. It does not miss the value altogether: if the pusher looked
//     before the announcement, then its CAS of the tail came before that, too, and the ring
//     is not [Empty] until the value has been popped.
//   - A pusher that looks, and finds [Pending] because of another's value, must call
//     step.Fence and look again. Otherwise two pushers could each see the other's value as
//     the one that is still to come, and both leave it to the other.
//
// # Invariants
//
//	At every instant, and without the closed bit, the tail is 0 to capacity positions
//	ahead of the head.
//	The tail only moves past a slot that is empty in the tail's lap; the head
//	only moves past a slot that is full in the head's lap.
//	Once the closed bit is set, the tail never changes again.
//
// # Full and empty
//
// A stamp alone can't tell a full ring from one whose oldest value is just
// being taken out. The two positions can. A push loads the tail, then the
// head. If they are a lap apart, then at the instant of the second load the
// tail could not have moved on (the first invariant), so at that instant the
// ring was full. It was full at the first load, too: the head can have been neither
// further ahead then, as it never goes back, nor further behind (the first invariant again).
// At the first load the ring was also open. That is what a [Chain] needs, as another ring may
// be appended between the two. In the same way a pop that loads the head, then the same
// position from the tail, knows that the ring was empty at the second load.
//
// # What is not lock-free here
//
// No operation takes a lock, and a goroutine that stops outside the two short sections
// "writing" and "reading" delays no other. A push that stops while it writes delays the pops
// from its slot on: they return [Pending]. A pop that stops while it reads delays the pushes
// that come round to its slot, and those after them: they wait. A stopped push does not delay
// other pushes, nor a stopped pop other pops. In the formal sense that makes the ring blocking.
//
// What bounds the delay: each section is a few instructions for each value, of which a batch
// has at most 64, in functions with the directive nosplit. (During a garbage collection a write
// barrier may come on top, for the pointer in the value.) The Go scheduler preempts no
// goroutine inside such a function, nor in the assembly that stores a stamp on amd64. (The
// outermost are marked go:noinline as well, or a build with a profile might move their code into
// one that it does preempt.) Only the operating system can, by taking the processor from the
// thread. That holds as long as the compiler inlines the atomic operations, which it does unless
// it is told not to (-gcflags=-l): their functions are not ours to mark.
package mpmc

import (
	"fmt"
	"math/bits"
	"unsafe"

	"github.com/seed62337844/workerpool/internal/cacheline"
	"github.com/seed62337844/workerpool/internal/step"
)

// An Outcome is the result of an operation.
type Outcome uint8

const (
	OK      Outcome = iota // the value was pushed, or popped, or is there to be popped
	Full                   // push: the ring held as many values as it can
	Closed                 // push: Close was called
	Empty                  // pop: the ring held no value, and is open
	Pending                // pop: the oldest value has its slot but is not yet published
	Drained                // pop: the ring holds no value and never will, because it is closed

	// These are outcomes of a single attempt, and of no exported method.
	contended // another goroutine has moved the tail, or the head
	unready   // the slot at the tail is not empty, or that at the head not full
	reading   // the slot at the tail is still being read, by a pop
)

// A Ring is a bounded first-in first-out queue. Make one with [New], or prepare one
// that is a field with Init. It must not be copied. All methods are safe for
// concurrent use.
//
// A value's push synchronizes before its pop returns.
type Ring[T any] struct {
	// Written by Init alone.
	slots      []slot[T]
	mask       uint64 // the bits of the index
	closed     uint64 // the closed bit
	oneLap     uint64 // the lowest bit of the lap
	lastColumn uint64 // where a lap ends
	start      uint64 // where head and tail began, at index 0
	capacity   int
	_          [cacheline.Size]byte

	tail cell // CAS by producers; the closed bit by Close
	head cell // CAS by consumers
}

// A cell is a position on a cache line of its own.
type cell struct {
	step.Uint64
	_ [cacheline.Size - 8]byte
}

// A slot is one element of the ring. The stamp is stored by the slot's owner;
// the value is touched by the owner alone. With a pointer for a value it has 16 bytes.
type slot[T any] struct {
	stamp step.Uint64
	value T
}

// Producers and consumers often work on positions that follow one another. If their slots
// shared a cache line, the processors would take it from each other for every value. So
// the slot of the next position lies stride slots further on, which is a line for slots
// of 16 bytes. A small ring leaves the slots in between unused. A large one uses them,
// because the unused ones would cost too much memory: there the slots are a table of
// stride columns, and a lap goes down one column after the other.
//
//	a table of 10     the indexes in the order of a lap
//	0 1 2 3
//	4 5 6 7           0 4 8, 1 5 9, 2 6, 3 7
//	8 9
const (
	stride   = 4
	smallest = 129 // the capacity of the smallest table
)

// The 64-bit words are aligned on 32-bit machines too: see step.Uint64. These
// lines do not compile otherwise.
var (
	_ [0]struct{} = [unsafe.Offsetof(Ring[func()]{}.tail) % 8]struct{}{}
	_ [0]struct{} = [unsafe.Offsetof(Ring[func()]{}.head) % 8]struct{}{}
	_ [0]struct{} = [unsafe.Sizeof(slot[func()]{}) % 8]struct{}{}
	_ [0]struct{} = [unsafe.Alignof(Ring[func()]{}) % 8]struct{}{}
)

// New returns an empty ring that holds capacity values. It panics if capacity
// is less than 1.
func New[T any](capacity int) *Ring[T] {
	r := new(Ring[T])
	r.Init(capacity)
	return r
}

// Init does for a zero Ring what New does.
func (r *Ring[T]) Init(capacity int) { r.initAt(capacity, capacity >= smallest, 0) }

// initAt is Init for a ring that is a table or not, and whose positions start at the
// given lap. Tests start just before the 64 bits overflow.
func (r *Ring[T]) initAt(capacity int, table bool, lap uint64) {
	if capacity < 1 {
		panic(fmt.Sprintf("mpmc: New: capacity is %d, must be at least 1", capacity))
	}
	slots := (capacity-1)*stride + 1
	if table {
		slots = capacity
		r.lastColumn = uint64(min(stride, slots) - 1)
	}
	indexBits := max(bits.Len64(uint64(slots-1)), bits.Len64(stride-1)) // a column fits
	r.slots = make([]slot[T], slots)
	r.capacity = capacity
	r.mask = 1<<indexBits - 1
	r.closed = 1 << indexBits
	r.oneLap = 2 << indexBits
	r.start = lap * r.oneLap
	r.tail.Store(r.start)
	r.head.Store(r.start)
	if r.start != 0 {
		for i := range r.slots {
			r.slots[i].stamp.Store(r.start)
		}
	}
}

// Offer is TryPush for callers that try again themselves: it makes one attempt to append v,
// as the queues do that it is compared with. It returns false if the ring seems full, if it is
// closed, and if another goroutine was faster. It uses only the tail and the slot there, and
// not the head. (In a full ring that slot is the one that the next pop will write.)
func (r *Ring[T]) Offer(v T) bool { return r.push(v) == OK }

// Poll is TryPop for callers that try again themselves: it makes one attempt to remove the
// oldest value. It returns false if the ring seems empty, and if another goroutine was faster. It
// uses only the head and the slot there, and not the tail. (In an empty ring that slot is the one
// that the next push will write.)
func (r *Ring[T]) Poll() (T, bool) {
	v, o := r.pop()
	return v, o == OK
}

// TryPush appends v and returns [OK], or returns [Full] or [Closed] and does
// nothing. It does not wait for room. If the slot that it needs is still being
// read, by the pop that frees it, it waits for that.
func (r *Ring[T]) TryPush(v T) Outcome {
	for attempt := 0; ; attempt++ {
		if o, ok := r.explain(r.push(v), attempt); ok {
			return o
		}
	}
}

// TryPushBatch appends the first values of vs, at least one, and returns how many
// and [OK]; or it returns 0 and [Full] or [Closed], and does nothing. The
// values that it appends are adjacent in the queue. It may append fewer than there is
// room for, and waits as [Ring.TryPush] does. vs must not be empty.
func (r *Ring[T]) TryPushBatch(vs []T) (int, Outcome) {
	for attempt := 0; ; attempt++ {
		n, o := r.pushBatch(vs)
		if o, ok := r.explain(o, attempt); ok {
			return n, o
		}
	}
}

// explain returns the outcome of a push whose last attempt had the outcome o. If the push must
// try again, it pauses, or waits for the pop that is still reading, and returns false.
func (r *Ring[T]) explain(o Outcome, attempt int) (_ Outcome, ok bool) {
	if o == unready {
		o = r.room()
	}
	switch o {
	case contended:
		step.Spin()
		return o, false
	case reading:
		step.Relax(attempt)
		return o, false
	}
	return o, true
}

// room says whether a push could succeed: contended if it could, or if the tail is
// moving on, and otherwise Full, Closed or reading.
func (r *Ring[T]) room() Outcome {
	tail := r.tail.Load()
	switch {
	case tail&r.closed != 0:
		return Closed
	case r.head.Load()+r.oneLap == tail:
		return Full
	case r.slots[tail&r.mask].stamp.Load() != tail&^r.mask && r.tail.Load() == tail:
		return reading
	}
	return contended
}

// TryPop removes the oldest value and returns it with [OK], or returns the zero
// value and [Empty], [Pending] or [Drained]. It does not wait.
func (r *Ring[T]) TryPop() (v T, o Outcome) {
	for {
		switch v, o = r.pop(); o {
		case contended:
			step.Spin()
			continue
		case unready:
			if o = r.Peek(); o == OK {
				continue
			}
		}
		return v, o
	}
}

// Peek returns what a TryPop would, [OK] included, and changes nothing.
func (r *Ring[T]) Peek() Outcome {
	for {
		head := r.head.Load()
		if r.slots[head&r.mask].stamp.Load() == head&^r.mask|full {
			return OK
		}
		switch tail := r.tail.Load(); {
		case tail == head:
			return Empty
		case tail == head|r.closed:
			return Drained
		case r.head.Load() == head:
			return Pending
		}
	}
}

// Close makes every later push return [Closed], and reports whether it was the
// first to do so. That is one instant, the CAS that sets the closed bit:
// a push that won its slot before is accepted, and its value will be popped.
func (r *Ring[T]) Close() bool {
	for {
		tail := r.tail.Load()
		if tail&r.closed != 0 {
			return false
		}
		if r.tail.CompareAndSwap(tail, tail|r.closed) {
			return true
		}
	}
}

// Closed reports whether Close has been called.
func (r *Ring[T]) Closed() bool { return r.tail.Load()&r.closed != 0 }

// Cap returns the number of values that the ring holds.
func (r *Ring[T]) Cap() int { return r.capacity }

// Pushed returns the number of pushes since New.
func (r *Ring[T]) Pushed() uint64 { return r.count(r.tail.Load() &^ r.closed) }

// Popped returns the number of pops since New.
func (r *Ring[T]) Popped() uint64 { return r.count(r.head.Load()) }

// The rest of this file is what happens to one slot.

// full is the bit of a stamp that is set while the slot holds a value. The lap is
// above it for every capacity, because the closed bit lies between.
const full = 1

// push is one attempt at TryPush. The CAS of the tail succeeds for one producer
// only, and only in the state in which the slot was seen empty. The winner owns the
// slot. The directives keep the section between CAS and store free of
// preemption; that is why all waiting is left to TryPush.
//
// It is one function, as pop is. When the CAS was in a function of its own, the compiler did
// not inline that; see "Measured and rejected" in docs/design.md.
//
//go:nosplit
//go:noinline
func (r *Ring[T]) push(v T) Outcome {
	tail := r.tail.Load()
	if tail&r.closed != 0 {
		return Closed
	}
	s, lap := &r.slots[tail&r.mask], tail&^r.mask
	if s.stamp.Load() != lap {
		return unready
	}
	if !r.tail.CompareAndSwap(tail, r.after(tail)) {
		return contended
	}
	s.put(lap, v)
	return OK
}

// put writes v to a slot that the caller has claimed in this lap, and hands it on.
//
//go:nosplit
func (s *slot[T]) put(lap uint64, v T) {
	s.value = v
	s.stamp.StoreRelease(lap | full)
}

// pushBatch is one attempt at TryPushBatch; see push for the directives. It claims as
// many slots as are empty, from the tail on, by one CAS. A slot that was
// seen empty stays so until the CAS, or the CAS fails: only a push that moves the tail
// changes it. (The loop ends at the latest when it comes round to the slot of the tail, whose
// stamp is that of this lap, and not of the next.)
//
//go:nosplit
//go:noinline
func (r *Ring[T]) pushBatch(vs []T) (n int, o Outcome) {
	tail := r.tail.Load()
	if tail&r.closed != 0 {
		return 0, Closed
	}
	end := tail
	for n < len(vs) && n < longestBatch && r.slots[end&r.mask].stamp.Load() == end&^r.mask {
		end = r.after(end)
		n++
	}
	if n == 0 {
		return 0, unready
	}
	if !r.tail.CompareAndSwap(tail, end) {
		return 0, contended
	}
	for i := range n {
		r.slots[tail&r.mask].put(tail&^r.mask, vs[i])
		tail = r.after(tail)
	}
	return n, OK
}

// longestBatch keeps the section without preemption short.
const longestBatch = 64

// pop is one attempt at TryPop; see push for the CAS and the directives.
//
//go:nosplit
//go:noinline
func (r *Ring[T]) pop() (v T, o Outcome) {
	head := r.head.Load()
	s, lap := &r.slots[head&r.mask], head&^r.mask
	if s.stamp.Load() != lap|full {
		return v, unready
	}
	if !r.head.CompareAndSwap(head, r.after(head)) {
		return v, contended
	}
	return s.take(lap + r.oneLap), OK
}

// take reads and clears the value of a slot that the caller has claimed, and hands
// the slot on, to the push in the next lap.
//
//go:nosplit
func (s *slot[T]) take(nextLap uint64) T {
	v := s.value
	var zero T
	s.value = zero // or the slot would keep a finished task alive
	s.stamp.StoreRelease(nextLap)
	return v
}

// after returns the position that follows pos.
//
//go:nosplit
func (r *Ring[T]) after(pos uint64) uint64 {
	if pos&r.mask+stride < uint64(len(r.slots)) {
		return pos + stride
	}
	if column := pos & (stride - 1); column < r.lastColumn {
		return pos&^r.mask + column + 1
	}
	return pos&^r.mask + r.oneLap
}

// count returns the number of positions from the start to pos. Of the columns, the first
// are longer by one, unless all are equal.
func (r *Ring[T]) count(pos uint64) uint64 {
	pos -= r.start
	laps := pos >> bits.TrailingZeros64(r.oneLap) // oneLap is a power of two
	slots, index := uint64(len(r.slots)), pos&r.mask
	column, row := index%stride, index/stride
	return laps*uint64(r.capacity) + column*(slots/stride) + min(column, slots%stride) + row
}
