// Package distance tells how far apart two processors are: how long one waits
// for what the other has just written.
//
// Whatever two threads share is as slow as that. On a virtual machine it is not
// fixed: the host moves the virtual processors, onto cores with a common cache
// at one time, and far from each other at another, and does not say so. Two
// measurements are comparable only at the same distance, so each is enclosed by
// two probes, and sorted by what they say.
package distance

import (
	"runtime"
	"slices"
	"sync/atomic"
	"time"
)

// A Distance is what the probes around a measurement say.
type Distance string

const (
	// Unknown is the distance of a measurement without probes: with one
	// processor there is none.
	Unknown Distance = ""

	Near Distance = "near"
	Far  Distance = "far"

	// Mixed is neither: one probe said near and the other far, or one of them
	// said something between.
	Mixed Distance = "mixed"
)

// The units in which a benchmark reports the probes around it.
const (
	BeforeUnit = "probe-before-ns"
	AfterUnit  = "probe-after-ns"
)

// The limits of a round trip, in nanoseconds. Cores that share a cache, or a
// chip, need 40 to 200. What is beyond the chip takes several times as long. A
// limit of its own for each side leaves a gap, so that a measurement near the
// border is in neither.
const (
	NearBelow = 250
	FarAbove  = 300

	// No memory is this far away. A longer round trip is that of two threads
	// which have to share one processor, because another program has the other.
	FarBelow = 5_000
)

// Of sorts a measurement by the round trips before and after it, in nanoseconds.
func Of(before, after float64) Distance {
	switch {
	case max(before, after) < NearBelow:
		return Near
	case min(before, after) > FarAbove && max(before, after) < FarBelow:
		return Far
	}
	return Mixed
}

const (
	batches = 10
	trips   = 100 // in each batch

	// How long the two threads may take until each has a processor. The system
	// often starts them on the same one, and looks whether another is idle at its
	// next tick or later.
	limit = 30 * time.Millisecond
)

// Probe lets two threads hand a word to each other again and again, and returns
// the time of a round trip in nanoseconds: the median of some batches, so that an
// interruption does not count. It reports false if only one thread may run at a
// time.
//
// When it returns, the process has two threads that last ran on different
// processors, unless the machine is busy.
func Probe() (ns float64, ok bool) {
	if runtime.GOMAXPROCS(0) < 2 {
		return 0, false
	}
	var w word
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for ball := uint32(1); w.await(ball); ball += 2 {
			w.v.Store(ball + 1)
		}
	}()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	ball := uint32(1)
	measure := func(trips int) (perTrip float64) {
		start := time.Now()
		for range trips {
			w.v.Store(ball)
			w.await(ball + 1)
			ball += 2
		}
		return float64(time.Since(start)) / float64(trips)
	}
	begin := time.Now()
	for ns = measure(1); ns >= FarBelow && time.Since(begin) < limit; {
		ns = measure(1)
	}
	if ns < FarBelow {
		var times []float64
		for len(times) < batches && time.Since(begin) < 2*limit {
			times = append(times, measure(trips))
		}
		slices.Sort(times)
		ns = times[len(times)/2]
	}
	w.v.Store(over)
	<-stopped
	return ns, true
}

// A word is alone in its cache lines, of which some processors fetch two at once.
type word struct {
	_ [128]byte
	v atomic.Uint32
	_ [128]byte
}

// over is the value that ends the game. It is even, and no ball gets that far.
const over = 0xffff_fffe

// await spins until the word has a value, and reports false if it is over.
//
// If both threads are on one processor, the one that spins keeps the other from
// answering. It yields, but only after much longer than the other takes to wake up
// where it has a processor of its own: two threads that yield at each turn would
// measure nothing but the yielding.
func (w *word) await(value uint32) bool {
	for i := 1; ; i++ {
		switch w.v.Load() {
		case value:
			return true
		case over:
			return false
		}
		if i%100_000 == 0 {
			runtime.Gosched()
		}
	}
}
