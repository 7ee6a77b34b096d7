package benchmarks

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// Tasks that work spin for a number of rounds that was found out beforehand to
// take the wanted time on an idle core. They do not look at the clock: a task
// that spins until a deadline is shorter the later it starts, gives back the
// time that it was preempted for, and measures mostly time.Now.

// spin does rounds of a computation of which each needs the one before, on
// registers alone. It takes as long on every core, whatever the caches hold.
//
//go:noinline
func spin(rounds int) uint64 {
	x := uint64(88172645463325252)
	for range rounds {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// Work returns a task that computes for d, or does nothing for 0.
func Work(d time.Duration) func() {
	if d == 0 {
		return func() {}
	}
	rounds := int(d.Seconds() * 1e6 * RoundsPerMicrosecond())
	return func() { runtime.KeepAlive(spin(rounds)) }
}

// SpinVariable is the environment variable that carries the calibration of one
// process to the others of a run, so that all work to the same measure.
const SpinVariable = "WORKERPOOL_BENCH_SPIN"

// RoundsPerMicrosecond is the speed of spin: what SpinVariable says, or else
// what Calibrate finds.
var RoundsPerMicrosecond = sync.OnceValue(func() float64 {
	value := os.Getenv(SpinVariable)
	if value == "" {
		return Calibrate()
	}
	speed, err := strconv.ParseFloat(value, 64)
	if err != nil || speed <= 0 {
		panic(fmt.Sprintf("benchmarks: %s=%q: want a positive number", SpinVariable, value))
	}
	return speed
})

// Calibrate measures the speed of spin, in rounds per microsecond. Everything
// that can go wrong makes a trial longer, never shorter, so it takes the
// shortest of many trials.
func Calibrate() float64 {
	const (
		rounds = 100_000 // about 100 µs: long beside the clock, short beside a time slice
		trials = 500
	)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best := time.Duration(1<<63 - 1)
	for range trials {
		start := time.Now()
		runtime.KeepAlive(spin(rounds))
		best = min(best, time.Since(start))
	}
	return rounds / (best.Seconds() * 1e6)
}
