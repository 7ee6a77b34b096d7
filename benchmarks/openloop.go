package benchmarks

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"time"
)

// In an open loop, tasks arrive when they arrive, whether the pool can follow
// or not, as requests from many independent users do. Each has an intended
// time, and its latency counts from there. A generator that waited for a slow
// pool, and took the time from the submit, would leave out just the tasks that
// the slowness hit (the "coordinated omission" of Gil Tene).
//
// The generator must be on time, and that takes a core. One that sleeps between
// arrivals, to share the pool's cores, is woken too late by the system: on two
// cores it was milliseconds late at the 99th percentile, as much as what it
// measured. So it never sleeps but watches the clock, and the pool has the other
// cores. (To bind the threads to their cores as well made no difference that
// showed.) How late it was all the same is reported beside the latencies. That is
// its own lateness alone: while a submit keeps it, be it for waking a worker or
// for want of room, the pool is late.

// openLoop submits n tasks at times of a Poisson process with the mean gap
// given. It returns, for each task, how late the generator was for it by its
// own fault, and how long after its intended time it started.
func openLoop(p Pool, n int, gap time.Duration, work func(), random *rand.Rand) (late, latency []time.Duration) {
	late, latency = make([]time.Duration, n), make([]time.Duration, n)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the garbage would be the generator's
	begin := time.Now()
	var intended, free time.Duration // since begin; free is when the last submit returned
	for i := range n {
		intended += time.Duration(random.ExpFloat64() * float64(gap))
		now := time.Since(begin)
		for now < intended {
			now = time.Since(begin)
		}
		at := intended
		late[i] = now - max(at, free)
		p.Submit(func() {
			latency[i] = time.Since(begin) - at
			work()
		})
		free = time.Since(begin)
	}
	return late, latency
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
// completes on the cores that the generator leaves it. It keeps the pool's queue
// full from one core, which it never gives away.
func MeasureCapacity() float64 {
	const trial = 500 * time.Millisecond
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	work := Work(OpenLoopTask)
	p := Find("chan").NewRefusing(OpenLoopSize)
	begin, n := time.Now(), 0
	for time.Since(begin) < trial {
		if p.TrySubmit(work) {
			n++
		} else {
			runtime.KeepAlive(spin(1000)) // about a microsecond
		}
	}
	p.Close()
	return float64(n) / time.Since(begin).Seconds()
}

// OpenLoopTask is the length of the open loop's tasks, and OpenLoopSize the
// size of its pools: more than there are cores, as usual.
const (
	OpenLoopTask = 10 * time.Microsecond
	OpenLoopSize = 50
)
