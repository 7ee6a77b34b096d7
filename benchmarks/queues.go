package benchmarks

import (
	"runtime"
	"sync"

	"github.com/puzpuzpuz/xsync/v4"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

// A Queue is a contestant of the ring-level benchmark: what a pool could be
// built on. Push and Pop wait while the queue is full or empty.
type Queue struct {
	Push func(v int)
	Pop  func() int
}

// Queues lists them, the base first. Only the buffered channel waits by itself;
// the others can but try, and all try again in the same way, see retry. The
// channel is there a second time, tried like the others, to tell what is due to
// the queue and what to the waiting.
var Queues = []struct {
	Name string
	New  func(capacity int) Queue
}{
	{"chan", newChanQueue},
	{"chantry", newChanTryQueue},
	{"mutex", newMutexQueue},
	{"xsync", newXsyncQueue},
	{"mpmc", newMpmcQueue},
}

// retry calls try until it succeeds. Some failures are a lost race and over at
// once, so it tries a few times in a row; others mean that the other side has
// to run, which with more goroutines than processors takes a yield.
func retry(try func() bool) {
	for i := 1; !try(); i++ {
		if i%16 == 0 {
			runtime.Gosched()
		}
	}
}

func newChanQueue(capacity int) Queue {
	c := make(chan int, capacity)
	return Queue{
		Push: func(v int) { c <- v },
		Pop:  func() int { return <-c },
	}
}

func newChanTryQueue(capacity int) Queue {
	c := make(chan int, capacity)
	return tried(
		func(v int) bool {
			select {
			case c <- v:
				return true
			default:
				return false
			}
		},
		func() (int, bool) {
			select {
			case v := <-c:
				return v, true
			default:
				return 0, false
			}
		})
}

// xsync's queue rounds the capacity up to a power of two: 100 is 128 there.
func newXsyncQueue(capacity int) Queue {
	q := xsync.NewMPMCQueue[int](capacity)
	return tried(q.TryEnqueue, q.TryDequeue)
}

func newMpmcQueue(capacity int) Queue {
	r := mpmc.New[int](capacity)
	return tried(r.Offer, r.Poll)
}

func newMutexQueue(capacity int) Queue {
	q := &mutexQueue{slots: make([]int, capacity)}
	return tried(q.push, q.pop)
}

// A mutexQueue is the ring that one writes without a second thought.
type mutexQueue struct {
	mu          sync.Mutex
	slots       []int
	first, used int
}

func (q *mutexQueue) push(v int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.used == len(q.slots) {
		return false
	}
	at := q.first + q.used
	if at >= len(q.slots) {
		at -= len(q.slots)
	}
	q.slots[at] = v
	q.used++
	return true
}

func (q *mutexQueue) pop() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.used == 0 {
		return 0, false
	}
	v := q.slots[q.first]
	q.first++
	if q.first == len(q.slots) {
		q.first = 0
	}
	q.used--
	return v, true
}

// tried makes a queue that waits of one that can but try.
func tried(push func(int) bool, pop func() (int, bool)) Queue {
	return Queue{
		Push: func(v int) { retry(func() bool { return push(v) }) },
		Pop: func() (v int) {
			retry(func() (ok bool) {
				v, ok = pop()
				return ok
			})
			return v
		},
	}
}
