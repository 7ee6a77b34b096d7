package benchmarks

import (
	"testing"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

// BenchmarkFloor takes what no pool on the ring can do without: one push, one
// pop, and the run of an empty task whose panic would be caught. One goroutine
// does it all, so the ring stays in its core's cache and nobody is waited for.
// A pool's time per task can be below it, where the pushes and the pops are made
// on two cores at once.
func BenchmarkFloor(b *testing.B) {
	eachLoop(b, "Floor", func(b *testing.B, c Cell) {
		r := mpmc.New[func()](c.Int("cap"))
		task := func() {}
		for b.Loop() {
			r.TryPush(task)
			f, o := r.TryPop()
			if o != mpmc.OK {
				b.Fatal("what was pushed cannot be popped")
			}
			caught(f)
		}
	})
}

// caught runs a task, and survives its panic.
//
//go:noinline
func caught(task func()) {
	defer func() { _ = recover() }()
	task()
}
