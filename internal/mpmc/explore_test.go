//go:build modelcheck

package mpmc

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
)

// What is done here is watched by world_test.go, under all schedules that the
// effort allows: see package explore.

// eachRing runs program on small rings, new ones and such whose positions
// overflow within the program.
func eachRing(t *testing.T, effort explore.Effort, program func(w *world)) {
	for capacity := 1; capacity <= 3; capacity++ {
		for _, start := range []struct {
			name string
			laps uint64
		}{{"zero", 0}, {"wrap", LastLaps(capacity, 1)}} {
			t.Run(fmt.Sprintf("capacity=%d/from=%s", capacity, start.name), func(t *testing.T) {
				explore.Check(t, effort, func(r *explore.Run) {
					w := newWorld(r, capacity, start.laps)
					program(w)
					w.finish()
				})
			})
		}
	}
}

// produce starts so many producers that push so many values each.
func (w *world) produce(producers, values int) {
	for p := range producers {
		w.Go(fmt.Sprint("producer ", p+1), func() {
			for n := range values {
				w.push(n)
			}
		})
	}
}

// consume starts so many consumers that pop so many times each.
func (w *world) consume(consumers, times int) {
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
	eachRing(t, explore.Effort{Preemptions: explore.Any}, func(w *world) {
		w.produce(1, 4)
		w.consume(1, 4)
	})
}

func TestSchedulesOfTwoProducersAndTwoConsumers(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: explore.Any}, func(w *world) {
		w.produce(2, 1)
		w.consume(2, 1)
	})
}

func TestSchedulesOfRuns(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: explore.Any}, func(w *world) {
		w.Go("producer of a run", func() { w.pushRun(0, 3) })
		w.produce(1, 1)
		w.consume(1, 2)
	})
}

func TestSchedulesOfRunsThatMeet(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: 2, Random: 1000}, func(w *world) {
		for range 2 {
			w.Go("producer of runs", func() {
				w.pushRun(0, 2)
				w.pushRun(2, 2)
			})
		}
		w.consume(1, 3)
		w.Go("closer", w.close)
	})
}

func TestSchedulesOfMorePushesAndPops(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: 2, Random: 1000}, func(w *world) {
		w.produce(2, 2)
		w.consume(2, 2)
	})
}

func TestSchedulesOfPeek(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: explore.Any}, func(w *world) {
		w.produce(1, 2)
		w.consume(1, 1)
		w.Go("peeker", w.peek)
	})
}

func TestSchedulesOfClose(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: explore.Any}, func(w *world) {
		w.produce(1, 1)
		w.consume(1, 2)
		w.Go("closer", w.close)
		w.close()
	})
}

func TestSchedulesOfCloseAndTwoProducers(t *testing.T) {
	eachRing(t, explore.Effort{Preemptions: 2, Random: 1000}, func(w *world) {
		w.produce(2, 2)
		w.consume(1, 2)
		w.Go("closer", w.close)
	})
}

// A ring is replaced while producers push and a consumer pops. What was pushed is
// popped before, or in the next ring, or is what is left, once and in order.
func TestSchedulesOfMoveTo(t *testing.T) {
	for room := 1; room <= 3; room++ {
		t.Run(fmt.Sprintf("room=%d", room), func(t *testing.T) {
			explore.Check(t, explore.Effort{Preemptions: 3, Random: 400}, func(r *explore.Run) {
				old, next := New[int](2), New[int](room)
				pushed := [2][]int{}
				var popped []int
				for p := range 2 {
					r.Go(fmt.Sprint("producer ", p+1), func() {
						for n := range 2 {
							switch o := old.TryPush(10*p + n); o {
							case OK:
								pushed[p] = append(pushed[p], 10*p+n)
							case Full, Closed:
							default:
								r.Failf("a push has the outcome %d", o)
							}
						}
					})
				}
				r.Go("consumer", func() {
					for range 3 {
						if v, o := old.TryPop(); o == OK {
							popped = append(popped, v)
						}
					}
				})
				rest := old.MoveTo(next)
				r.Settle()
				if next.Popped() != uint64(len(popped)) {
					r.Failf("%d values were popped, and the next ring says %d", len(popped), next.Popped())
				}
				all := popped
				for v, o := next.TryPop(); o == OK; v, o = next.TryPop() {
					all = append(all, v)
				}
				if len(rest) > 0 && len(all)-len(popped) != room {
					r.Failf("%d values are left, and only %d in the next ring", len(rest), len(all)-len(popped))
				}
				all = append(all, rest...)
				for p := range 2 {
					var got []int
					for _, v := range all {
						if v/10 == p {
							got = append(got, v)
						}
					}
					if !slices.Equal(got, pushed[p]) {
						r.Failf("producer %d has pushed %v, and %v arrived", p+1, pushed[p], got)
					}
				}
				if old.Peek() != Drained {
					r.Failf("the old ring is not drained")
				}
			})
		})
	}
}
