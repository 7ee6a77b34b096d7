package mpmc_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

// BenchmarkPushPop is the floor under every pool on this ring: one push and one
// pop, by one goroutine.
func BenchmarkPushPop(b *testing.B) {
	r := mpmc.New[func()](100)
	f := func() {}
	for b.Loop() {
		r.TryPush(f)
		r.TryPop()
	}
}

// BenchmarkSlotSize asks how large a slot should be. Next to a pointer, which is
// a task, a slot is 16 bytes, and neighbours share a cache line; the larger ones
// are padded, so that a line is shared by fewer, or by none. Values go from some
// producers to some consumers, which yield when the ring is full or empty.
func BenchmarkSlotSize(b *testing.B) {
	for _, capacity := range []int{2, 16, 100, 2000} {
		for _, sides := range []int{1, 4} {
			name := func(bytes int) string {
				return fmt.Sprintf("capacity=%d/producers=%d/consumers=%d/slot=%d", capacity, sides, sides, bytes)
			}
			b.Run(name(16), func(b *testing.B) { move[struct{ f func() }](b, capacity, sides) })
			b.Run(name(32), func(b *testing.B) {
				move[struct {
					f func()
					_ [16]byte
				}](b, capacity, sides)
			})
			b.Run(name(64), func(b *testing.B) {
				move[struct {
					f func()
					_ [48]byte
				}](b, capacity, sides)
			})
			b.Run(name(128), func(b *testing.B) {
				move[struct {
					f func()
					_ [112]byte
				}](b, capacity, sides)
			})
		}
	}
}

// move passes b.N values through a ring, from so many producers to as many
// consumers.
func move[T any](b *testing.B, capacity, sides int) {
	r := mpmc.New[T](capacity)
	var v T
	pushed := make(chan struct{})
	for i := range sides {
		go func() {
			for n := i; n < b.N; n += sides {
				for r.TryPush(v) != mpmc.OK {
					runtime.Gosched()
				}
			}
			pushed <- struct{}{}
		}()
	}
	popped := make(chan struct{})
	for range sides {
		go func() {
			for {
				switch _, o := r.TryPop(); o {
				case mpmc.OK:
				case mpmc.Drained:
					popped <- struct{}{}
					return
				default:
					runtime.Gosched()
				}
			}
		}()
	}
	for range sides {
		<-pushed
	}
	r.Close()
	for range sides {
		<-popped
	}
}
