package poolnats

import "sync"

// places matches two sequences: the tasks that the pool has accepted, and the
// messages that come for them. A task that the pool has accepted and that has no
// message yet is a place: room in the pool that nobody else can take.
//
// Consume holds a place for each message before it asks for the message. A task
// takes the first message in the queue when it begins, so messages begin in the
// order in which they came, and a message that has not begun can be given back
// without the pool: its task finds the queue empty and ends.
//
// Invariant, while a pull is under way that was announced: len(queue) + expected <= held.
type places struct {
	mu       sync.Mutex // guards what follows, and is the last lock taken
	changed  *sync.Cond // a message came, one is no longer expected, or one ended
	held     int        // tasks accepted that have neither taken a message nor ended
	expected int        // messages that the pull under way may still bring
	queue    []*delivery
	running  int  // messages that were taken and are not done with
	closed   bool // messages are given back instead of queued
}

func newPlaces() *places {
	p := &places{}
	p.changed = sync.NewCond(&p.mu)
	return p
}

// hold adds n places, or removes them if n is negative. Places are added before the
// pool is asked, because their tasks may begin before it answers.
func (p *places) hold(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held += n
	p.changed.Broadcast() // with fewer places, a task that waits may be needed no more
}

// announce says that n messages are about to be asked for. From then on a task that
// begins waits for its message.
func (p *places) announce(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = n
	p.changed.Broadcast()
}

// expect lowers the number of messages announced to what there are places for, and
// returns it.
func (p *places) expect() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = max(0, min(p.expected, p.held-len(p.queue)))
	p.changed.Broadcast()
	return p.expected
}

// free returns for how many more messages there are places.
func (p *places) free() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held - len(p.queue)
}

// came says that one of the messages expected has come. A nil d is one that is here
// already; otherwise d is queued, and placed is false if it has no place. If the
// places are closed, and d is not to be kept, d is not queued but the caller's, who
// follows it by a done.
func (p *places) came(d *delivery, keep bool) (placed, queued bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = max(0, p.expected-1)
	p.changed.Broadcast()
	if d == nil {
		return true, true
	}
	if p.closed && !keep {
		p.running++
		return true, false
	}
	p.queue = append(p.queue, d)
	return p.closed || len(p.queue)+p.expected <= p.held, true
}

// begin gives up a place for the first message in the queue. It waits for a
// message that is on its way, unless there are other places for all of them. It
// returns nil if there is no message for this place.
func (p *places) begin() *delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) == 0 && p.expected > 0 && p.expected >= p.held && !p.closed {
		p.changed.Wait()
	}
	p.held--
	return p.pop()
}

// pop takes the first message off the queue, or returns nil. The lock is held.
func (p *places) pop() *delivery {
	if len(p.queue) == 0 {
		return nil
	}
	d := p.queue[0]
	p.queue[0] = nil
	p.queue = p.queue[1:]
	p.running++
	return d
}

// done says that a message that was taken has been settled.
func (p *places) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running--
	p.changed.Broadcast()
}

// close takes all messages off the queue but those to be kept, and makes came do the
// same. Each message returned is to be followed by a done.
func (p *places) close(keep func(*delivery) bool) (taken []*delivery) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	var kept []*delivery
	for _, d := range p.queue {
		if keep(d) {
			kept = append(kept, d)
		} else {
			taken = append(taken, d)
		}
	}
	p.queue = kept
	p.running += len(taken)
	p.changed.Broadcast()
	return taken
}

// rest takes the first message off the queue. When there is none, it waits until
// all that were taken are done with, and returns nil.
func (p *places) rest() *delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) == 0 && p.running > 0 {
		p.changed.Wait()
	}
	return p.pop()
}
