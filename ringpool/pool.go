package ringpool

import (
	"runtime"
	"strings"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/count"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/refuse"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/supervise"
)

// A Pool runs tasks on a bounded number of goroutines. Make one with [New]. It must not
// be copied. All its methods are safe for concurrent use.
//
// The files that explain it: queue (internal/mpmc), idle workers (idle.go, slots.go),
// when a worker is woken and sleeps (park.go), what a worker does (worker.go), how a
// submit finds room (submit.go, batch.go, handoff.go) or waits for some (waitlist.go,
// waiting.go), Wait (quiescence.go), WithIdleTimeout (evict.go), Resize (resize.go) and
// the end (shutdown.go, presence.go).
//
// # Locks
//
//	lock            guards                                 may be taken while holding
//	resizer.mu      which indexes are in use, the end      -
//	waitList.mu     the waiters                            -
//	evictor.mu      the workers with a goroutine           -
//	quiescence.mu   the latch of those who call Wait       -
//
// No lock is taken while another is held, and no task or callback runs under one. A
// submit that finds room, and a worker that finds a task, take none.
type Pool struct {
	cold
	_ [coldPad]byte
	parking
	_       [parkingPad]byte
	waiters waitList // written when a submitter waits for room
	_       [waitersPad]byte
	counts
}

// What is written on different occasions lies in different cache lines, and each group
// begins with a line, so that what is needed together comes in one. The padding is for
// 64 bits; layout_test.go holds it against the fields, and says by how much it is off.
// (It cannot be computed here, because the size of a group would depend on that of
// Pool, through the workers that it refers to.)
const (
	coldPad    = 184
	parkingPad = 208
	waitersPad = 136
)

// cold is what is written by New, and by Resize and the first shutdown. The words that
// every task reads come first.
type cold struct {
	queue      mpmc.Chain[func()]
	excess     step.Int32 // workers that are to leave; by those who do, too
	size       step.Int32
	direct     bool // the queue capacity is 0
	supervisor supervise.Supervisor
	resizer    resizer
	slots      slotTable
}

// parking is written when a worker becomes idle, is claimed, comes or goes.
type parking struct {
	idle       idleStack
	quiescence quiescence
	presence   presence
	started    step.Int32 // workers that have a goroutine
	evictor    evictor
}

// counts is written when a submit is refused, by ShutdownNow, and by Stats.
type counts struct {
	refusals  refuse.Refusals
	expired   step.Uint64 // functions of GoContext that were not called
	returned  step.Uint64 // tasks that ShutdownNow has handed back
	submitted count.Mark  // what Stats has reported
	completed count.Mark
}

// New returns a pool that runs at most size tasks at once and queues 2×size more, or as
// many as [workerpool.WithQueueCapacity] says. It starts no goroutine. It panics if size
// is less than 1 or greater than 8,388,608, and if an option is nil.
func New(size int, opts ...Option) *Pool {
	check.Size("ringpool: New", size)
	o := options.Apply("ringpool", opts)
	p := &Pool{}
	p.supervisor.Init("ringpool", o)
	p.direct = o.Capacity(size) == 0
	p.queue.Init(p.capacity(size))
	p.size.Store(int32(size))
	p.presence.gone = step.NewLatch()
	p.idle.slots = &p.slots
	p.quiescence.now = p.isQuiescent
	p.evictor.init(o.IdleTimeout, &p.started, &p.presence)
	p.waiters.init(&p.queue, p.direct)
	p.addWorkers(size)
	return p
}

// capacity returns how many tasks the queue of a pool of this size is to hold. A pool
// without a queue has one for the task that is handed over; see handoff.go.
func (p *Pool) capacity(size int) int { return max(p.supervisor.Options.Capacity(size), 1) }

// Size returns the number of tasks that can run at once: that of New, or of the last
// [Pool.Resize].
func (p *Pool) Size() int {
	p.checkMade("Size")
	return int(p.size.Load())
}

// Name returns the name that the pool was given by [workerpool.WithName], or "".
func (p *Pool) Name() string {
	p.checkMade("Name")
	return p.supervisor.Options.Name
}

// checkMade panics if p was not made by New. The submits that take tasks one by one
// find that out where it costs them nothing: see panicNotMade.
func (p *Pool) checkMade(method string) {
	if p == nil || p.queue.Newest() == nil {
		panic("ringpool: " + method + ": the Pool was not made by New")
	}
}

// panicNotMade is checkMade for a method of Pool that is on the stack, the outermost.
func panicNotMade() {
	method := "Submit"
	calls := make([]uintptr, 16)
	frames := runtime.CallersFrames(calls[:runtime.Callers(2, calls)])
	for {
		frame, more := frames.Next()
		if name, ok := strings.CutPrefix(frame.Function, poolMethods); ok {
			method = name
		}
		if !more {
			break
		}
	}
	(*Pool)(nil).checkMade(method)
}

// poolMethods is what the names of Pool's methods begin with.
const poolMethods = "github.com/seed62337844/workerpool/ringpool.(*Pool)."
