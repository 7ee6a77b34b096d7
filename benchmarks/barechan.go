package benchmarks

import (
	"errors"
	"sync"
)

var (
	errBareFull   = errors.New("barechan: full")
	errBareClosed = errors.New("barechan: closed")
)

// A barechan is the pool that everybody writes first: a channel of tasks, a
// channel that says "no more", and workers that range over the first. Nothing
// of what makes a pool safe is in it, so no pool on a channel does less work
// per task, and to be faster than barechan is to be faster than the channel.
//
// It is wrong, and must not be copied from here. A submit that races with
// Shutdown, or comes after it, may send on the closed channel and panic: select
// looks at all its cases, and a send on a closed channel is a ready one. A
// second Shutdown panics as well. A task that panics takes the program with
// it, and one that calls runtime.Goexit takes its worker, of which the pool then
// has one less for good.
type barechan struct {
	tasks   chan func()
	closed  chan struct{}
	workers sync.WaitGroup
}

func newBarechan(size int) *barechan {
	p := &barechan{
		tasks:  make(chan func(), 2*size),
		closed: make(chan struct{}),
	}
	for range size {
		p.workers.Go(func() {
			for task := range p.tasks {
				task()
			}
		})
	}
	return p
}

func (p *barechan) SubmitWait(task func()) error {
	select {
	case <-p.closed:
		return errBareClosed
	case p.tasks <- task:
		return nil
	}
}

func (p *barechan) Submit(task func()) error {
	select {
	case <-p.closed:
		return errBareClosed
	case p.tasks <- task:
		return nil
	default:
		return errBareFull
	}
}

func (p *barechan) Shutdown() {
	close(p.closed)
	close(p.tasks)
	p.workers.Wait()
}
