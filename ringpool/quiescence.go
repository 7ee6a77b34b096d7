package ringpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// A pool is quiescent when no task is queued, and none is running. To know that, Wait
// needs nothing that a task would have to pay for: a worker without a task becomes
// idle, and the pool counts how often that happens, and how often one is claimed.
//
// # Is it quiescent?
//
//	Q1  load the state: the handoff is free
//	Q2  count the parks, then the wakes: as many of the one as of the other
//	Q3  look at the queue: it is empty
//	Q4  load the state: it is still the same
//
// Between Q1 and Q4 nobody was claimed, or the version would be another. All who were
// claimed before have been counted among the wakes, because that is done while the
// handoff is held. The parks are counted after the fact, so there may be more of them
// than Q2 knows of, and not less. So all workers are idle, and stay so from Q2 to Q4;
// at Q3 there is no task in the queue either, nor on its way from the queue to a
// worker. At that instant the pool was quiescent.
//
// # Nobody waits beside a quiescent pool
//
//	Wait                                 a worker that becomes idle
//	N1  awaited = true                   P1   push itself; count the park
//	N2  if quiescent: let all go         P1'  if awaited: if quiescent: let all go
//	N3  wait
//
// Look at the last worker to become idle before the pool became quiescent. If it found
// awaited false, then N1 came after that, and so N2 after the park. Where N2 finds the
// pool not quiescent, although no worker has a task, somebody has the handoff, or has
// just released it, or has just become idle or been dismissed. Each of these ends with
// a park, or with the dismissal of others, and looks in its turn.

// A quiescence is what Wait waits for.
type quiescence struct {
	awaited step.Bool   // stored under mu, loaded by all who become idle
	parks   step.Uint64 // times a worker became idle, or ended
	wakes   step.Uint64 // times one was claimed

	mu      step.Mutex // guards what follows
	reached step.Latch // if awaited, for all calls that wait

	now func() bool // whether the pool is quiescent; written by New alone
}

// Wait returns nil when the pool is quiescent: at some instant during the call no task
// was queued, and none was running. The pool stays open, and others may go on to
// submit. If they do so without a pause, there may be no such instant, and one that
// passes quickly may be missed. If ctx ends first, Wait returns an error that is both
// [context.Cause] of ctx and its Err, to [errors.Is]. It panics if ctx is nil.
//
// The end of every task that was accepted before the call synchronizes before the
// return of a Wait that returns nil. A task that [Pool.SubmitOrRun] runs in its caller
// is not one that Wait knows of.
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

// check lets those go who wait for the pool to be quiescent, if it is.
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
