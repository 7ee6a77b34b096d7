package benchmarks

import (
	"context"
	"time"

	"github.com/alitto/pond/v2"
	"github.com/panjf2000/ants/v2"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/benchmarks/internal/overload"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// An Admission is a way in which a service lets its requests in: a contestant of
// Overload.
type Admission struct {
	Name string // as in impl=Name

	// Queues are the lengths of the queue with which it is measured, as in
	// queue=2x: a number of tasks in multiples of the size, or "inf" if whatever
	// comes waits, be it in a queue or as a goroutine.
	Queues []string

	// New makes the Admit, and a function that returns when all work that it has
	// let in has ended, after which it is not used any more.
	New func(l Limits) (admit overload.Admit, close func())
}

// Limits is what a service is built for.
type Limits struct {
	Size   int           // the work that it can do at a time
	Queue  int           // the work that may wait
	Budget time.Duration // how long its callers wait
}

// Admissions lists them. A pool whose submit can refuse does so. What the others do
// instead stands at each of them.
var Admissions = []Admission{
	{"go", []string{"inf"}, admitAll},
	{"sem", []string{"0", "inf"}, admitSemaphore},
	{"ring", []string{"0", "0.5x", "1x", "2x", "10x"}, admitRing},
	{"result", []string{"2x"}, admitResult},
	{"chan", []string{"1x", "2x"}, admitChan},
	{"chan2", []string{"1x", "2x"}, admitChan},
	{"ants", []string{"0", "1x"}, admitAnts},
	{"pond", []string{"1x", "2x"}, admitPond},
	{"gammazero", []string{"inf"}, admitGammazero},
	{"gopool", []string{"inf"}, admitGopool},
	{"conc", []string{"inf"}, admitConc},
	{"errgroup", []string{"0"}, admitErrgroup},
}

// queueLength returns the number of tasks that a value of Queues means.
func queueLength(queue string, size int) int {
	switch queue {
	case "0":
		return 0
	case "0.5x":
		return size / 2
	case "1x":
		return size
	case "2x":
		return 2 * size
	case "10x":
		return 10 * size
	case "inf":
		return Unbounded
	}
	panic("benchmarks: no such queue: " + queue)
}

// admitAll is the service without a limit: net/http has started a goroutine for
// the request, and that does the work.
func admitAll(Limits) (overload.Admit, func()) {
	return func(ctx context.Context, work overload.Work) error { return work(ctx) }, func() {}
}

// admitSemaphore lets a request do its work while it has one of the places. With no
// queue it refuses the others. Else they wait until their callers leave.
func admitSemaphore(l Limits) (overload.Admit, func()) {
	places := make(chan struct{}, l.Size)
	enter := func(ctx context.Context) error {
		select {
		case places <- struct{}{}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if l.Queue == 0 {
		enter = func(context.Context) error {
			select {
			case places <- struct{}{}:
				return nil
			default:
				return overload.ErrRefused
			}
		}
	}
	return func(ctx context.Context, work overload.Work) error {
		if err := enter(ctx); err != nil {
			return err
		}
		defer func() { <-places }()
		return work(ctx)
	}, func() {}
}

// admitted returns the Admit of a pool: a request waits for the end of its task, or
// until its caller leaves. If the pool can refuse, it may.
func admitted(p Pool) (overload.Admit, func()) {
	submit := p.TrySubmit
	if submit == nil {
		submit = func(task func()) bool {
			p.Submit(task)
			return true
		}
	}
	return func(ctx context.Context, work overload.Work) error {
		done := make(chan error, 1) // a task does not wait for a request that has given up
		if !submit(func() { done <- work(ctx) }) {
			return overload.ErrRefused
		}
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}, p.Close
}

func admitRing(l Limits) (overload.Admit, func()) {
	p := ringpool.New(l.Size, workerpool.WithQueueCapacity(l.Queue))
	return admitted(Pool{
		TrySubmit: func(task func()) bool { return accepted(p.Submit(task), ringpool.ErrPoolFull) },
		Close:     p.Shutdown,
	})
}

func admitChan(l Limits) (overload.Admit, func()) {
	p := chanpool.New(l.Size, workerpool.WithQueueCapacity(l.Queue))
	return admitted(Pool{
		TrySubmit: func(task func()) bool { return accepted(p.Submit(task), chanpool.ErrPoolFull) },
		Close:     p.Shutdown,
	})
}

// admitResult is a request that waits for room, and says 504 if its work has not
// begun after half of the callers' time. The other half is for the work itself.
func admitResult(l Limits) (overload.Admit, func()) {
	p := ringpool.New(l.Size, workerpool.WithQueueCapacity(l.Queue))
	return func(ctx context.Context, work overload.Work) error {
		begin, cancel := context.WithTimeout(ctx, l.Budget/2)
		defer cancel()
		result, err := workerpool.GoContext(begin, p, func(context.Context) (struct{}, error) {
			return struct{}{}, work(ctx)
		})
		if err != nil {
			return err
		}
		_, err = result.Wait(ctx)
		return err
	}, p.Shutdown
}

// ants refuses when all its workers are busy, or when as many callers wait for one
// as is allowed. A caller that waits cannot leave.
func admitAnts(l Limits) (overload.Admit, func()) {
	if l.Queue == 0 {
		return admitted(newAntsRefusing(l.Size))
	}
	return admitted(antsPool(l.Size, ants.WithPreAlloc(true), ants.WithDisablePurge(true),
		ants.WithMaxBlockingTasks(l.Queue)))
}

// pond refuses when its queue is full.
func admitPond(l Limits) (overload.Admit, func()) {
	return admitted(pondPool(l.Size, pond.WithQueueSize(l.Queue), pond.WithNonBlocking(true)))
}

// gammazero queues whatever comes. A user can ask how long the queue is, and then
// submit or not, but others submit in between.
func admitGammazero(l Limits) (overload.Admit, func()) { return admitted(newGammazero(l.Size)) }

// gopool queues whatever comes, and does not say how long the queue is. Its workers
// end by themselves.
func admitGopool(l Limits) (overload.Admit, func()) {
	p := newGopool(l.Size)
	p.Close = func() {}
	return admitted(p)
}

// conc has its callers wait for a free goroutine, and they cannot leave.
func admitConc(l Limits) (overload.Admit, func()) { return admitted(newConc(l.Size)) }

// errgroup refuses when all its goroutines are busy.
func admitErrgroup(l Limits) (overload.Admit, func()) { return admitted(newErrgroup(l.Size)) }
