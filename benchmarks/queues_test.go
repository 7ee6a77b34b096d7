package benchmarks

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkQueue moves b.N values through a queue, and reports the time per
// value. No pool is involved: no tasks, no parking but the channel's own.
func BenchmarkQueue(b *testing.B) {
	eachCell(b, "Queue", func(b *testing.B, c Cell) {
		for _, q := range Queues {
			if q.Name == c.Get("impl") {
				queue := q.New(c.Int("cap"))
				transfer(queue, b.N, c.Int("producers"), c.Int("consumers"), b.ResetTimer, func(int) {})
			}
		}
	})
}

// transfer pushes the numbers below n from so many goroutines, and pops them in
// others, which call sink. Each goroutine has an equal share. Both kinds
// exist, and wait, when begin is called.
func transfer(q Queue, n, producers, consumers int, begin func(), sink func(v int)) {
	var ready, done sync.WaitGroup
	gun := make(chan struct{})
	spread := func(parts int, act func(from, to int)) {
		ready.Add(parts)
		for i := range parts {
			done.Go(func() {
				ready.Done()
				<-gun
				act(n*i/parts, n*(i+1)/parts)
			})
		}
	}
	spread(producers, func(from, to int) {
		for v := from; v < to; v++ {
			q.Push(v)
		}
	})
	spread(consumers, func(from, to int) {
		for range to - from {
			sink(q.Pop())
		}
	})
	ready.Wait()
	begin()
	close(gun)
	done.Wait()
}

func TestEveryValuePassesAQueueExactlyOnce(t *testing.T) {
	const n = 20_000
	for _, q := range Queues {
		for _, capacity := range []int{2, 100} {
			t.Run(fmt.Sprintf("%s/cap=%d", q.Name, capacity), func(t *testing.T) {
				var ledger [n]atomic.Int32
				transfer(q.New(capacity), n, 4, 3, func() {}, func(v int) { ledger[v].Add(1) })
				for v := range ledger {
					if times := ledger[v].Load(); times != 1 {
						t.Fatalf("%d came out %d times, want once", v, times)
					}
				}
			})
		}
	}
}
