package keyed

import (
	"context"

	"github.com/seed62337844/workerpool/internal/step"
)

// The pool runs visits. In a visit a worker takes the line that has been ready
// longest, runs up to visitLimit of its tasks, and leaves. A line is ready when it has
// tasks and no worker. A line that still has tasks after a visit is ready again,
// behind the others, and needs another visit.
//
// Invariants, whenever mu is free:
//
//	V1  A key has at most one line. A line is ready at most once, and is not visited
//	    while it is ready.
//	V2  While the pool is open: there are at least as many visits that have not begun as
//	    there are ready lines, or move is under way, and submits the missing ones.
//	V3  When the pool is closed: if a visit is missing, then a visit that has begun or move
//	    is under way. The one that ends last takes a ready line for the next visit.
//
// A visit is for any line, and not for the line that caused it. So the lines take turns
// even if the pool has no room for another visit.
//
// queued is the number of visits in V2. A visit for a ready line is counted before it is
// submitted. If the pool refuses it, the submitter subtracts it and looks again for
// missing visits. A visit for a new line is counted together with that line, after the
// pool has accepted it. If such a visit begins before that, it is not counted at all.
//
// A worker whose key has more tasks needs room in the pool for the next visit, and
// the pool may be full. It could keep the key and go on. But if all workers did so,
// what is queued in the pool would wait as long as the keys have tasks, perhaps
// forever. So the worker leaves, and move waits for the room that it makes. At most
// one goroutine runs move, and only while the pool has no room.
//
// When the pool is closed, a worker takes a ready line at the end of its visit, and
// visits it. After a task that has not returned, it cannot do that, and waits for a
// substitute: a goroutine that visits lines until one of its tasks does not return. Then
// the substitute takes a ready line, hands it to the worker, and ends, and the worker
// starts another substitute. So they do not wait for each other, and each waiting
// worker has only one at a time. The visit to a line begins when the line is taken, so
// a line that is handed over is being visited.

// visitLimit is how many tasks of a key a worker runs in one visit. With 1, each
// task of a key would pay for a submit to the pool. With many, what is queued
// behind them would wait for all of them. A submit costs about as much as a few
// empty tasks. So with 8 it is cheap for the shortest tasks, and 8 long tasks are
// still few.
const visitLimit = 8

// visit is the visit that is submitted for a new line.
func (l *line[K]) visit() { l.queue.work(l) }

// work is one visit. added is the line that it was submitted for, if that line
// is new.
func (q *Queue[K]) work(added *line[K]) {
	q.mu.Lock()
	switch {
	case added != nil && !added.entered:
		added.begun = true
		q.enter(added)
	case q.queued > 0: // it is 0 if a function that ShutdownNow returned is called twice
		q.queued--
	}
	l := q.begin()
	q.mu.Unlock()
	defer func() {
		if l != nil { // a task has not returned
			q.substitute(l)
		}
	}()
	q.serveAll(&l)
}

// begin takes the line that has been ready longest, for a visit. It returns nil if
// none is ready. It is called with q.mu held.
func (q *Queue[K]) begin() *line[K] {
	l := q.ready.Pop()
	if l != nil {
		q.serving++
	}
	return l
}

// serveAll serves *next, and then the lines for which there will be no other visit. If
// a task does not return, neither does serveAll. Then *next is the line to be served
// next, or nil.
func (q *Queue[K]) serveAll(next **line[K]) {
	for *next != nil {
		q.serve(next)
	}
}

// serve runs tasks of the line *next. Then it sets *next to the line to be served next,
// or nil, even if the last task does not return.
func (q *Queue[K]) serve(next **line[K]) {
	l, returned := *next, false
	defer func() { *next = q.finish(l, returned) }() // after a panic or a Goexit too
	for n := 0; ; n++ {
		task := q.next(l, n)
		if task == nil {
			returned = true
			return
		}
		task()
	}
}

// next returns the next task of a line of which n tasks have ended in this visit.
// It returns nil if there is none, or if the visit is over.
func (q *Queue[K]) next(l *line[K], n int) func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n > 0 {
		q.end()
	}
	if n == visitLimit || l.tasks.Len() == 0 {
		return nil
	}
	q.freeSlot()
	return l.tasks.Pop()
}

// finish ends the visit to l. If a visit is missing, it submits one. If the pool is
// closed, that is not possible, and finish returns a line to be served next. But if the
// last task did not return, finish leaves the line to another visit that is running.
func (q *Queue[K]) finish(l *line[K], returned bool) (next *line[K]) {
	q.mu.Lock()
	if !returned {
		q.end()
	}
	if l.tasks.Len() > 0 {
		q.ready.Push(l)
	} else {
		q.leave(l)
	}
	if q.missing() && !q.closed && !q.moving {
		q.ask()
	}
	q.serving--
	if q.closed && q.missing() && (returned || q.serving == 0) {
		next = q.begin()
	}
	q.mu.Unlock()
	return next
}

// missing reports whether there are fewer visits than ready lines.
func (q *Queue[K]) missing() bool { return q.ready.Len() > q.queued }

// ask submits one visit to the pool, and starts move if the pool has no room. It is
// called, and returns, with q.mu held.
func (q *Queue[K]) ask() {
	q.queued++
	q.mu.Unlock()
	err := q.pool.Submit(q.visit)
	q.mu.Lock()
	if err == nil {
		return
	}
	q.queued--
	q.noteClosed(err)
	if !q.closed && !q.moving && q.missing() {
		q.moving = true
		step.Go(q.move)
	}
}

// move submits visits until none is missing, and waits for room in the pool. If the
// pool is closed, and no visit is running that would notice a missing one, move takes
// the line, and waits for a substitute that serves it.
func (q *Queue[K]) move() {
	q.mu.Lock()
	for q.missing() {
		q.queued++
		q.mu.Unlock()
		err := q.pool.SubmitContext(context.Background(), q.visit)
		q.mu.Lock()
		if err != nil {
			q.queued--
			q.noteClosed(err)
			break
		}
	}
	q.moving = false
	var l *line[K]
	if q.missing() && q.serving == 0 {
		l = q.begin()
	}
	q.mu.Unlock()
	if l != nil {
		q.substitute(l)
	}
}

// substitute has other goroutines serve l, and then the lines for which there will be no
// other visit. After each task that does not return, the next goroutine goes on.
func (q *Queue[K]) substitute(l *line[K]) {
	for l != nil {
		ended := step.NewLatch()
		step.Go(func() {
			defer ended.Open() // after a Goexit too
			q.outside.Do(func() { q.serveAll(&l) })
		})
		ended.Wait()
	}
}
