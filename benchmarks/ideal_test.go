package benchmarks

import (
	"runtime"
	"testing"
)

// BenchmarkIdeal takes what the tasks of the saturated pools cost without a pool:
// as many goroutines as can work at once do an equal share of them each, and
// nothing else. It is longer than the length of a task divided by the cores, as
// that length was found on one core that was idle beside it: processors that share
// something, or a machine that is shared, are slower when all of them work. What a
// pool takes above it is the pool's.
func BenchmarkIdeal(b *testing.B) {
	eachCell(b, "Ideal", func(b *testing.B, c Cell) {
		task := Work(c.Duration("task"))
		workers := runtime.GOMAXPROCS(0)
		if c.Get("workers") != everyCore {
			workers = c.Int("workers")
		}
		produce(b.N, workers, b.ResetTimer, task)
	})
}
