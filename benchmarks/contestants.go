// Package benchmarks compares the pools of this module with each other and
// with what else one would take: the public pools, errgroup, a goroutine per
// task, and the channel pool that everybody has written once.
//
// It is a module of its own, so that a program that imports a pool never
// hears of the libraries that the pool is compared with.
//
// The contestants are in contestants.go, one small adapter each. The grid in
// cells.go lists all that is measured; every benchmark walks its part of it,
// and scripts/bench.sh walks all of it, one process per cell and round.
package benchmarks

import (
	"context"
	"errors"
	"runtime"

	"github.com/alitto/pond/v2"
	"github.com/bytedance/gopkg/util/gopool"
	gammazero "github.com/gammazero/workerpool"
	"github.com/panjf2000/ants/v2"
	conc "github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"

	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// A Pool is a contestant at work. Its three functions are all that the
// benchmarks know of it.
type Pool struct {
	// Submit hands a task over, and blocks while the pool has no room.
	Submit func(task func())

	// TrySubmit hands a task over, or reports false at once if the pool has
	// no room. It is nil for a pool that never refuses.
	TrySubmit func(task func()) bool

	// Close returns when every task handed over has ended. Nothing may be
	// submitted any more.
	Close func()

	// bind is set if the pool's tasks are no func(). It makes one of them of a
	// task, and returns functions that submit just that.
	bind func(task func()) (submit func(), try func() bool)
}

// Submitting returns a function that submits this one task, again and again. A
// benchmark makes its task once, and so should a pool whose tasks are of another type.
func (p Pool) Submitting(task func()) func() {
	if p.bind == nil {
		return func() { p.Submit(task) }
	}
	submit, _ := p.bind(task)
	return submit
}

// Trying is Submitting for TrySubmit.
func (p Pool) Trying(task func()) func() bool {
	if p.bind == nil {
		return func() bool { return p.TrySubmit(task) }
	}
	_, try := p.bind(task)
	return try
}

// A Contestant says how to make a Pool, and what its maker promises.
type Contestant struct {
	Name string // as in impl=Name

	// New makes a pool that runs at most size tasks at a time.
	New func(size int) Pool

	// NewRefusing makes one whose TrySubmit works. It is nil if the library
	// has no submit that refuses. Some have it as a mode of the whole pool,
	// in which Submit does not block: hence a second constructor.
	NewRefusing func(size int) Pool

	// Queue is how many tasks wait in a pool of this size beside those that
	// run. None of the public pools but pond lets the user choose it.
	Queue func(size int) int
}

// Unbounded is the Queue of a pool that accepts whatever comes.
const Unbounded = -1

// Contestants lists them in the order of tables and plots: first ours, with
// the base and its double, then the peers.
var Contestants = []Contestant{
	{Name: "chan", New: newChan, NewRefusing: newChan, Queue: double},
	// The same pool under a second name: what it seems to differ by is the
	// noise of the whole comparison.
	{Name: "chan2", New: newChan, NewRefusing: newChan, Queue: double},
	{Name: "barechan", New: newBare, NewRefusing: newBare, Queue: double},
	{Name: "ring", New: newRing, NewRefusing: newRing, Queue: double},
	{Name: "ants", New: newAnts, NewRefusing: newAntsRefusing, Queue: none},
	{Name: "pond", New: newPond, NewRefusing: newPondRefusing, Queue: double},
	{Name: "gammazero", New: newGammazero, Queue: unbounded},
	{Name: "gopool", New: newGopool, Queue: unbounded},
	{Name: "conc", New: newConc, Queue: none},
	{Name: "errgroup", New: newErrgroup, NewRefusing: newErrgroup, Queue: none},
	{Name: "gosem", New: newGosem, NewRefusing: newGosem, Queue: none},
}

// Find returns the contestant of that name, or nil.
func Find(name string) *Contestant {
	for i := range Contestants {
		if Contestants[i].Name == name {
			return &Contestants[i]
		}
	}
	return nil
}

func double(size int) int { return 2 * size }
func none(int) int        { return 0 }
func unbounded(int) int   { return Unbounded }

// must is for errors that would mean a broken benchmark, such as a closed
// pool.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// accepted turns the error of a submit that may refuse into a bool. It looks whether
// it is the very error first: errors.Is takes as long as some pools need to refuse.
func accepted(err, full error) bool {
	if err != nil && err != full && !errors.Is(err, full) {
		panic(err)
	}
	return err == nil
}

// chanpool: the base of every comparison.
func newChan(size int) Pool {
	p := chanpool.New(size)
	return Pool{
		Submit:    func(task func()) { must(p.SubmitWait(task)) },
		TrySubmit: func(task func()) bool { return accepted(p.Submit(task), chanpool.ErrPoolFull) },
		Close:     p.Shutdown,
	}
}

// ringpool.
func newRing(size int) Pool {
	p := ringpool.New(size)
	return Pool{
		Submit:    func(task func()) { must(p.SubmitWait(task)) },
		TrySubmit: func(task func()) bool { return accepted(p.Submit(task), ringpool.ErrPoolFull) },
		Close:     p.Shutdown,
	}
}

// The obvious channel pool, see barechan.go.
func newBare(size int) Pool {
	p := newBarechan(size)
	return Pool{
		Submit:    p.SubmitWait,
		TrySubmit: func(task func()) bool { return accepted(p.Submit(task), errBareFull) },
		Close:     p.Shutdown,
	}
}

// ants has no queue: a submit waits for a free worker. Preallocated, with
// workers that stay, which is as near as it comes to a pool of fixed size.
func newAnts(size int) Pool {
	return antsPool(size, ants.WithPreAlloc(true), ants.WithDisablePurge(true))
}

func newAntsRefusing(size int) Pool {
	return antsPool(size, ants.WithPreAlloc(true), ants.WithDisablePurge(true), ants.WithNonblocking(true))
}

func antsPool(size int, options ...ants.Option) Pool {
	p, err := ants.NewPool(size, options...)
	must(err)
	return Pool{
		Submit:    func(task func()) { must(p.Submit(task)) },
		TrySubmit: func(task func()) bool { return accepted(p.Submit(task), ants.ErrPoolOverload) },
		Close:     func() { must(p.ReleaseContext(context.Background())) },
	}
}

// Importing ants starts a pool with two tickers. They must not tick in the
// measurements of the others.
func init() { ants.Release() }

// pond, by its Go, which makes no future, with our bound. Its recovery from
// panics stays on, since the other pools that can recover do so too.
func newPond(size int) Pool { return pondPool(size, pond.WithQueueSize(2*size)) }
func newPondRefusing(size int) Pool {
	return pondPool(size, pond.WithQueueSize(2*size), pond.WithNonBlocking(true))
}

func pondPool(size int, options ...pond.Option) Pool {
	p := pond.NewPool(size, options...)
	return Pool{
		Submit:    func(task func()) { must(p.Go(task)) },
		TrySubmit: func(task func()) bool { return accepted(p.Go(task), pond.ErrQueueFull) },
		Close:     p.StopAndWait,
	}
}

// gammazero's queue is unbounded, so its producers never wait, and its memory
// grows with what they are ahead.
func newGammazero(size int) Pool {
	p := gammazero.New(size)
	return Pool{
		Submit: func(task func()) { must(p.Do(task)) },
		Close:  p.StopWait,
	}
}

// gopool's queue is unbounded, too. A worker ends when the queue is empty. The pool
// cannot be closed or waited for. So Close submits one task more, and when that one
// begins, the queue is empty: tasks are taken first in, first out. What is left is at most
// the end of one task for each worker, and Close looks again and again whether there is still
// a worker. If it did so from the beginning, it would take a core from the pool that it measures.
func newGopool(size int) Pool {
	p := gopool.NewPool("bench", int32(size), gopool.NewConfig())
	return Pool{
		Submit: p.Go,
		Close: func() {
			taken := make(chan struct{})
			p.Go(func() { close(taken) })
			<-taken
			for p.WorkerCount() > 0 {
				runtime.Gosched()
			}
		},
	}
}

// conc has no queue, and no submit that refuses.
func newConc(size int) Pool {
	p := conc.New().WithMaxGoroutines(size)
	return Pool{Submit: p.Go, Close: p.Wait}
}

// errgroup starts a goroutine per task. Its functions return an error, so the
// adapter wraps each task. A benchmark that submits one task again and again has it
// wrapped once.
func newErrgroup(size int) Pool {
	g := new(errgroup.Group)
	g.SetLimit(size)
	wrap := func(task func()) func() error {
		return func() error { task(); return nil }
	}
	return Pool{
		Submit:    func(task func()) { g.Go(wrap(task)) },
		TrySubmit: func(task func()) bool { return g.TryGo(wrap(task)) },
		Close:     func() { must(g.Wait()) },
		bind: func(task func()) (func(), func() bool) {
			f := wrap(task)
			return func() { g.Go(f) }, func() bool { return g.TryGo(f) }
		},
	}
}

// gosem is no library but an idiom: a goroutine per task behind a channel
// that counts them. Close takes all the places for itself.
func newGosem(size int) Pool {
	places := make(chan struct{}, size)
	run := func(task func()) {
		task()
		<-places
	}
	return Pool{
		Submit: func(task func()) {
			places <- struct{}{}
			go run(task)
		},
		TrySubmit: func(task func()) bool {
			select {
			case places <- struct{}{}:
				go run(task)
				return true
			default:
				return false
			}
		},
		Close: func() {
			for range size {
				places <- struct{}{}
			}
		},
	}
}
