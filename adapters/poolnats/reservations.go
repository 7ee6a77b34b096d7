package poolnats

import "sync"

// reservations brings together the tasks that the pool has accepted and the messages that
// come for them. An accepted task that has no message yet is a reservation: it takes room
// in the pool, which no other user can take.
//
// Consume gets a reservation for each message before it asks for the message. A task
// takes the first message in the queue when it begins. So messages begin in the order
// in which they came. And a message that has not begun can be given back without the
// pool: its task finds the queue empty and ends.
//
// Invariant, while a pull is under way that was announced: len(queue) + expected <= held.
type reservations struct {
	mu       sync.Mutex // guards what follows, and is the last lock taken
	changed  *sync.Cond // a message came, one is no longer expected, or one ended
	held     int        // accepted tasks that have neither taken a message nor ended
	expected int        // messages that the current pull may still bring
	queue    []*delivery
	running  int  // messages that were taken and are not settled
	closed   bool // messages are given back instead of queued
}

func newReservations() *reservations {
	r := &reservations{}
	r.changed = sync.NewCond(&r.mu)
	return r
}

// hold adds n reservations, or removes them if n is negative. Reservations are added before
// their tasks are submitted, because a task may begin before its submit returns.
func (r *reservations) hold(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held += n
	r.changed.Broadcast() // with other numbers, a task may no longer have to wait
}

// announce records that n messages are about to be asked for. From then on a task that
// begins waits for its message.
func (r *reservations) announce(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expected = n
	r.changed.Broadcast()
}

// expect lowers the number of announced messages to the number of free reservations, and
// returns it.
func (r *reservations) expect() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expected = max(0, min(r.expected, r.held-len(r.queue)))
	r.changed.Broadcast()
	return r.expected
}

// free returns the number of reservations for which there is no message yet.
func (r *reservations) free() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held - len(r.queue)
}

// came records that one of the expected messages has come. If d is nil, the message needs
// no reservation. Otherwise d is queued, and reserved is false if it has no reservation.
// If the reservations are closed and d is not to be kept, d is not queued: the caller
// settles it, and then calls done.
func (r *reservations) came(d *delivery, keep bool) (reserved, queued bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expected = max(0, r.expected-1)
	r.changed.Broadcast()
	if d == nil {
		return true, true
	}
	if r.closed && !keep {
		r.running++
		return true, false
	}
	r.queue = append(r.queue, d)
	return r.closed || len(r.queue)+r.expected <= r.held, true
}

// begin is called by a task that begins. It takes the first message off the queue. If
// the queue is empty, it waits for a message that is on its way, unless there are
// enough other reservations for these. It returns nil if there is no message for this
// task.
func (r *reservations) begin() *delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.queue) == 0 && r.expected > 0 && r.expected >= r.held && !r.closed {
		r.changed.Wait()
	}
	r.held--
	return r.pop()
}

// pop takes the first message off the queue, or returns nil. The lock is held.
func (r *reservations) pop() *delivery {
	if len(r.queue) == 0 {
		return nil
	}
	d := r.queue[0]
	r.queue[0] = nil
	r.queue = r.queue[1:]
	r.running++
	return d
}

// done records that a message that was taken has been settled.
func (r *reservations) done() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
	r.changed.Broadcast()
}

// close takes all messages off the queue except those to be kept, and makes came do
// the same from then on. The caller settles each returned message, and then calls
// done.
func (r *reservations) close(keep func(*delivery) bool) (taken []*delivery) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	var kept []*delivery
	for _, d := range r.queue {
		if keep(d) {
			kept = append(kept, d)
		} else {
			taken = append(taken, d)
		}
	}
	r.queue = kept
	r.running += len(taken)
	r.changed.Broadcast()
	return taken
}

// next takes the first message off the queue. If there is none, it waits until
// all taken messages are settled, and returns nil.
func (r *reservations) next() *delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.queue) == 0 && r.running > 0 {
		r.changed.Wait()
	}
	return r.pop()
}
