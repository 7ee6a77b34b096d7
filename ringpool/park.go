package ringpool

import (
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/mpmc"
	"github.com/seed62337844/workerpool/internal/step"
)

// When is a worker woken, and when does it sleep? Too few wakes, and a task
// waits beside an idle worker, perhaps forever; too many, and the pool is no
// faster than a channel, which wakes a goroutine for nearly every task. This
// problem is the Go scheduler's own, with workers for Ms and tasks for Gs, and
// so is the shape of the answer (see the comment on worker thread parking in
// runtime/proc.go). What was rejected on the way:
//
//  1. Wake a worker for every submit. A stream of small tasks then costs a
//     wake and a sleep each, some hundred nanoseconds for ten of work.
//  2. Wake one only if the queue was empty before. The second of two tasks
//     submitted together finds it not empty and wakes nobody; if the first
//     then waits for the second, they wait forever.
//  3. Count the idle workers and the queued tasks, and wake as many as are of
//     use. The counts are a word that every task writes, on every core.
//  4. Let a worker that has run dry look at the ring for a while before it
//     sleeps. The submitter who has the next task often waits for the result
//     of the last, and for the very processor on which the worker looks: with
//     100 looks a submit and its answer took twice the time, with 1000 ten
//     times. A limit that learned from its successes gained nothing either
//     that could be told from the noise.
//  5. Hand the task straight to an idle worker if the ring is empty, past the
//     ring. That saves four locked instructions where there is hardly anything
//     to do, and costs a look at both ends of the ring wherever a worker is
//     idle: with sizes 1 and 2 and empty tasks it was slower, by 9 % in the
//     geometric mean on two processors and 13 % on one.
//
// What is left: at most two workers at a time are on their way from sleep to
// work. Each of them holds a token. While both tokens are held, submitters wake
// nobody; a worker that has its task takes over their duty, gives up its token
// and wakes the next, if there are tasks left. So a burst reaches all workers,
// each waking another, and a stream of small tasks keeps the few busy that it
// needs.
//
// Why two? A goroutine that has just been made ready stands in a place of honour
// on its waker's processor, from which the Go scheduler lets another processor
// take it only after a pause. A second one moves the first to the common queue,
// where an idle processor finds it at once. Against one token that took 10 % off
// the time in which bursts have started, and 8.5 % off the mean of no-op and 1 µs
// tasks in pools of 1 to 50 (geometric means, 2 cores); three gained less.
//
// # The protocols
//
// An idle worker is on a stack: the last to have gone to sleep is the first to
// be woken, which leaves those at the bottom, and their memory, in peace.
//
// Submit:
//
//	S1  publish the task in the ring
//	S2  look: unless the oldest task is published, a worker is idle, a token
//	    is free, and handing is not held, that's all
//	S3  claim the worker on top of the stack, and with it a token and handing
//	S4  take the oldest task, give up handing, hand the task over, and wake the
//	    worker, which has the token from now on; if there is no task after
//	    all, put the worker back, give up both, and go on with S2
//
// Park:
//
//	P1  announce: put yourself on the stack
//	P2  look, as S2 to S4; the worker woken may be yourself
//	P3  sleep
//	P4  awake with a task, give up the token if one came along, look, as S2
//	    to S4, and only then run the task
//
// A submitter that finds the ring full, and a worker idle, claims it without a
// token, with handing alone, does as in S4, and looks.
//
// # No wake-up is lost
//
// That would be: from some instant on, the oldest task is published, a worker
// is idle, and nobody acts. One of three events came last before that instant:
// the task was published (S1), the worker was announced (P1), or a token or
// handing was given up. After each of them the same goroutine looks, and the
// look comes after the event in the one order that all atomic operations have.
// So it sees the task, the worker, a free token and no handing, and acts; or it
// sees the tokens or handing held, and then giving them up was not the last
// event, but is yet to come. Where handing is given up without a look, in S4, a
// token goes to the worker that is woken, and its P4 is yet to come.
//
// A fourth event has no look behind it. A worker that ends one task and takes
// the next, without ever holding a token, makes the task after that the oldest.
// If that one was published already, then the look of its own submit came to
// nothing for one of three reasons. Nobody was idle: whoever has become idle
// since has looked in P2. Others held both tokens, or one held handing: they
// look when they give it up. Or the task that was the oldest then was not yet
// published: its pusher looks once it is. Each of these looks sees whatever is
// the oldest then.
//
// If it were done the other way round, first the look and then the publishing
// or announcing, a task could be published and a worker fall asleep each
// between the other's two steps. And if a holder gave up its token without a
// look, the tasks that came while it was held would have nobody to speak for
// them: their submitters saw it held, and left. A token is given up before the
// task runs, so no task can keep it, whether it blocks, panics or exits.
//
// # The end
//
// A closed ring gets no more tasks. The worker that gets the last one looks for
// another when it has ended, and finds the ring drained. (Or it leaves, because
// there are too many. Then, if anybody was idle beside that last task, somebody
// was about to look, as has been argued, and finds the ring drained.) A worker
// that goes to sleep later finds so in P2, a holder when it gives up its token,
// and Shutdown if nothing was queued from the start. ShutdownNow takes tasks as a
// worker does, and looks when there are no more. Whoever finds the ring drained
// dismisses all workers on the stack.

// The state is one 64-bit word, so that each step above is one CAS.
//
//	63            27     26     25    24 23     0
//	+---------------+-----------+--------+--------+
//	|    version    |  handing  | tokens |  top   |
//	+---------------+-----------+--------+--------+
//
// The top is the index of the worker on top of the stack, or 0 if nobody is
// idle. The tokens are how many workers are being woken, 0 to 2. Handing is
// held from the claim of a worker until it has a task, for the sake of those who
// need to know that all workers are busy: this one is no longer idle, and not
// yet busy.
//
// The version counts the changes of the stack: who finds the same state twice
// knows that in between nobody was put on the stack or taken off it, nor was
// handing held. A claim depends on that. It reads what lies below the top before
// its CAS, and must fail if that has changed since, even if the same worker is
// on top again. To be deceived, it would have to be stopped for a multiple of
// exactly 2^37 changes.
const (
	topBits    = 24
	topMask    = 1<<topBits - 1 // check.MaxSize fits
	token      = 1 << 24
	bothTokens = 2 * token // this bit is set if no token is free
	handing    = 1 << 26
	oneVersion = 1 << 27
)

var _ [topMask - check.MaxSize]struct{} // the comment on topMask is true

// idle reports whether in state s some worker is idle.
func (p *Pool) idle(s uint64) bool { return s&topMask != 0 }

// rouse is the look: S2 to S4.
func (p *Pool) rouse() {
	for {
		s := p.state.Load()
		if s&(bothTokens|handing) != 0 || !p.idle(s) {
			return // the holders will look, or the next who parks
		}
		r := p.ring.Load()
		switch r.Peek() {
		case mpmc.OK:
			if w := p.claim(s, token|handing); w != nil {
				p.fill(w, token|handing)
				return
			}
		case mpmc.Drained:
			if p.last(r) {
				p.dismiss()
			}
			return // or else it is being replaced: who does that will look
		default:
			return // nothing there, or its pusher will look
		}
	}
}

// handOver makes room in a full ring: it gives the oldest task to an idle
// worker, whoever has the tokens. It does nothing if the state is no longer s, or
// if the oldest task is not yet published.
func (p *Pool) handOver(s uint64) {
	if p.ring.Load().Peek() != mpmc.OK {
		return
	}
	if w := p.claim(s, handing); w != nil {
		p.fill(w, handing)
		p.rouse()
	}
}

// claim takes the top worker off the stack, and with it what the caller is to
// hold, which is free in state s. It returns nil if the state is no longer s.
func (p *Pool) claim(s, held uint64) *worker {
	top := uint32(s & topMask)
	w, below := p.find(top)
	if !p.state.CompareAndSwap(s, s-uint64(top)+uint64(below)+held+oneVersion) {
		return nil
	}
	if w == nil {
		w = p.makeWorker(top)
	}
	p.wakes.Inc() // before the pop, for Stats
	return w
}

// find returns the worker whose index is on the stack, and what lies below it. The
// worker is nil if it was never claimed.
func (p *Pool) find(index uint32) (w *worker, below uint32) {
	if w = p.place(index).Load(); w != nil {
		return w, w.below.Load()
	}
	return nil, index + 1 // as hire has put them there
}

// fill is S4 for a caller that has claimed w, and holds so much.
func (p *Pool) fill(w *worker, held uint64) {
	task, o := p.take()
	if o != mpmc.OK {
		p.stack(w, held)
		p.rouse()
		return
	}
	p.state.Sub(handing)
	w.task, w.token = task, held&token != 0
	if w.keeps() {
		w.bed.wake()
	} else {
		p.start(w)
	}
}

// start gives w, which the caller has claimed and has a task for, a goroutine.
func (p *Pool) start(w *worker) {
	if w.started { // the goroutine that was let go may not yet have ended
		task, token := w.task, w.token
		w = p.makeWorker(w.index)
		w.task, w.token = task, token
	}
	w.started = true
	p.started.Inc()
	p.enlist(w)
	step.Go(func() { p.supervisor.Run(w.work) })
}

// makeWorker makes the worker for an index that the caller has claimed.
func (p *Pool) makeWorker(index uint32) *worker {
	w := &worker{pool: p, index: index}
	w.bed.make()
	p.place(index).Store(w)
	return w
}

// stack puts w on the stack, and gives up what the caller holds.
func (p *Pool) stack(w *worker, held uint64) {
	p.put(w.index, w, held)
	p.countPark() // not before: Stats must not call a worker idle that can't be claimed
	if p.surplus.Load() != 0 {
		p.trim() // not before, either: Resize has looked for idle workers
	}
}

// put puts all workers from index first to last on the stack, and gives up what the
// caller holds.
func (p *Pool) put(first uint32, last *worker, held uint64) {
	for {
		s := p.state.Load()
		top := s & topMask
		last.below.Store(uint32(top))
		if p.state.CompareAndSwap(s, s-top+uint64(first)-held+oneVersion) {
			return
		}
	}
}

// giveUp gives up a token, and looks.
func (p *Pool) giveUp() {
	p.state.Sub(token)
	p.rouse()
}

// dismiss lets all idle workers go, because the ring is drained.
func (p *Pool) dismiss() {
	s := p.state.Load()
	for !p.state.CompareAndSwap(s, s-s&topMask+oneVersion) {
		s = p.state.Load()
	}
	bodiless := uint32(0)
	for i := uint32(s & topMask); i != 0; {
		w, below := p.find(i)
		i = below
		if w != nil && w.keeps() {
			p.wakes.Inc()
			w.bed.wake()
		} else {
			bodiless++
		}
	}
	p.checkRest()
	p.retire(bodiless)
}

// retire counts workers that are gone, or will never come, and other goroutines of
// the pool that have ended. The last of them ends the shutdown.
func (p *Pool) retire(n uint32) {
	if n != 0 && p.present.Sub(n) == 0 {
		p.done.Open()
	}
}
