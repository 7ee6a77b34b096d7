package pooltest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
)

// randomScenarios chooses everything at random: the size, the producers, how they
// submit, what the tasks do, when the pool is shut down, and by how many
// goroutines. POOLTEST_SEED determines the choices, so a scenario can be repeated,
// but not its schedule.
func randomScenarios(t *testing.T, impl Impl) {
	seed := uint64(1)
	if text := os.Getenv("POOLTEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("POOLTEST_SEED=%q: want a number", text)
		}
	}
	for round := range rounds(200) {
		s := drawScenario(seed, round)
		run := func(t *testing.T) {
			t.Logf("POOLTEST_SEED=%d, scenario %d: %+v", seed, round, s)
			s.run(t, impl)
		}
		if round%2 == 0 {
			bubble(t, run)
		} else {
			run(t)
		}
		if t.Failed() {
			return
		}
	}
}

// A scenario is what is done to one pool.
type scenario struct {
	size      int
	queue     int // capacity; the default if negative
	producers int
	each      int // tasks of each producer
	waits     int // of ten submits, how many wait for room
	contexts  int // of ten submits that wait, how many have a context that ends
	batches   int // of ten submits, how many are batches
	faults    int // of ten tasks, how many do something else than return
	shutdowns int // goroutines that shut the pool down, each in one of three ways
	delay     int // how many submits have begun by then
	waiting   int // goroutines that call Wait again and again
	seed      uint64
}

func drawScenario(seed uint64, round int) scenario {
	r := rand.New(rand.NewPCG(seed, uint64(round)))
	s := scenario{
		size:      1 + r.IntN(4),
		producers: 1 + r.IntN(16),
		each:      1 + r.IntN(100),
		waits:     r.IntN(11),
		contexts:  r.IntN(11),
		batches:   r.IntN(4),
		faults:    r.IntN(11),
		shutdowns: 1 + r.IntN(3),
		waiting:   r.IntN(3),
		seed:      r.Uint64(),
	}
	s.queue = -1
	if r.IntN(2) == 0 {
		s.queue = r.IntN(2 * s.size)
	}
	switch r.IntN(8) {
	case 0:
		s.size = 1 + r.IntN(64)
	case 1:
		s.size = 1000
	}
	s.delay = r.IntN(s.producers*s.each + 1)
	if r.IntN(2) == 0 {
		s.delay = s.producers * s.each // all of them
	}
	return s
}

func (s scenario) run(t *testing.T, impl Impl) {
	n := s.producers * s.each
	opts := []workerpool.Option{quiet()}
	if s.queue >= 0 {
		opts = append(opts, workerpool.WithQueueCapacity(s.queue))
	}
	p := impl.New(s.size, opts...)
	l := newRecords(2 * n) // each task may submit one of its own
	var begun, returned atomic.Int32
	var closed atomic.Bool
	ctx, end := endable()
	defer end()
	concurrently(s.producers+s.shutdowns+s.waiting, func(id int) {
		r := rand.New(rand.NewPCG(s.seed, uint64(id)))
		if id >= s.producers+s.shutdowns {
			for !closed.Load() {
				if err := p.Wait(ctx); err != nil {
					return
				}
				runtime.Gosched() // or other goroutines would not run for long while the pool is quiescent
			}
			return
		}
		if id >= s.producers {
			for int(begun.Load()) < s.delay {
				runtime.Gosched()
			}
			switch r.IntN(3) {
			case 0:
				p.Shutdown()
			case 1:
				_ = p.ShutdownContext(ctx)
				p.Shutdown()
			case 2:
				returned.Add(int32(runReturned(takeBack(p))))
			}
			closed.Store(true)
			return
		}
		draw := func(i int) func() {
			if r.IntN(10) < s.faults {
				return drawFault(r, func() { _ = l.submit(p.Submit, n+i, func() {}) })
			}
			return func() {}
		}
		for i := id * s.each; i < (id+1)*s.each; {
			var err error
			if r.IntN(10) < s.batches {
				size := min(1+r.IntN(100), (id+1)*s.each-i)
				begun.Add(int32(size))
				err = l.submitBatch(p, r.IntN(10) < s.waits, i, size, draw)
				i += size
			} else {
				submit := p.Submit
				if r.IntN(10) < s.waits {
					submit = p.SubmitWait
					if r.IntN(10) < s.contexts {
						ctx, end := endable()
						submit = func(task func()) error { return p.SubmitContext(ctx, task) }
						if r.IntN(2) == 0 {
							go end()
						}
					}
				}
				begun.Inc()
				err = l.submit(submit, i, draw(i))
				i++
			}
			if err == workerpool.ErrPoolClosed {
				begun.Add(int32((id+1)*s.each - i))
				return
			}
		}
	})
	l.sealed.Store(true)
	l.check(t)
	stats := p.Stats()
	if int(stats.Submitted) != l.accepted() || stats.Completed+stats.Returned != stats.Submitted || stats.Returned != uint64(returned.Load()) ||
		stats.Busy != 0 || stats.Queued != 0 || stats.Waiting != 0 {
		t.Errorf("%d tasks were accepted, and %d returned; Stats after Shutdown: %+v", l.accepted(), returned.Load(), stats)
	}
}

// runReturned runs tasks that ShutdownNow has returned, each on a goroutine of
// its own, because they may panic or call Goexit. It returns their number.
func runReturned(tasks []func()) int {
	for _, task := range tasks {
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() { _ = recover() }()
			task()
		}()
		<-done
	}
	return len(tasks)
}

// drawFault chooses at random what a task does if it does not just return.
func drawFault(r *rand.Rand, submit func()) func() {
	switch kind := r.IntN(6); kind {
	case 0:
		return func() { panic(fmt.Sprintf("a fault of kind %d", kind)) }
	case 1:
		return runtime.Goexit
	case 2:
		return submit
	case 3:
		return func() { submit(); panic("a fault after a submit") }
	case 4:
		return func() { defer submit(); runtime.Goexit() }
	default:
		yields := 1 << r.IntN(8)
		return func() {
			for range yields {
				runtime.Gosched()
			}
		}
	}
}
