package benchmarks

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// eachContestant runs a test on each contestant at
// several sizes.
func eachContestant(t *testing.T, run func(t *testing.T, make func(size int) Pool, size int)) {
	for _, c := range Contestants {
		for _, size := range []int{1, 3, 50} {
			t.Run(fmt.Sprintf("%s/size=%d", c.Name, size), func(t *testing.T) { run(t, c.New, size) })
		}
	}
}

func TestEveryTaskRunsExactlyOnce(t *testing.T) {
	const producers, each = 8, 500
	eachContestant(t, func(t *testing.T, make func(int) Pool, size int) {
		var ledger [producers * each]atomic.Int32
		p := make(size)
		var done sync.WaitGroup
		for i := range producers {
			done.Go(func() {
				for k := range each {
					entry := &ledger[i*each+k]
					p.Submit(func() { entry.Add(1) })
				}
			})
		}
		done.Wait()
		p.Close()
		for i := range ledger {
			if n := ledger[i].Load(); n != 1 {
				t.Fatalf("task %d ran %d times, want once", i, n)
			}
		}
	})
}

func TestCloseWaitsForEveryTask(t *testing.T) {
	eachContestant(t, func(t *testing.T, make func(int) Pool, size int) {
		for range 20 {
			var ended atomic.Int64
			p := make(size)
			for range 3 * size {
				p.Submit(func() {
					for range 10 {
						runtime.Gosched() // so that Close has the time to return too early
					}
					ended.Add(1)
				})
			}
			p.Close()
			if n := ended.Load(); n != int64(3*size) {
				t.Fatalf("Close returned when %d of %d tasks had ended", n, 3*size)
			}
		}
	})
}

func TestExactlySizeTasksRunAtATime(t *testing.T) {
	eachContestant(t, func(t *testing.T, make func(int) Pool, size int) {
		p := make(size)
		start(p, size) // ends only if size tasks can run at a time

		var running, most atomic.Int64
		for range 20 * size {
			p.Submit(func() {
				n := running.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				runtime.Gosched()
				running.Add(-1)
			})
		}
		p.Close()
		if n := most.Load(); n > int64(size) {
			t.Errorf("%d tasks ran at a time, want at most %d", n, size)
		}
	})
}

func TestARefusingPoolHoldsWhatItSays(t *testing.T) {
	for _, c := range Contestants {
		if c.NewRefusing == nil {
			continue
		}
		for _, size := range []int{1, 3, 50} {
			t.Run(fmt.Sprintf("%s/size=%d", c.Name, size), func(t *testing.T) {
				p := c.NewRefusing(size)
				queued, release := fill(p, size)
				if want := c.Queue(size); queued != want {
					t.Errorf("%d tasks waited beside those that ran, want %d", queued, want)
				}
				if p.TrySubmit(func() {}) {
					t.Error("a full pool accepted one more")
				}
				release()
				p.Close()
			})
		}
	}
}

func TestCalibrationCanBeRepeated(t *testing.T) {
	if ratio := Calibrate() / Calibrate(); ratio < 0.5 || ratio > 2 {
		t.Errorf("two calibrations differ by a factor of %.2f", ratio)
	}
}
