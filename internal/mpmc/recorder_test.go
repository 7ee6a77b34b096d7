package mpmc_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/anishathalye/porcupine"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

// A queue is the ring, or a ring with a fault. The slow push and pop yield
// between the two halves of their work, so that other goroutines find slots that
// are being written or read, even on one processor.
type queue interface {
	push(value int, slow bool) mpmc.Outcome
	run(values []int) (int, mpmc.Outcome)
	pop(slow bool) (int, mpmc.Outcome)
	peek() mpmc.Outcome
	close() bool
}

// A rightQueue is the ring as it is.
type rightQueue struct{ ring *mpmc.Ring[int] }

func (q rightQueue) push(value int, slow bool) mpmc.Outcome {
	for slow {
		publish, o := q.ring.StallPush(value)
		switch o {
		case mpmc.OK:
			dawdle()
			publish()
			return o
		case mpmc.Full, mpmc.Closed:
			return o
		}
		runtime.Gosched() // contended, or the slot is being read: as in TryPush
	}
	return q.ring.TryPush(value)
}

func (q rightQueue) run(values []int) (int, mpmc.Outcome) { return q.ring.TryPushBatch(values) }

func (q rightQueue) pop(slow bool) (int, mpmc.Outcome) {
	for slow {
		release, o := q.ring.StallPop()
		switch o {
		case mpmc.OK:
			dawdle()
			return release(), o
		case mpmc.Empty, mpmc.Pending, mpmc.Drained:
			return 0, o
		}
	}
	return q.ring.TryPop()
}

func (q rightQueue) peek() mpmc.Outcome { return q.ring.Peek() }

func (q rightQueue) close() bool { return q.ring.Close() }

// dawdle lets other goroutines run.
func dawdle() {
	for range 1 + rand.IntN(3) {
		runtime.Gosched()
	}
}

// A recorder records what one goroutine does. A counter that all recorders share
// gives the order of calls and returns, because a clock would be too coarse.
type recorder struct {
	clock   *atomic.Int64
	who     int
	queue   queue
	history []porcupine.Operation
}

// record does one operation, and records its steps.
func (r *recorder) record(what kind, value int, slow bool) step {
	s := step{kind: what, value: value}
	called := r.clock.Inc()
	switch what {
	case push:
		s.outcome = r.queue.push(value, slow)
	case run:
		s.length, s.outcome = r.queue.run([]int{value, value + 1, value + 2})
	case pop:
		s.value, s.outcome = r.queue.pop(slow)
	case peek:
		s.outcome = r.queue.peek()
	case closing:
		s.first = r.queue.close()
	}
	returned := r.clock.Inc()
	book := func(s step) {
		r.history = append(r.history, porcupine.Operation{ClientId: r.who, Input: s, Call: called, Return: returned})
	}
	book(s)
	if what == push && s.outcome == mpmc.OK {
		book(step{kind: publish, value: value})
	}
	for i := range s.length {
		book(step{kind: publish, value: value + i})
	}
	return s
}

// runAll does a number of random operations. One of them may be Close.
func (r *recorder) runAll(operations int, closes bool) {
	closeAt := -1
	if closes {
		closeAt = rand.IntN(operations)
	}
	for i := range operations {
		slow, dice := rand.IntN(4) == 0, rand.IntN(20)
		switch {
		case i == closeAt:
			r.record(closing, 0, false)
		case dice < 7:
			r.record(push, 1000*r.who+10*i+1, slow)
		case dice < 9:
			r.record(run, 1000*r.who+10*i+1, false)
		case dice < 18:
			r.record(pop, 0, slow)
		default:
			r.record(peek, 0, false)
		}
		if dice%4 == 0 {
			runtime.Gosched()
		}
	}
}

// recordHistory has 3 or 4 goroutines do 6 to 10 operations each, at the same
// time, and then takes out what is left. In every third history, one or two of
// them close the queue.
func recordHistory(q queue) []porcupine.Operation {
	var clock atomic.Int64
	recorders := make([]recorder, 3+rand.IntN(2))
	closers := max(0, rand.IntN(6)-3)
	var ready atomic.Int32
	var all sync.WaitGroup
	for who := range recorders {
		r := &recorders[who]
		*r = recorder{clock: &clock, who: who, queue: q}
		all.Go(func() {
			r.history = make([]porcupine.Operation, 0, 20)
			for ready.Inc(); int(ready.Load()) < len(recorders); {
				runtime.Gosched()
			}
			r.runAll(6+rand.IntN(5), who < closers)
		})
	}
	all.Wait()
	last := recorder{clock: &clock, who: len(recorders), queue: q}
	for range 100 { // a faulty queue may never be empty
		if o := last.record(pop, 0, false).outcome; o == mpmc.Empty || o == mpmc.Drained {
			break
		}
		runtime.Gosched()
	}
	history := last.history
	for i := range recorders {
		history = append(history, recorders[i].history...)
	}
	return history
}

// outcomes adds the outcomes of a history to counts.
func outcomes(history []porcupine.Operation, counts map[string]int) {
	for _, o := range history {
		s := o.Input.(step)
		switch s.kind {
		case closing:
			counts[fmt.Sprintf("close first=%t", s.first)]++
		case push, run, pop, peek:
			counts[fmt.Sprintf("%s %d", s.kind, s.outcome)]++
		}
	}
}

// describe returns a history as a text, with a line for each operation, in the
// order of the calls.
func describe(history []porcupine.Operation) string {
	history = slices.Clone(history)
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	var text strings.Builder
	for _, o := range history {
		s := o.Input.(step)
		fmt.Fprintf(&text, "%3d to %3d  goroutine %d  %-7s value %4d  outcome %d  first %t  length %d\n",
			o.Call, o.Return, o.ClientId, s.kind, s.value, s.outcome, s.first, s.length)
	}
	return text.String()
}
