package keyed

// keep is how much unused room may stay allocated. More is released when
// nothing is left in it.
const keep = 64

// A fifo is a queue of pointers or functions. It is not safe for concurrent use.
type fifo[T any] struct {
	items []T // the first head of them are zero
	head  int
}

func (f *fifo[T]) len() int { return len(f.items) - f.head }

// push adds v at the end. If at least half of the slice is free at its front,
// push moves the items there before it lets the slice grow. So each item is moved
// less than once on average.
func (f *fifo[T]) push(v T) {
	if len(f.items) == cap(f.items) && f.head > 0 && f.head >= len(f.items)/2 {
		n := copy(f.items, f.items[f.head:])
		clear(f.items[n:])
		f.items, f.head = f.items[:n], 0
	}
	f.items = append(f.items, v)
}

// pop removes the first item and returns it, or returns the zero value if there
// is none.
func (f *fifo[T]) pop() (v T) {
	if f.len() == 0 {
		return v
	}
	var zero T
	v, f.items[f.head] = f.items[f.head], zero
	f.head++
	if f.head == len(f.items) {
		f.items, f.head = f.items[:0], 0
		if cap(f.items) > keep {
			f.items = nil
		}
	}
	return v
}
