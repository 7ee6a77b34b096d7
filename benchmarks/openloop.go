package benchmarks

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// In an open loop, tasks arrive when they arrive, whether the pool can follow
// or not, as requests from many independent users do. Each has an intended
// time, and its latency counts from there. A generator that waited for a slow
// pool, and took the time from the submit, would leave out just the tasks that
// the slowness hit (the "coordinated omission" of Gil Tene).
//
// Whoever generates the load needs a processor too, and here it must share
// those of the pool. Three measures keep that from spoiling the result. The
// generator sleeps between arrivals, so it uses little. It has a P of its own
// (GOMAXPROCS is one more than the pool has workers), so it never waits behind
// tasks in the runtime's queues, only for the system's scheduler. And the load
// is relative to a capacity that was measured with such a generator running
// along. How late it submitted all the same is reported beside the latencies.

// openLoop submits n tasks at times of a Poisson process with the mean gap
// given. It returns, for each task, how long after its intended time it was
// submitted, and how long after that time it started.
func openLoop(p Pool, n int, gap time.Duration, work func(), random *rand.Rand) (late, latency []time.Duration) {
	late, latency = make([]time.Duration, n), make([]time.Duration, n)
	pacer := newPacer()
	defer pacer.stop()
	begin := time.Now()
	var intended time.Duration // since begin
	for i := range n {
		intended += time.Duration(random.ExpFloat64() * float64(gap))
		for {
			wait := intended - time.Since(begin)
			if wait <= 0 {
				break
			}
			pacer.sleep(wait)
		}
		at := intended
		late[i] = time.Since(begin) - at
		p.Submit(func() {
			latency[i] = time.Since(begin) - at
			work()
		})
	}
	return late, latency
}

// withGenerator calls f while the runtime has a P more than the pool has
// workers.
func withGenerator(workers int, f func()) {
	before := runtime.GOMAXPROCS(workers + 1)
	defer runtime.GOMAXPROCS(before)
	f()
}

// CapacityVariable is the environment variable that carries the measured
// capacity to the processes of a run, so that all contestants get one rate.
const CapacityVariable = "WORKERPOOL_BENCH_CAPACITY"

// Capacity is what CapacityVariable says, or else what MeasureCapacity finds.
var Capacity = sync.OnceValue(func() float64 {
	value := os.Getenv(CapacityVariable)
	if value == "" {
		return MeasureCapacity()
	}
	rate, err := strconv.ParseFloat(value, 64)
	if err != nil || rate <= 0 {
		panic(fmt.Sprintf("benchmarks: %s=%q: want a positive number", CapacityVariable, value))
	}
	return rate
})

// MeasureCapacity returns how many of the open loop's tasks per second chanpool
// completes, one worker to a core, while a generator wakes up as often as one
// that feeds all the cores would.
func MeasureCapacity() float64 {
	const trial = 300 * time.Millisecond
	workers := runtime.NumCPU()
	work := Work(OpenLoopTask)
	var rate float64
	withGenerator(workers, func() {
		var stop atomic.Bool
		var generator sync.WaitGroup
		generator.Go(func() {
			pacer := newPacer()
			defer pacer.stop()
			for !stop.Load() {
				pacer.sleep(OpenLoopTask / time.Duration(workers))
			}
		})
		p := Find("chan").New(workers)
		begin, n := time.Now(), 0
		for time.Since(begin) < trial {
			p.Submit(work)
			n++
		}
		p.Close()
		rate = float64(n) / time.Since(begin).Seconds()
		stop.Store(true)
		generator.Wait()
	})
	return rate
}

// OpenLoopTask is the length of the open loop's tasks: long enough that the
// generator's share is small, short enough for many samples.
const OpenLoopTask = 100 * time.Microsecond
