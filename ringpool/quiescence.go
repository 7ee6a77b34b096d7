package ringpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// A pool is quiescent when no task is queued, and none is running. Wait finds that out
// without any cost to a task: a worker without a task becomes idle, and the pool counts
// how many times a worker became idle (parks), and how many times one was claimed (wakes).
//
// # Is it quiescent?
//
//	Q1  load the state: the handoff is free
//	Q2  count the parks, then the wakes: the two counts are equal
//	Q3  look at the queue: it is empty
//	Q4  load the state: it is still the same
//
// Between Q1 and Q4 no worker was claimed, or the version would have changed. Each worker
// that was claimed before Q1 has been counted among the wakes, because it is counted
// while the handoff is held, and the handoff was free at Q1. A worker is counted among
// the parks only after it has become idle. So if the two counts are equal, all workers
// are idle, and they stay idle until Q4. At Q3 the queue is empty, and no task is on its
// way from the queue to a worker. So at that instant the pool is quiescent. (Workers that
// were claimed only to end may be missing among the wakes. They get no task.)
//
// ShutdownNow counts as a worker that is claimed and becomes idle, but it does not change the
// version. That is why Q2 counts the parks first: then the wake that belongs to each counted
// park is counted, too. In the other order, the park of a ShutdownNow that begins in between
// would be mistaken for that of a worker that still runs a task.
//
// # No Wait misses a quiescent pool
//
//	Wait                                 a worker that becomes idle
//	N1  awaited = true                   P1   push itself; count the park
//	N2  if quiescent: open the latch     P1'  if awaited and quiescent: open the latch
//	N3  wait for the latch
//
// Consider the last worker that became idle before the pool became quiescent. If P1'
// found awaited false, then N1 came later, and so did N2, which sees the park.
//
// A check can fail although no worker has a task, because another goroutine is changing the
// state meanwhile. That goroutine leads to another check when it is done:
//
//   - It holds the handoff, and there is no task. It pushes the worker back, which is P1 and
//     P1' for that worker.
//   - It holds the handoff, and gives the worker a task. When the worker has run the task, it
//     becomes idle (P1') or leaves, and checks in both cases. That is also the check that comes
//     after it has changed the state by releasing its permit.
//   - It has pushed a worker, and not yet counted the park. It checks after it has.
//   - It has taken all workers off the stack, or is in Resize or in ShutdownNow. It checks
//     at the end.

// A quiescence is what Wait waits for.
type quiescence struct {
	awaited step.Bool   // a call waits; stored under mu, loaded by workers that become idle
	parks   step.Uint64 // times a worker became idle, or ended
	wakes   step.Uint64 // times a worker was claimed

	mu      step.Mutex // guards what follows
	reached step.Latch // if awaited: the latch of all calls that wait

	now func() bool // whether the pool is quiescent; written by New alone
}

// Wait waits until no task is queued and none is running. It returns nil if there was such
// an instant during the call. The pool stays open. While other goroutines submit without a
// pause, there may be no such instant, and Wait may miss a short one. If ctx ends first,
// Wait returns an error in which [errors.Is] finds both ctx.Err() and [context.Cause] of
// ctx. On an idle pool Wait returns nil even if ctx has ended. It panics if ctx is nil.
//
// If Wait returns nil, the end of every task that was accepted before the call
// synchronizes before that return. Wait does not wait for a task that [Pool.SubmitOrRun]
// runs in its caller.
//
// A task must not call Wait on its own pool: it would wait for its own end.
func (p *Pool) Wait(ctx context.Context) error {
	p.checkMade("Wait")
	check.Context("ringpool: Wait", ctx)
	return p.quiescence.wait(ctx)
}

func (q *quiescence) wait(ctx context.Context) error {
	q.mu.Lock()
	if !q.awaited.Load() {
		q.reached = step.NewLatch()
		q.awaited.Store(true)
	}
	reached := q.reached
	q.mu.Unlock()
	q.check()
	return reached.WaitContext(ctx)
}

// woken counts a worker that was claimed.
func (q *quiescence) woken() { q.wakes.Inc() }

// parked counts a worker that has become idle, or has ended.
func (q *quiescence) parked() {
	q.parks.Inc()
	q.check()
}

// check ends all calls that wait, if the pool is quiescent.
func (q *quiescence) check() {
	if !q.awaited.Load() {
		return
	}
	q.mu.Lock()
	if q.awaited.Load() && q.now() {
		q.awaited.Store(false)
		q.reached.Open()
	}
	q.mu.Unlock()
}

// isQuiescent is Q1 to Q4.
func (p *Pool) isQuiescent() bool {
	s := p.idle.load()
	if s.inHandoff() {
		return false
	}
	parks := p.quiescence.parks.Load()
	if p.quiescence.wakes.Load() != parks {
		return false
	}
	o := p.queue.Peek()
	return (o == mpmc.Empty || o == mpmc.Drained) && p.idle.load() == s
}
