package ringpool

import (
	"context"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// A pool is at rest when no task is queued, and none is running. To know that,
// Wait needs nothing that a task would have to pay for: a worker without a task
// goes to sleep, and the pool counts those who do.
//
// # Is it at rest?
//
//	R1  load the state: handing is not held
//	R2  count the parks, then the wakes: as many of the one as of the other
//	R3  look at the ring: it is empty
//	R4  load the state: it is still the same
//
// Between R1 and R4 nobody was claimed, or the version would be another. All who
// were claimed before have been counted among the wakes, for that is done while
// handing is held. The parks are counted after the fact, so there may be more of
// them than R2 knows of, and not less. So all workers are idle, and stay so from
// R2 to R4; at R3 there is no task in the queue either, nor on its way from the
// queue to a worker. That was an instant of rest.
//
// # Nobody waits beside a pool at rest
//
//	Wait                                a worker that goes to sleep
//	W1  awaited = true                  P1  onto the stack; count the park
//	W2  if at rest: let all go          P1' if awaited: if at rest: let all go
//	W3  wait
//
// Look at the last worker to go to sleep before the pool came to rest. If it
// found awaited false, then W1 came after that, and so W2 after the park. Where
// W2 finds the pool not at rest, although no worker has a task, somebody has
// handing, or has just given it up, or has just gone to sleep or been dismissed:
// each of these ends with a park, or with the dismissal of others, and looks in
// its turn.

// A rest is what Wait waits for.
type rest struct {
	awaited step.Bool // stored under mu, loaded by all who go to sleep

	mu      step.Mutex
	reached step.Latch // if awaited, for all calls that wait
}

// Wait returns nil when the pool is at rest: at some instant during the call no
// task was queued, and none was running. The pool stays open, and others may go
// on to submit; if they do so without a pause, there may be no such instant, and
// one that passes quickly may be missed. Wait returns [context.Cause] of ctx if
// ctx ends first. It panics if ctx is nil.
//
// The end of every task that was accepted before the call synchronizes before the
// return of a Wait that returns nil.
//
// A task must not call Wait on its own pool: it would wait for its own end.
func (p *Pool) Wait(ctx context.Context) error {
	check.Context("ringpool: Wait", ctx)
	r := &p.rest
	r.mu.Lock()
	if !r.awaited.Load() {
		r.reached = step.NewLatch()
		r.awaited.Store(true)
	}
	reached := r.reached
	r.mu.Unlock()
	p.checkRest()
	return reached.WaitContext(ctx)
}

// countPark counts a worker that has gone to sleep, or has ended.
func (p *Pool) countPark() {
	p.parks.Inc()
	p.checkRest()
}

// checkRest lets those go who wait for the pool to be at rest, if it is.
func (p *Pool) checkRest() {
	r := &p.rest
	if !r.awaited.Load() {
		return
	}
	r.mu.Lock()
	if r.awaited.Load() && p.atRest() {
		r.awaited.Store(false)
		r.reached.Open()
	}
	r.mu.Unlock()
}

// atRest is R1 to R4.
func (p *Pool) atRest() bool {
	s := p.state.Load()
	if s&handing != 0 {
		return false
	}
	parks := p.parks.Load()
	if p.wakes.Load() != parks {
		return false
	}
	r := p.ring.Load()
	o := r.Peek()
	return (o == mpmc.Empty || o == mpmc.Drained && p.last(r)) && p.state.Load() == s
}
