// Package keyed runs tasks one at a time per key, in the order of their
// submission, on a worker pool. Tasks of different keys run side by side.
//
// Use it where the tasks of one customer, document or connection must not
// overtake each other, and those of different ones need not wait for each other:
//
//	q := keyed.New[string](p, 1000)
//	err := q.Submit(account, func() { apply(payment) })
//
// A [Queue] has no workers of its own. It borrows those of its pool, which may run
// other tasks as well, and may be shared by several queues. A key costs memory
// only while it has a task that waits or runs.
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
// A key with many tasks does not hold on to a worker. After eight of them the
// worker goes back to its pool, and the key goes to the end of the line, behind
// the other keys and behind what is queued in the pool.
//
// # Panics
//
// A task that panics or calls [runtime.Goexit] ends like any other task of the
// pool: the panic is counted, and given to the pool's panic handler. It costs the
// key nothing: its next task runs.
//
// # Statistics
//
// What the pool counts as a task is a worker's visit to a key, in which it runs one
// to eight tasks, or none if another worker has been there before. A visit that
// panics is followed by another. A visit that the pool has no room for at once waits
// for room, and is among the pool's Rejected though no task was refused.
//
// # Shutdown
//
// To stop, stop submitting, call [Queue.Wait], and then shut down the pool. If the
// pool is shut down while tasks wait, none of them is lost:
//
//   - Shutdown and ShutdownContext run the waiting tasks too, in the order of each
//     key.
//   - ShutdownNow returns the visits that no worker has begun, each as one function.
//     Calling all of them runs every task that waits, each once, in the order of its
//     key. If they are not called, these tasks do not run, and Wait waits for
//     them until its context ends. A visit that a worker has begun goes on until there
//     are no more keys left than functions.
//   - There are two exceptions. If a visit waits for room in the pool when the
//     shutdown begins, and no other is being made, its tasks run on a goroutine of the
//     Queue, and the pool's shutdown does not wait for them; Wait does. And the tasks
//     behind one that panics or calls Goexit during the shutdown run on another
//     goroutine than the worker's, which waits for them. A panic on such a goroutine is
//     written to the default [log/slog.Logger], and not counted by the pool.
//
// A Queue learns of the shutdown when it next needs the pool. Until then it accepts
// tasks for keys that have one already, and they are among those that wait.
type Queue[K comparable] struct {
	pool    workerpool.Submitter
	visit   func() // a visit to the key that has been ready longest
	outside supervise.Supervisor

	mu      step.Mutex // guards what follows, and is not held in a call of the pool or of a task
	slots   int        // how many more tasks may wait: the free slots
	lines   map[K]*line[K]
	most    int // the largest len(lines) since the map was made
	ready   fifo[*line[K]]
	pending int // tasks that have a slot or run

	queued  int  // visits that have not begun; see visit.go
	serving int  // visits that have begun and not ended
	moving  bool // move is under way
	closed  bool // the pool has returned ErrPoolClosed

	callers list.List  // of *caller: the calls that wait for a slot
	watched bool       // a call of Wait waits for the latch
	idle    step.Latch // to be opened when pending is 0
}

// A line is a key that has a task waiting or running, and the tasks that wait.
type line[K comparable] struct {
	queue   *Queue[K]
	key     K
	tasks   fifo[func()]
	first   [1]func() // room for one task, so that a key with one takes no other memory
	entered bool      // it was put into lines, or its task into another line
	begun   bool      // its visit has begun before decide was called
}

// A caller is a call of SubmitContext that waits for a slot.
type caller struct {
	awake   step.Latch
	hasSlot bool // has a slot; guarded by the Queue's mu
}

// New returns a Queue that runs its tasks on p. It has room for capacity waiting
// tasks, of all keys together; a task that runs is not waiting. New panics if p is
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

// Submit accepts task and returns nil, without blocking. The task runs when all
// tasks of its key that were accepted before have ended. If one call of Submit or
// SubmitContext has returned before another begins, its task is accepted before.
//
// Submit returns [workerpool.ErrPoolFull] if as many tasks wait as the Queue has
// room for, or if the key has no task that waits or runs and the pool is full. It
// returns [workerpool.ErrPoolClosed] if the pool is closed, and
// [workerpool.ErrNilTask] if task is nil. A refused task never runs. Submit panics
// if key is not equal to itself, as NaN is not, or cannot be compared.
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

// SubmitContext is like [Queue.Submit], but while there is no room it waits: first
// for room among the waiting tasks, which calls get in the order of their arrival, and
// then for room in the pool, if the key has no task that waits or runs. In this second
// part the task counts as one that waits. If ctx ends first,
// SubmitContext returns an error for which [errors.Is] reports both the cause and
// ctx.Err(), and the task never runs. It panics if ctx is nil.
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
// The Queue stays open. If ctx ends first, Wait returns an error for which
// [errors.Is] reports both the cause and ctx.Err(). It panics if ctx is nil.
//
// The end of every task that was accepted before the call synchronizes before the
// return of a Wait that returns nil. A task must not call Wait on its own Queue: it
// would wait for its own end.
func (q *Queue[K]) Wait(ctx context.Context) error {
	check.Context("keyed: Queue.Wait", ctx)
	q.made("Wait")
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

// made panics if q does not come from New.
func (q *Queue[K]) made(method string) {
	if q == nil || q.pool == nil {
		panic("keyed: Queue." + method + ": the Queue was not made by New")
	}
}

// check panics if q or key cannot be used. It is called before q.mu is taken,
// because to compare keys may panic.
func (q *Queue[K]) check(method string, key K) {
	q.made(method)
	if equal := func(a, b K) bool { return a == b }; !equal(key, key) {
		panic(fmt.Sprintf("keyed: Queue.%s: key is %v, which is not equal to itself", method, key))
	}
}

// takeSlot takes a free slot for a task.
func (q *Queue[K]) takeSlot() {
	q.slots--
	q.pending++
}

// awaitSlot takes a slot for the caller, waiting for it if need be. It is called,
// and returns, with q.mu held.
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
	case c.hasSlot: // perhaps after ctx had ended: it must not be lost
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
// there is none, join returns a new one, which the pool has to accept first. It is
// called with q.mu held, and unlocks it.
func (q *Queue[K]) join(key K, task func()) *line[K] {
	defer q.mu.Unlock()
	if l := q.lines[key]; l != nil {
		l.tasks.push(task)
		return nil
	}
	l := &line[K]{queue: q, key: key}
	l.tasks.items = l.first[:0]
	l.tasks.push(task)
	return l
}

// decide is called with what the pool has returned for the visit of a new line. It
// returns err.
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

// enter adds a line to the Queue when the pool has accepted a visit for it, once.
// Another submitter may have entered a line for the same key meanwhile. Then the task
// joins that line, and the visit finds another line or none.
func (q *Queue[K]) enter(l *line[K]) {
	switch live := q.lines[l.key]; {
	case l.entered:
		return
	case live != nil:
		live.tasks.push(l.tasks.pop())
	default:
		q.lines[l.key] = l
		q.most = max(q.most, len(q.lines))
		q.ready.push(l)
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

// noteClosed makes the Queue refuse tasks if err says that the pool does so.
func (q *Queue[K]) noteClosed(err error) {
	if q.closed || !errors.Is(err, workerpool.ErrPoolClosed) {
		return
	}
	q.closed = true
	for e := q.callers.Front(); e != nil; e = q.callers.Front() {
		q.callers.Remove(e).(*caller).awake.Open()
	}
}
