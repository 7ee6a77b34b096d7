package benchmarks

import (
	"errors"
	"sync"
)

var errBareFull = errors.New("barechan: full")

// A barechan is the pool that everybody writes first: a channel of tasks, and workers
// that range over it. To submit is to send, and to shut down is to close. Nothing of what
// makes a pool safe is in it, and it does nothing for a task but to send, receive and call it.
//
// It must not be copied from here. A submit that meets the Shutdown, or comes after it,
// sends on a closed channel and panics, and so does a second Shutdown. A task that panics
// takes the program with it, and one that calls runtime.Goexit takes its worker, of which
// the pool then has one less for good.
type barechan struct {
	tasks   chan func()
	workers sync.WaitGroup
}

func newBarechan(size int) *barechan {
	p := &barechan{tasks: make(chan func(), 2*size)}
	for range size {
		p.workers.Go(func() {
			for task := range p.tasks {
				task()
			}
		})
	}
	return p
}

func (p *barechan) SubmitWait(task func()) { p.tasks <- task }

func (p *barechan) Submit(task func()) error {
	select {
	case p.tasks <- task:
		return nil
	default:
		return errBareFull
	}
}

func (p *barechan) Shutdown() {
	close(p.tasks)
	p.workers.Wait()
}
