// Package keyed runs tasks on a worker pool, one at a time per key and in the
// order of their submission. Tasks of different keys run at the same time.
//
// Use it if the tasks of one customer, document or connection must not overtake
// each other, but tasks of different ones need not wait for each other:
//
//	q := keyed.New[string](p, 1000)
//	err := q.Submit(account, func() { apply(payment) })
//
// A [Queue] has no workers of its own. It uses those of its pool, which may run
// other tasks, too, and may be shared by several queues. A key costs memory only
// while one of its tasks waits or runs.
package keyed

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/fifo"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/internal/supervise"
)

// A Queue runs tasks on a pool: one at a time per key, first in first out. Make
// one with [New]. It must not be copied. All its methods are safe for concurrent
// use.
//
// # Fairness
//
// A key with many tasks does not keep a worker. After eight of them the worker
// returns to its pool, and the key goes to the end of the line, behind the
// other keys and behind what is queued in the pool. But all keys share the capacity: one
// whose tasks pile up can take all of it, and then tasks of other keys are refused, too.
//
// # Panics
//
// A task that panics or calls [runtime.Goexit] ends like any other task of the
// pool: a panic is counted, and reported to the pool's panic handler. The next
// task of the key runs.
//
// # Statistics
//
// The Stats of the pool do not count the tasks of a Queue, but visits. In a visit a
// worker runs up to eight tasks of a key. So Submitted is less than the number of tasks,
// and Rejected can grow although every task was accepted: a visit that finds the pool
// full waits for room.
//
// # Shutdown
//
// To stop, stop submitting, call [Queue.Wait], and then shut down the pool. If the
// pool is shut down while tasks wait, none of them is lost:
//
//   - Shutdown and ShutdownContext run the waiting tasks too, in the order of each
//     key.
//   - ShutdownNow returns the visits that no worker has begun, each as one function.
//     To run every waiting task, once and in the order of its key, call all of these
//     functions. If they are not called, these tasks do not run, and Wait waits for
//     them until its context ends. A worker that is in a visit then also serves the keys
//     for which no function was returned.
//
// In two cases the Queue runs waiting tasks on a goroutine of its own:
//
//   - A visit waits for room when the shutdown begins, and no other visit is running.
//     The pool's shutdown does not wait for these tasks; Wait does.
//   - A task panics or calls Goexit during the shutdown. The tasks behind it run on
//     another goroutine, and the worker waits for them. Then the pool reports the panic.
//
// A panic on such a goroutine is written to the default [log/slog.Logger], and the pool
// does not count it. After a task that panics or calls Goexit there, the next goroutine
// goes on, so a worker waits for one goroutine at a time.
//
// A Queue notices the shutdown when it next needs the pool. Until then it still
// accepts tasks for keys that have one.
type Queue[K comparable] struct {
	pool    workerpool.Submitter
	visit   func() // a visit to the key that has been ready longest
	outside supervise.Supervisor

	mu      step.Mutex // guards what follows; not held during a call of the pool or of a task
	slots   int        // how many more tasks may wait: the free slots
	lines   map[K]*line[K]
	most    int // the largest len(lines) since the map was made
	ready   fifo.Queue[*line[K]]
	pending int // tasks that have a slot or run

	queued  int  // visits that have not begun; see visit.go
	serving int  // visits that have begun and not ended
	moving  bool // move is under way
	closed  bool // the pool has returned ErrPoolClosed

	callers list.List  // the calls that wait for a slot, as *caller
	watched bool       // a call of Wait waits for the latch
	idle    step.Latch // opened when pending becomes 0
}

// keep is how many lines a map may have had and be kept when it is empty.
const keep = 64

// A line is a key with a task that waits or runs, and its waiting tasks.
type line[K comparable] struct {
	queue   *Queue[K]
	key     K
	tasks   fifo.Queue[func()]
	first   [1]func() // room for one task, so that a key with one takes no other memory
	entered bool      // it is in lines, or its task was added to another line
	begun   bool      // its visit has begun before decide was called
}

// A caller is a call of SubmitContext that waits for a slot.
type caller struct {
	awake   step.Latch
	hasSlot bool // has a slot; guarded by the Queue's mu
}

// New returns a Queue that runs its tasks on p. It has room for capacity waiting
// tasks of all keys together. A running task does not count. New panics if p is
// nil or a nil pointer, and if capacity is less than 1.
func New[K comparable](p workerpool.Submitter, capacity int) *Queue[K] {
	if v := reflect.ValueOf(p); p == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		panic(fmt.Sprintf("keyed: New: the pool is nil (%T)", p))
	}
	if capacity < 1 {
		panic(fmt.Sprintf("keyed: New: capacity is %d, must be at least 1", capacity))
	}
	q := &Queue[K]{pool: p, slots: capacity, lines: map[K]*line[K]{}}
	q.visit = func() { q.work(nil) }
	q.outside.Init("keyed", options.Options{})
	return q
}

// Submit accepts task and returns nil. It does not wait. The task runs when all
// tasks of its key that were accepted before have ended. If a call of Submit or
// SubmitContext returns before another begins, its task comes first.
//
// Submit returns [workerpool.ErrPoolFull] if the Queue has no room for another
// waiting task, or if the key has no other task and the pool is full. It returns
// [workerpool.ErrPoolClosed] if the pool is closed, and [workerpool.ErrNilTask] if
// task is nil. A refused task never runs. Submit panics if key cannot be compared,
// or is not equal to itself, like NaN.
//
// Submit synchronizes before the start of its task, and the end of each task of a
// key before the start of the next.
func (q *Queue[K]) Submit(key K, task func()) error {
	q.check("Submit", key)
	if task == nil {
		return workerpool.ErrNilTask
	}
	q.mu.Lock()
	switch {
	case q.closed:
		q.mu.Unlock()
		return workerpool.ErrPoolClosed
	case q.slots == 0:
		q.mu.Unlock()
		return workerpool.ErrPoolFull
	}
	q.takeSlot()
	if l := q.join(key, task); l != nil {
		return q.decide(l, q.pool.Submit(l.visit))
	}
	return nil
}

// SubmitContext is like [Queue.Submit], but waits for room: first in the Queue, which
// calls get in the order of arrival, and then in the pool, if the key has no other
// task. During the second wait the task already takes a place in the Queue. If ctx
// ends first, the task never runs, and [errors.Is] finds both ctx.Err() and
// [context.Cause] of ctx in the error. SubmitContext panics if ctx is nil.
//
// A task that calls SubmitContext on its own Queue or pool occupies a worker while
// it waits. If all workers do so, they wait until their contexts end.
func (q *Queue[K]) SubmitContext(ctx context.Context, key K, task func()) error {
	check.Context("keyed: Queue.SubmitContext", ctx)
	q.check("SubmitContext", key)
	if task == nil {
		return workerpool.ErrNilTask
	}
	if ctx.Err() != nil {
		return await.Cause(ctx)
	}
	q.mu.Lock()
	if err := q.awaitSlot(ctx); err != nil {
		q.mu.Unlock()
		return err
	}
	if l := q.join(key, task); l != nil {
		return q.decide(l, q.pool.SubmitContext(ctx, l.visit))
	}
	return nil
}

// Wait returns nil when no task waits or runs, and no call of SubmitContext waits.
// The Queue stays open. If ctx ends first, Wait returns an error in which
// [errors.Is] finds both ctx.Err() and [context.Cause] of ctx. It panics if ctx is
// nil.
//
// If Wait returns nil, the end of every task that was accepted before the call
// synchronizes before that return. A task must not call Wait on its own Queue: it
// would wait for its own end.
func (q *Queue[K]) Wait(ctx context.Context) error {
	check.Context("keyed: Queue.Wait", ctx)
	q.checkMade("Wait")
	q.mu.Lock()
	if q.pending == 0 {
		q.mu.Unlock()
		return nil
	}
	if !q.watched {
		q.watched, q.idle = true, step.NewLatch()
	}
	idle := q.idle
	q.mu.Unlock()
	return idle.WaitContext(ctx)
}

// checkMade panics if q was not made by New.
func (q *Queue[K]) checkMade(method string) {
	if q == nil || q.pool == nil {
		panic("keyed: Queue." + method + ": the Queue was not made by New")
	}
}

// check panics if q or key cannot be used. It is called before q.mu is taken,
// because comparing keys may panic.
func (q *Queue[K]) check(method string, key K) {
	q.checkMade(method)
	if equal := func(a, b K) bool { return a == b }; !equal(key, key) {
		panic(fmt.Sprintf("keyed: Queue.%s: key is %v, which is not equal to itself", method, key))
	}
}

// takeSlot takes a free slot for a task.
func (q *Queue[K]) takeSlot() {
	q.slots--
	q.pending++
}

// awaitSlot takes a slot for the caller, and waits if there is none. It is
// called, and returns, with q.mu held.
func (q *Queue[K]) awaitSlot(ctx context.Context) error {
	switch {
	case q.closed:
		return workerpool.ErrPoolClosed
	case q.slots > 0:
		q.takeSlot()
		return nil
	}
	c := &caller{awake: step.NewLatch()}
	e := q.callers.PushBack(c)
	q.mu.Unlock()
	err := c.awake.WaitContext(ctx)
	q.mu.Lock()
	switch {
	case c.hasSlot: // even if ctx has ended, or the slot would be lost
		return nil
	case q.closed:
		return workerpool.ErrPoolClosed
	}
	q.callers.Remove(e)
	return err
}

// freeSlot gives the slot of a task that no longer waits to the oldest caller, or frees
// it if there is no caller.
func (q *Queue[K]) freeSlot() {
	if e := q.callers.Front(); e != nil {
		c := q.callers.Remove(e).(*caller)
		c.hasSlot = true
		q.pending++
		c.awake.Open()
		return
	}
	q.slots++
}

// join adds a task that has a slot to the line of its key, and returns nil. If
// there is no such line, join returns a new one, which the pool must accept first.
// It is called with q.mu held, and unlocks it.
func (q *Queue[K]) join(key K, task func()) *line[K] {
	defer q.mu.Unlock()
	if l := q.lines[key]; l != nil {
		l.tasks.Push(task)
		return nil
	}
	l := &line[K]{queue: q, key: key}
	l.tasks.Init(l.first[:])
	l.tasks.Push(task)
	return l
}

// decide records the answer of the pool, for the visit of a new line, and returns it.
func (q *Queue[K]) decide(l *line[K], err error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err == nil {
		if !l.begun {
			q.queued++
		}
		q.enter(l)
		return nil
	}
	q.noteClosed(err)
	q.freeSlot()
	q.end()
	return err
}

// enter adds a line to the Queue after the pool has accepted a visit for it, unless
// that has been done. If another submitter has entered a line for the same key in the
// meantime, the task joins that line, and the visit takes another line or none.
func (q *Queue[K]) enter(l *line[K]) {
	switch live := q.lines[l.key]; {
	case l.entered:
		return
	case live != nil:
		live.tasks.Push(l.tasks.Pop())
	default:
		q.lines[l.key] = l
		q.most = max(q.most, len(q.lines))
		q.ready.Push(l)
	}
	l.entered = true
}

// leave forgets a line without tasks.
func (q *Queue[K]) leave(l *line[K]) {
	delete(q.lines, l.key)
	if len(q.lines) == 0 && q.most > keep {
		q.lines, q.most = map[K]*line[K]{}, 0 // a map does not shrink
	}
}

// end records that a task has ended, or was refused.
func (q *Queue[K]) end() {
	q.pending--
	if q.pending == 0 && q.watched {
		q.watched = false
		q.idle.Open()
	}
}

// noteClosed closes the Queue if err says that the pool is closed.
func (q *Queue[K]) noteClosed(err error) {
	if q.closed || !errors.Is(err, workerpool.ErrPoolClosed) {
		return
	}
	q.closed = true
	for e := q.callers.Front(); e != nil; e = q.callers.Front() {
		q.callers.Remove(e).(*caller).awake.Open()
	}
}
