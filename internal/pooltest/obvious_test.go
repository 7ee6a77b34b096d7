package pooltest

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/options"
)

// obvious is the pool that most people write first: a task channel, and a
// second channel, which is closed to refuse further tasks.
type obvious struct {
	Pool    // nil: the methods that obvious does not have panic
	tasks   chan func()
	closeCh chan struct{}
	once    sync.Once
	workers sync.WaitGroup
	handler func(value any, stack []byte)
	checked func() // if set, called between the check and the send
}

func newObvious(size int, opts ...workerpool.Option) *obvious {
	check.Size("obvious: New", size)
	p := &obvious{
		tasks:   make(chan func(), 2*size),
		closeCh: make(chan struct{}),
		handler: options.Apply("obvious", opts).PanicHandler,
	}
	for range size {
		p.workers.Go(func() {
			for task := range p.tasks {
				p.run(task)
			}
		})
	}
	return p
}

func (p *obvious) run(task func()) {
	defer func() {
		if value := recover(); value != nil {
			p.handler(value, nil)
		}
	}()
	task()
}

func (p *obvious) Submit(task func()) error {
	select {
	case <-p.closeCh:
		return workerpool.ErrPoolClosed
	default:
	}
	if p.checked != nil {
		p.checked()
	}
	select {
	case p.tasks <- task:
		return nil
	default:
		return workerpool.ErrPoolFull
	}
}

func (p *obvious) SubmitWait(task func()) error {
	select {
	case <-p.closeCh:
		return workerpool.ErrPoolClosed
	case p.tasks <- task:
		return nil
	}
}

func (p *obvious) Shutdown() {
	p.once.Do(func() {
		close(p.closeCh)
		close(p.tasks)
	})
	p.workers.Wait()
}

func (p *obvious) Size() int { return cap(p.tasks) / 2 }

func (p *obvious) Stats() workerpool.Stats {
	return workerpool.Stats{Size: p.Size(), Capacity: cap(p.tasks), Queued: len(p.tasks), Started: p.Size()}
}

const sendOnClosed = "submit panicked: send on closed channel"

// The three tests below show the faults of the obvious pool one by one. The
// table of broken pools names the cases of the suite that find them.

func TestObviousPoolPanicsWhenSubmitMeetsShutdown(t *testing.T) {
	p := newObvious(1)
	p.checked = p.Shutdown // at the worst moment
	require.EqualError(t, call(p.Submit, func() {}), sendOnClosed)
}

func TestObviousPoolPanicsEverySecondTimeAtSubmitWaitAfterShutdown(t *testing.T) {
	const calls = 400
	p := newObvious(1)
	p.Shutdown()
	panics := 0
	for range calls {
		if err := call(p.SubmitWait, func() {}); err != workerpool.ErrPoolClosed {
			require.EqualError(t, err, sendOnClosed)
			panics++
		}
	}
	// With a fair coin the result is outside of these bounds less than once
	// in 10²⁰ times.
	require.InDelta(t, calls/2, panics, calls/4, "panics in %d calls", calls)
}

func TestObviousPoolLosesWorkerAtGoexit(t *testing.T) {
	const size = 3
	bubble(t, func(t *testing.T) {
		p := newObvious(size)
		for lost := range size {
			g := newGate(t)
			for range 2 * size {
				require.NoError(t, p.Submit(g.pass))
				synctest.Wait()
			}
			require.Equal(t, size+lost, p.Stats().Queued, "tasks without a worker, %d Goexits later", lost)
			g.open()
			synctest.Wait()
			require.NoError(t, p.Submit(runtime.Goexit))
			synctest.Wait()
		}
		require.NoError(t, p.Submit(func() { t.Error("a pool without workers ran a task") }))
		time.Sleep(time.Hour) // takes no time in a bubble
		p.Shutdown()          // returns, with the task in the queue
		require.Equal(t, 1, p.Stats().Queued)
	})
}
