// Package ringpool is a bounded worker pool: it caps how many tasks run at
// once, queues as many again and once more, and tells the caller when to shed
// load.
//
//	p := ringpool.New(50)
//	defer p.Shutdown()
//
//	if err := p.Submit(task); errors.Is(err, ringpool.ErrPoolFull) {
//		// answer 429, come back later
//	}
//
// Package chanpool has the same API on a plain buffered channel, and keeps the
// same promises. This one is for the services where the cost per task counts.
//
// # The words
//
// A task is queued from the moment a submit accepts it until a worker takes it.
// The queue is full when it holds 2×size tasks. A worker is idle before it has
// ever been needed, and later from the moment it announces that it goes to
// sleep until somebody claims it in order to give it a task; otherwise it is
// busy, be it with a task or between two. The pool is closed once a shutdown has
// begun, and drained when it is closed and nothing is queued any more. It is at
// rest when no task is queued and none is running.
//
// # What is promised
//
//   - A task whose submit returned nil runs exactly once; any other task never
//     runs. That holds while submits race with Shutdown, and whatever the
//     tasks do.
//   - [ErrPoolFull] is exact. It is returned only if there was an instant, during
//     the call, at which 2×size tasks were queued and no worker was idle. A
//     pool at rest accepts 3×size tasks that block, one Submit right after the
//     other, for every size and every GOMAXPROCS.
//   - Workers take tasks in the order in which their submits took effect. With
//     size 1 that is the order of execution; otherwise two workers that have
//     taken a task each, one after the other, may begin in either order.
//   - A task that is queued while a worker is idle is started, even if all
//     other tasks wait for it.
//   - A submit that waits for room gets it in turn, and stops waiting when its
//     context ends: then it has been accepted, or it never runs, and nobody
//     behind it waits any longer for that.
//   - A task that panics, or calls [runtime.Goexit], costs the pool nothing.
//   - [Pool.ShutdownNow] returns each task that no worker has taken, once.
//   - [Pool.Wait] returns only if there was an instant, during the call, at
//     which the pool was at rest; and if the pool stays at rest, it does return.
//   - In the terms of the Go memory model, a submit synchronizes before the
//     start of its task, and the end of every task before the return of
//     [Pool.Shutdown]. A finished task is not kept alive.
//   - A pool that has nothing to do does nothing: no ticker, no polling. A
//     worker gets its goroutine when it is first needed, so the size is a limit
//     and not a cost. With [WithIdleTimeout] it gives it back.
//   - [Pool.Resize] changes the size while the pool runs. All of the above goes
//     on to hold, with the new size once it has returned, but for the tasks that
//     ran or were queued before and are too many now.
//
// # How a task travels
//
// A submit pushes the task into a ring of 2×size slots (package internal/mpmc),
// then looks whether it must wake somebody: one load, and nearly always
// nothing to do. A worker that ends a task pops the next. So as long as there
// is work, submitters and workers meet nowhere but in the ring, and neither
// enters the runtime. The file park.go tells what happens when a worker runs
// out of work, waiters.go what happens when a submitter runs out of room, and
// rest.go how it is known that there is nothing left to do; each gives the
// argument why nobody sleeps on. What goes on when the size changes is in
// resize.go, and how goroutines go that are not needed in timeout.go.
//
// # What a task costs
//
// With a queue neither empty nor full, by the instruction:
//
//   - Four locked instructions: for the push the CAS of the tail and the store
//     of the stamp, for the pop the CAS of the head and the store of the stamp.
//     One goroutine that does both, with its cache to itself, needs about 20 ns
//     for all of push and pop (BenchmarkPushPop in internal/mpmc, AMD EPYC).
//   - Cache lines that travel between a submitter's core and a worker's: the
//     slot, which four tasks share because a slot has 16 bytes; and the tail
//     among submitters, the head among workers.
//   - Lines that are only read, and stay where they are: the state, by the
//     submitter's look for idle workers; two words that say whether any
//     submitter waits, one read by each submit and one by each pop; and what a
//     Resize would change: where the ring is, and whether workers are to leave.
//   - One indirect call, of the task. Its protection against panics is set up
//     once for the worker, not for each task.
//   - Two loads, of words that nobody writes, before the call, and one in the
//     submit: whether an option such as [WithSlowTask] wants something done
//     around the task, or the program is being traced. While it is, by
//     [runtime/trace], each task is a region "ringpool.task" of the trace.
//   - No allocation, except the closure that the caller may need to make the
//     task.
//
// # On more cores
//
// All figures of this module come from two cores. What follows is arithmetic, not
// measurement. The tail is one word, and a push must own its cache line. If the
// last push was made by another core, the line has to be fetched, which takes 70
// cycles at the very least (Travis Downs, A Concurrency Cost Hierarchy, 2020), and
// several times that between sockets. So the submitters of one socket, however
// many, will not get beyond some 40 million tasks a second at 3 GHz, and those of
// two sockets not beyond some ten; the same holds for the head and the workers.
// Cores that run tasks of length d want cores/d of them a second:
//
//	        16 cores    64 cores    192 cores
//	 1 µs   16 M/s      64 M/s      192 M/s
//	10 µs   1.6 M/s     6.4 M/s     19 M/s
//
// Tasks of 10 µs are within reach everywhere, tasks of 1 µs up to some 40 cores
// of one socket. Beyond, the step to take is several rings with stealing, which
// gives up the exact order and the exact [ErrPoolFull]; or, at no such price, a
// pool for each group of cores.
//
// # What it is not
//
// Tasks have no priorities. A task that waits for another task to be accepted by
// the same pool, by [Pool.SubmitWait], may wait forever: see there. A pool that is
// forgotten without Shutdown keeps its goroutines, unless [WithIdleTimeout] lets
// them go.
//
// # What is promised and how it is shown
//
// Each promise is held by tests on the real code; "case" is one of the sentences
// in internal/pooltest, "world" a TestSchedules in this directory, where a
// scheduler of our own tries the orders in which the steps of a few goroutines
// can happen (internal/explore; go test -tags modelcheck -run TestSchedules),
// and "mutant" a bug of internal/mutants that is planted to see that it is
// caught (scripts/mutants.sh).
//
//   - Exactly once: the cases of point 1, a ledger with a line for each task;
//     the worlds OfSubmits, OfManySubmitters, OfBatches, OfTwoShutdowns,
//     OfShutdownNow, OfShutdownNowTwice; for the ring, linearizability of
//     recorded histories (internal/mpmc) and its worlds. Mutants
//     close-by-load-and-store, lap-off-by-one, stamp-before-value,
//     run-over-a-slot, run-keeps-its-lap, returned-not-counted-before-the-park.
//   - ErrPoolFull is exact: the cases of point 2; the worlds
//     OfSubmitsUntilRefused, OfRefusals and OfBatchesUntilRefused, in which
//     every refusal is held against a count of what was accepted and not yet
//     begun. Mutants false-full-idle, false-full-handing, false-full-unchecked,
//     full-by-the-stamp, beaten-is-full, batch-full-by-the-ring.
//   - Order: the cases of point 3; random scripts against package chanpool.
//   - Nobody sleeps beside work: the cases on liveness, of tasks that wait for
//     one another; the worlds OfTasksThatWaitForOneAnother, OfTasksThatSubmit,
//     OfABatchThatWaitsForItself, OfAFullQueueBesideIdleWorkers and OfABed; a run
//     that comes to rest with a task queued beside an idle worker is a failure.
//     Mutants batch-does-not-look, no-second-look,
//     look-before-announcing, look-before-publishing, holder-does-not-look,
//     token-kept, token-of-somebody-else, put-back-without-a-look,
//     hand-over-without-a-look, claim-without-a-version, below-after-the-claim,
//     no-look-in-unlock, signal-before-the-flag.
//   - No submitter waits beside room, or for ever: the cases of point 4; the
//     worlds OfOneWaiter, OfTwoWaiters, OfThreeWaiters, OfACrowd,
//     KeepTheOrderOfWaiters, OfOverdueWaiters, OfTasksThatWaitForAWaiter,
//     OfWaitersAndTwoShutdowns, OfABatchThatWaitsForRoom. Mutants
//     no-try-after-joining, admitted-waiter-keeps-silent,
//     admitted-waiter-not-counted, admits-without-a-look, waiters-have-no-turn,
//     shutdown-forgets-waiters, wakes-one-of-all.
//   - A submitter may give up: the cases of point 4 on SubmitContext; the worlds
//     OfAWaiterThatGivesUp, OfTheLastWaiterThatGivesUp, OfWaitersThatGiveUp,
//     OfAWaiterThatGivesUpAndWaitsAgain, OfAWaiterThatGivesUpAndShutdown,
//     OfABatchThatGivesUp. Mutants canceled-is-admitted,
//     canceled-though-admitted, canceled-stays-listed,
//     canceled-without-publishing, canceled-wait-is-reused, list-forgets-its-tail.
//   - Rest is seen, and not before it is there: the cases on Wait; the worlds
//     OfRest and those whose names begin so. Mutants rest-without-handing,
//     rest-without-a-second-look, rest-without-the-ring, rest-before-the-wish,
//     park-does-not-tell, tell-before-the-park, dismissal-does-not-tell.
//   - Panics and Goexit cost nothing: the cases of point 6; the worlds
//     OfTasksThatDoNotReturn and OfShutdownAndTasksThatDoNotReturn. Mutant
//     goexit-costs-a-worker.
//   - Memory: the race detector over all of it; the cases of point 7. Mutant
//     slot-not-cleared.
//   - A pool at rest does nothing: the cases of point 8.
//   - A goroutine that goes takes nothing with it, and none stays that has to go:
//     timeout_test.go, in the time of a bubble; the worlds OfASweep and those whose
//     names begin so, and OfSweeps. Mutants let-go-without-a-cas,
//     arms-at-the-end-of-the-sweep, goroutine-before-the-last-has-ended.
//   - Resize loses nothing, keeps the order, and lets no more run than it should:
//     resize_test.go, in which random calls are held against a sketch of the pool,
//     and a storm of them has a ledger; the worlds OfResize and those whose names
//     begin so, OfTwoResizes, OfTwoResizesToTheSame, OfATaskThatResizes,
//     KeepTheOrderOfWhatOverflows, KeepTheOrderOfWhatOverflowsAndWaits, and
//     OfMoveTo in internal/mpmc. Mutants overdue-before-the-ring,
//     surplus-before-the-ring, same-size-without-the-lock, resize-does-not-look,
//     resize-does-not-tell, overflow-after-waiters, overflow-has-no-turn,
//     overflow-before-the-queue, shutdown-forgets-the-overflow,
//     replaced-without-waiting, drained-is-the-end, resize-after-the-end,
//     stays-though-too-many, move-does-not-wait.
//
// What is not shown: the worlds are small, and all schedules are tried only up
// to a bound on preemptions, beyond which they are drawn at random. Nothing here
// ran on more than two cores, nor on a machine with a weaker memory than
// amd64's; Go promises sequentially consistent atomics on all of them.
package ringpool

import (
	"context"
	"unsafe"

	"github.com/seed62337844/workerpool/internal/cacheline"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/count"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/refuse"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/supervise"
)

// A Pool runs tasks on a bounded number of goroutines. Make one with [New]. It
// must not be copied. All its methods are safe for concurrent use.
type Pool struct {
	seldom
	_ [2*cacheline.Size - (header+unsafe.Sizeof(seldom{}))%cacheline.Size]byte
	parking
	_       [2*cacheline.Size - unsafe.Sizeof(parking{})%cacheline.Size]byte
	waiters waiters // written when a submitter waits for room
	_       [2*cacheline.Size - unsafe.Sizeof(waiters{})%cacheline.Size]byte
	counts
}

// What is written on different occasions lies in different cache lines, and each
// group begins with a line, so that what is needed together comes in one. The
// groups are apart wherever the pool lies; that they begin so is true as long as
// the Go runtime puts one word before an object of this size, as it does on 64
// bits, and nothing but speed hangs on it. (With the state and the wakes in two
// lines, empty tasks took 6 % longer, in the mean of four noisy cells.)
const header = 8

// seldom is what is written by New, and by Resize and the first shutdown, as
// resize.go tells. The hot words come first.
type seldom struct {
	ring       step.Pointer[mpmc.Ring[func()]]
	surplus    step.Int32 // workers that are to leave; by those who do, too
	size       step.Int32
	closed     step.Bool  // a shutdown has begun: this ring is the last
	done       step.Latch // open when all workers are gone
	supervisor supervise.Supervisor
	workers    [topBits][]step.Pointer[worker] // see place
}

// parking is written when a worker goes to sleep, is claimed, comes or goes.
type parking struct {
	state   step.Uint64 // the idle stack and the token; see park.go
	parks   step.Uint64
	wakes   step.Uint64
	present step.Uint32 // who is to be gone before the shutdown is over; see retire
	started step.Int32
	rest    rest
	timeout timeout
}

// counts is written when a submit is refused, by ShutdownNow, and by Stats.
type counts struct {
	refused   refuse.Refusals
	returned  step.Uint64 // tasks that ShutdownNow has handed back
	submitted count.Mark  // what Stats has reported
	completed count.Mark
}

// New returns a pool that runs at most size tasks at once and queues 2×size
// more. It starts no goroutine. It panics if size is less than 1 or greater
// than 8,388,608, and if an option is nil.
func New(size int, opts ...Option) *Pool {
	check.Size("ringpool: New", size)
	o := options.Apply("ringpool", opts)
	p := &Pool{seldom: seldom{done: step.NewLatch()}}
	p.supervisor.Init("ringpool", o)
	p.ring.Store(mpmc.New[func()](2 * size))
	p.size.Store(int32(size))
	p.hire(size)
	p.waiters.overdue.Store(never)
	p.timeout.after = p.supervisor.Options.IdleTimeout
	p.timeout.sweeps.Store(firstSweep)
	return p
}

// Submit queues task and returns nil. It does not wait for room: if the queue
// is full and all workers are busy, it returns [ErrPoolFull]. It returns
// [ErrPoolClosed] if a shutdown has begun, and [ErrNilTask] if task is nil. A
// task whose Submit returned an error never runs.
//
// Submit synchronizes before the start of its task. It does not allocate, but
// for the goroutine of a worker that is needed for the first time.
func (p *Pool) Submit(task func()) error {
	if task == nil {
		return ErrNilTask
	}
	switch p.submit(p.supervisor.Timed(task)) {
	case mpmc.OK:
		return nil
	case mpmc.Full:
		return p.refused.Full(1)
	default:
		return p.refused.Closed(1)
	}
}

// SubmitWait queues task and returns nil. If the queue is full and all workers
// are busy, it waits until there is room, and returns [ErrPoolClosed] if a
// shutdown begins before that. It returns [ErrNilTask] if task is nil. A task
// whose SubmitWait returned an error never runs.
//
// Calls that wait are served in the order in which they began to wait. A call
// that comes later may still find room at once, but not forever: when 64 times
// the capacity of the queue has been accepted while a call waits, every
// submit that begins from then on comes after it.
//
// A task that calls SubmitWait on its own pool occupies a worker while it waits
// for one. If all workers do so, they wait forever; use [Pool.SubmitOrRun] in a
// task, or [Pool.Submit], and be ready for ErrPoolFull.
//
// SubmitWait synchronizes before the start of its task.
func (p *Pool) SubmitWait(task func()) error {
	if task == nil {
		return ErrNilTask
	}
	task = p.supervisor.Timed(task)
	if o := p.submit(task); o != mpmc.OK {
		return p.wait(context.Background(), task, 1, o)
	}
	return nil
}

// SubmitContext is like [Pool.SubmitWait], but gives up when ctx ends: it
// returns [context.Cause] of ctx if that is before there is room, and at once
// if ctx has ended already. The task then never runs. It panics if ctx is nil.
//
// Once the task is queued, ctx has no more to do with it.
//
// A call that finds room does not allocate. One that waits does, for the sake
// of ctx; when ctx ends, each call that waits on it takes the same short time.
func (p *Pool) SubmitContext(ctx context.Context, task func()) error {
	check.Context("ringpool: SubmitContext", ctx)
	if task == nil {
		return ErrNilTask
	}
	if ctx.Err() != nil {
		return p.refused.Canceled(1, ctx)
	}
	task = p.supervisor.Timed(task)
	if o := p.submit(task); o != mpmc.OK {
		return p.wait(ctx, task, 1, o)
	}
	return nil
}

// Shutdown refuses new tasks, lets the accepted ones run, and returns when the
// last of them has ended and no worker will touch the pool again. Submitters
// that wait are told [ErrPoolClosed]. It may be called many times and from
// many goroutines; each call returns only when all that is done. The end of
// every task synchronizes before the return of Shutdown.
//
// A task must not call Shutdown: it would wait for its own end.
func (p *Pool) Shutdown() {
	p.close()
	p.done.Wait()
}

// ShutdownContext is like [Pool.Shutdown], but does not wait longer than until
// ctx ends: if that comes first, it returns [context.Cause] of ctx, and the
// shutdown, which has begun in any case, goes on without it. It panics if ctx is
// nil.
func (p *Pool) ShutdownContext(ctx context.Context) error {
	check.Context("ringpool: ShutdownContext", ctx)
	p.close()
	return p.done.WaitContext(ctx)
}

// ShutdownNow is like [Pool.Shutdown], but takes the tasks that no worker has
// taken yet out of the queue, and returns them, the oldest first. They will not
// run, unless the caller runs them. Like Shutdown it waits for the tasks that
// run. If it is called from several goroutines, each task is returned by one of
// the calls.
func (p *Pool) ShutdownNow(ctx context.Context) (tasks []func(), err error) {
	check.Context("ringpool: ShutdownNow", ctx)
	p.close()
	r := p.ring.Load() // the last
	p.wakes.Inc()      // like a worker that is busy: see Stats
	for attempt := 0; ; attempt++ {
		task, o := r.TryPop()
		if o == mpmc.Drained {
			break
		}
		if o == mpmc.Pending { // a submit is just writing the oldest task
			step.Relax(attempt)
			continue
		}
		tasks = append(tasks, task)
		p.returned.Inc()
		attempt = 0
	}
	p.countPark()
	p.rouse()
	p.supervisor.Over()
	return tasks, p.done.WaitContext(ctx)
}

// close begins the shutdown.
func (p *Pool) close() {
	p.closeRing()
	p.refuse()
	p.disarm()
	p.rouse() // if nothing is queued, nobody else will see that it is over
}

// Size returns the number of tasks that can run at once: that of New, or of the last
// [Pool.Resize].
func (p *Pool) Size() int { return int(p.size.Load()) }

// Name returns the name that the pool was given by [WithName], or "".
func (p *Pool) Name() string { return p.supervisor.Options.Name }

// submit pushes task into the ring and sees to it that somebody runs it. The
// outcome is OK, Full or Closed.
func (p *Pool) submit(task func()) mpmc.Outcome {
	for attempt := 0; ; attempt++ {
		s := p.state.Load()
		switch o := p.push(task); {
		case o == mpmc.OK:
			p.rouse()
			return o
		case o == mpmc.Closed:
			return o
		case p.full(s):
			return o
		}
		step.Relax(attempt)
	}
}

// full is asked by a submitter that has found the ring full since it loaded the
// state s. That is not yet a reason to refuse: an idle worker makes room, and
// one that has been claimed and is just getting its task will have done so in a
// moment. Otherwise the pool was full, if the state is still the same: then at
// the instant at which the ring was full, nobody was idle or just claimed.
func (p *Pool) full(s uint64) bool {
	switch {
	case s&handing != 0:
		return false // a moment
	case p.idle(s):
		p.handOver(s)
		return false
	default:
		return p.state.Load() == s
	}
}

// push is one attempt to push task into the ring, after the submitters that
// have waited too long.
func (p *Pool) push(task func()) mpmc.Outcome {
	r := p.ring.Load() // before the look at who is overdue: see resize.go
	if p.overdue(r) {
		if o := p.admit(false); o != mpmc.OK {
			return o // it was full, or closed, for the waiter
		}
	}
	o := r.TryPush(task)
	if o == mpmc.Closed && p.replaced(r) {
		return p.push(task)
	}
	return o
}

// overdue reports whether a waiting submitter's patience is at an end.
func (p *Pool) overdue(r *mpmc.Ring[func()]) bool {
	patience := p.waiters.overdue.Load()
	return patience != never && r.Pushed() >= patience
}

// take removes the oldest task from the ring, for a worker, and lets a waiting
// submitter have the room. The outcome is that of the pop, or tooMany.
func (p *Pool) take() (func(), mpmc.Outcome) {
	r := p.ring.Load() // before the look at surplus: see resize.go
	if p.surplus.Load() != 0 {
		return nil, tooMany
	}
	task, o := r.TryPop()
	if o == mpmc.OK {
		if p.waiters.wanted.Load() {
			p.admit(false)
		}
	} else if o == mpmc.Drained && p.replaced(r) {
		return p.take()
	}
	return task, o
}
