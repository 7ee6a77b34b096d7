package pooltest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/pool"
)

// randomWorlds draws everything: the size, the producers, how they submit, what
// the tasks do, and when Shutdown comes, and from how many sides. What it draws
// follows from POOLTEST_SEED, so a world can be had again; its schedule can't.
func randomWorlds(t *testing.T, impl Impl) {
	seed := uint64(1)
	if s := os.Getenv("POOLTEST_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("POOLTEST_SEED=%q: want a number", s)
		}
	}
	for round := range rounds(200) {
		w := drawWorld(seed, round)
		run := func(t *testing.T) {
			t.Logf("POOLTEST_SEED=%d, world %d: %+v", seed, round, w)
			w.run(t, impl)
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

// A world is what is done to one pool.
type world struct {
	size      int
	producers int
	each      int // tasks of each producer
	waits     int // of ten submits, how many are SubmitWaits
	faults    int // of ten tasks, how many do anything but return
	shutdowns int // goroutines that call Shutdown
	delay     int // how many submits have begun when they do
	seed      uint64
}

func drawWorld(seed uint64, round int) world {
	r := rand.New(rand.NewPCG(seed, uint64(round)))
	w := world{
		size:      1 + r.IntN(4),
		producers: 1 + r.IntN(16),
		each:      1 + r.IntN(100),
		waits:     r.IntN(11),
		faults:    r.IntN(11),
		shutdowns: 1 + r.IntN(3),
		seed:      r.Uint64(),
	}
	switch r.IntN(8) {
	case 0:
		w.size = 1 + r.IntN(64)
	case 1:
		w.size = 1000
	}
	w.delay = r.IntN(w.producers*w.each + 1)
	if r.IntN(2) == 0 {
		w.delay = w.producers * w.each // all of them
	}
	return w
}

func (w world) run(t *testing.T, impl Impl) {
	n := w.producers * w.each
	p := impl.New(w.size, quiet())
	l := newLedger(2 * n) // each task may submit one of its own
	var begun atomic.Int32
	crowd(w.producers+w.shutdowns, func(who int) {
		if who >= w.producers {
			for int(begun.Load()) < w.delay {
				runtime.Gosched()
			}
			l.shutdown(p)
			return
		}
		r := rand.New(rand.NewPCG(w.seed, uint64(who)))
		for i := who * w.each; i < (who+1)*w.each; i++ {
			submit := p.Submit
			if r.IntN(10) < w.waits {
				submit = p.SubmitWait
			}
			body := func() {}
			if r.IntN(10) < w.faults {
				body = drawFault(r, func() { _ = l.submit(p.Submit, n+i, func() {}) })
			}
			begun.Inc()
			if err := l.submit(submit, i, body); err != nil && err != pool.ErrPoolFull {
				return
			}
		}
	})
	l.check(t)
	if s := p.Stats(); int(s.Submitted) != l.accepted() || s.Completed != s.Submitted || s.Busy != 0 || s.Queued != 0 || s.Waiting != 0 {
		t.Errorf("%d tasks were accepted; Stats after Shutdown: %+v", l.accepted(), s)
	}
}

// drawFault draws what a task does that does not just return.
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
