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

// How the files divide the work: the queue (internal/mpmc), the idle workers (idle.go,
// workertable.go), when a worker is woken and when it sleeps (park.go), what a worker does
// (worker.go), how a submit finds room (submit.go, batch.go, direct.go) or waits for it
// (waitlist.go, waiting.go), Wait (quiescence.go), WithIdleTimeout (evict.go), Resize
// (resize.go), and the end (shutdown.go, waitgroup.go).
//
// # Locks
//
//	lock            guards
//	resizer.mu      which indexes are in use, whether the pool is closed
//	waitList.mu     the waiters
//	evictor.mu      the workers with a goroutine
//	quiescence.mu   the latch that Wait waits for
//	the handoff     from the claim of a worker until a task is taken for it; a bit of the
//	                idle state (idle.go)
//
// No mutex is locked while another is held, and no task or callback runs under one. The
// handoff comes before waitList.mu, which a pool without a queue locks under it. A
// submit that finds room, and a worker that finds a task, take none, unless a submitter
// waits for room, a worker must be started, or a Wait or a Resize is under way.

// A Pool runs tasks on a bounded number of goroutines. Make one with [New]. It must not
// be copied. All its methods are safe for concurrent use.
type Pool struct {
	readMostly
	_ [readMostlyPad]byte
	lifecycle
	_       [lifecyclePad]byte
	waiters waitList // written when a submitter waits for room
	_       [waitersPad]byte
	counts
}

// Fields that are written on different occasions lie in different cache lines. Each group
// begins on a line of its own, so that fields that are used together share one. The
// padding is for 64 bits; layout_test.go checks it, and prints the right number if it is
// wrong. (It cannot be computed here, because the size of a group would depend on that of
// Pool, through the workers that it refers to.)
const (
	readMostlyPad = 208
	lifecyclePad  = 208
	waitersPad    = 136
)

// readMostly holds what the operations on tasks read and seldom write: in New, in Resize and in
// the first shutdown, when a worker leaves, when an index gets its entry, and when a task
// panics. The words that every task reads come first.
type readMostly struct {
	queue      mpmc.Chain[func()]
	sizes      sizesWord // written by each worker that leaves, too
	direct     bool      // the queue capacity is 0
	supervisor supervise.Supervisor
	resizer    resizer
	entries    workerTable
}

// lifecycle is written when a worker becomes idle, is claimed, starts or ends.
type lifecycle struct {
	idle       idleStack
	quiescence quiescence
	alive      waitGroup
	started    step.Int32 // workers that have a goroutine
	evictor    evictor
}

// counts holds statistics of what is rare: refusals, tasks that run in their callers,
// functions that are not called, ShutdownNow, and Stats itself.
type counts struct {
	refusals  refuse.Refusals
	expired   step.Uint64 // functions of GoContext that were not called
	returned  step.Uint64 // tasks that ShutdownNow returned
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
	p.sizes.store(size, 0)
	p.alive.zero = step.NewLatch()
	p.idle.entries = &p.entries
	p.quiescence.now = p.isQuiescent
	p.evictor.init(o.IdleTimeout, &p.started, &p.alive)
	p.waiters.init(&p.queue, p.direct)
	p.addWorkers(size)
	return p
}

// capacity returns how many tasks the queue of a pool of this size must hold. A
// pool without a queue has room for the one task of a handoff; see direct.go.
func (p *Pool) capacity(size int) int { return max(p.supervisor.Options.Capacity(size), 1) }

// Size returns the number of tasks that can run at once: that of New, or of the last
// [Pool.Resize].
func (p *Pool) Size() int {
	p.checkMade("Size")
	return p.sizes.load().size()
}

// Name returns the name that the pool was given by [workerpool.WithName], or "".
func (p *Pool) Name() string {
	p.checkMade("Name")
	return p.supervisor.Options.Name
}

// checkMade panics if p was not made by New. Submit, SubmitWait and SubmitOrRun do not
// call it, because they would pay for it with every task. A zero Pool leads them into
// admitOverdue, which finds out.
func (p *Pool) checkMade(method string) {
	if p == nil || p.queue.Newest() == nil {
		panic("ringpool: " + method + ": the Pool was not made by New")
	}
}

// panicNotMade panics as checkMade does. It takes the name of the method from the call
// stack: the outermost call of a method of Pool.
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
