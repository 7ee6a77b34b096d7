package mpmc_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

// BenchmarkPushPop measures one push and one pop by one goroutine. No pool on
// this ring can take less for a task.
func BenchmarkPushPop(b *testing.B) {
	r := mpmc.New[func()](100)
	f := func() {}
	for b.Loop() {
		r.TryPush(f)
		r.TryPop()
	}
}

// BenchmarkMove passes values from some producers to as many consumers, which
// yield when the ring is full or empty.
func BenchmarkMove(b *testing.B) {
	for _, capacity := range []int{2, 16, 100, 2000} {
		for _, sides := range []int{1, 4} {
			b.Run(fmt.Sprintf("capacity=%d/producers=%d/consumers=%d", capacity, sides, sides), func(b *testing.B) {
				move(b, capacity, sides)
			})
		}
	}
}

// move passes b.N values through a ring, from a number of producers to as many
// consumers.
func move(b *testing.B, capacity, sides int) {
	r := mpmc.New[func()](capacity)
	task := func() {}
	pushed := make(chan struct{})
	for i := range sides {
		go func() {
			for n := i; n < b.N; n += sides {
				for r.TryPush(task) != mpmc.OK {
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
