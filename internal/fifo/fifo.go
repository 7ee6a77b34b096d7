// Package fifo has a queue in a slice.
package fifo

import "slices"

// keep is how much unused room may stay allocated. More is released when
// nothing is left in it.
const keep = 64

// A Queue is a queue of pointers or functions, first in first out. A zero Queue is
// empty. A Queue needs memory for the items that are in it, and does not keep those alive
// that have left. It is not safe for concurrent use.
type Queue[T any] struct {
	items []T // the first head of them are zero
	head  int
}

// Init empties q. The next items take the room of the slice.
func (q *Queue[T]) Init(room []T) { q.items, q.head = room[:0], 0 }

// Len returns the number of items.
func (q *Queue[T]) Len() int { return len(q.items) - q.head }

// Push adds v at the end.
func (q *Queue[T]) Push(v T) {
	if len(q.items) == cap(q.items) {
		q.makeRoom()
	}
	q.items = append(q.items, v)
}

// makeRoom makes room for another item. If at least half of the slice is free at its
// front, makeRoom moves the items there. Otherwise it lets the slice grow. So on
// average each item is moved only a few times.
func (q *Queue[T]) makeRoom() {
	old := q.items
	if q.head > 0 && q.head >= len(old)/2 {
		n := copy(old, old[q.head:])
		clear(old[n:])
		q.items, q.head = old[:n], 0
		return
	}
	q.items = slices.Grow(old, 1)
	clear(old) // the slice of Init is still referred to
}

// Front returns the first item, or the zero value if there is none.
func (q *Queue[T]) Front() (v T) {
	if q.Len() == 0 {
		return v
	}
	return q.items[q.head]
}

// Pop removes the first item and returns it, or returns the zero value if there
// is none.
func (q *Queue[T]) Pop() (v T) {
	if q.Len() == 0 {
		return v
	}
	var zero T
	v, q.items[q.head] = q.items[q.head], zero
	q.head++
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
		if cap(q.items) > keep {
			q.items = nil
		}
	}
	return v
}
