//go:build modelcheck

package mpmc

import (
	"fmt"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
)

// These are the programs. scenario_test.go checks them under all schedules
// within the bounds: see package explore.

// eachRing runs program on small rings: new ones, and ones whose positions
// overflow within the program. Some of them are tables.
func eachRing(t *testing.T, effort explore.Effort, program func(w *scenario)) {
	for capacity := 1; capacity <= 3; capacity++ {
		for _, start := range []struct {
			name string
			ring func() *Ring[int]
		}{
			{"zero", func() *Ring[int] { return New[int](capacity) }},
			{"wrap", func() *Ring[int] { return NewTable[int](capacity, LastLap) }},
		} {
			t.Run(fmt.Sprintf("capacity=%d/from=%s", capacity, start.name), func(t *testing.T) {
				explore.Check(t, effort, func(r *explore.Run) {
					w := newScenario(r, start.ring())
					program(w)
					w.finish()
				})
			})
		}
	}
}

// produce starts producers that each push a number of values.
func (w *scenario) produce(producers, values int) {
	for p := range producers {
		w.Go(fmt.Sprint("producer ", p+1), func() {
			for n := range values {
				w.push(n)
			}
		})
	}
}

// consume starts consumers that each pop a number of times.
func (w *scenario) consume(consumers, times int) {
	for c := range consumers {
		w.Go(fmt.Sprint("consumer ", c+1), func() {
			pop := w.consumer()
			for range times {
				pop()
			}
		})
	}
}

func TestSchedulesOfOneProducerAndOneConsumer(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: explore.Any}, func(w *scenario) {
		w.produce(1, 3)
		w.consume(1, 3)
	})
}

// All schedules of these programs would take minutes. To try them, set
// EXPLORE_TIME.
func TestSchedulesOfTwoProducersAndTwoConsumers(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: 3, Random: 2000}, func(w *scenario) {
		w.produce(2, 1)
		w.consume(2, 1)
	})
}

func TestSchedulesOfRuns(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: 3, Random: 2000}, func(w *scenario) {
		w.Go("producer of a run", func() { w.pushBatch(0, 3) })
		w.produce(1, 1)
		w.consume(1, 2)
	})
}

func TestSchedulesOfRunsThatMeet(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: 2, Random: 1000}, func(w *scenario) {
		for range 2 {
			w.Go("producer of runs", func() {
				w.pushBatch(0, 2)
				w.pushBatch(2, 2)
			})
		}
		w.consume(1, 3)
		w.Go("closer", w.close)
	})
}

func TestSchedulesOfMorePushesAndPops(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: 2, Random: 1000}, func(w *scenario) {
		w.produce(2, 2)
		w.consume(2, 2)
	})
}

func TestSchedulesOfPeek(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: explore.Any}, func(w *scenario) {
		w.produce(1, 2)
		w.consume(1, 1)
		w.Go("peeker", w.peek)
	})
}

func TestSchedulesOfClose(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: explore.Any}, func(w *scenario) {
		w.produce(1, 1)
		w.consume(1, 2)
		w.Go("closer", w.close)
		w.close()
	})
}

func TestSchedulesOfCloseAndTwoProducers(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: 2, Random: 1000}, func(w *scenario) {
		w.produce(2, 2)
		w.consume(1, 2)
		w.Go("closer", w.close)
	})
}

// At first the ring is full. A push that finds the oldest slot still being read must not
// take that for Full: since it began, there has been room.
func TestSchedulesOfRefusalsWhileASlotIsRead(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: 3, Random: 2000}, func(w *scenario) {
		w.Prepare(func() {
			for n := range w.ring.Cap() {
				w.push(n)
			}
		})
		w.consume(2, 1)
		w.produce(2, 1)
	})
}
