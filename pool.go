package workerpool

import "context"

// A Submitter is what a [Group] and a [Result] need of a pool.
type Submitter interface {
	// Submit accepts task, or returns the reason why not, without waiting.
	Submit(task func()) error

	// SubmitContext accepts task, or returns the reason why not. It waits for
	// room until ctx ends, and then returns an error that is both the cause and
	// ctx.Err().
	SubmitContext(ctx context.Context, task func()) error
}

// A Pool is what package ringpool and package chanpool have in common. Code that
// takes a Pool works with either. All methods are safe for concurrent use.
type Pool interface {
	Submitter

	// SubmitWait accepts task as soon as there is room. It returns ErrPoolClosed if
	// a shutdown begins first.
	SubmitWait(task func()) error

	// SubmitOrRun accepts task, or, if the pool is full, runs it and returns when it
	// has ended. Tasks that run so inside one another are at most 1,000 deep on one
	// goroutine; the next is refused with ErrPoolFull.
	SubmitOrRun(task func()) error

	// SubmitBatch accepts as many of the first tasks as there is room for, and says
	// how many, and why not all.
	SubmitBatch(tasks []func()) (n int, err error)

	// SubmitBatchWait accepts tasks in their order, and waits for room until ctx
	// ends. It says how many it has accepted, and why not all.
	SubmitBatchWait(ctx context.Context, tasks []func()) (n int, err error)

	// Wait returns nil when no task is queued and none runs on a worker, or the cause
	// when ctx has ended. The pool stays open.
	Wait(ctx context.Context) error

	// Shutdown closes the pool, and returns when all accepted tasks have ended.
	Shutdown()

	// ShutdownContext is Shutdown that returns the cause when ctx ends first. The
	// shutdown goes on.
	ShutdownContext(ctx context.Context) error

	// ShutdownNow closes the pool, takes the tasks that have not begun out of it,
	// waits for those that run, until ctx ends, and returns the former. If ctx has
	// ended first, err is the cause.
	ShutdownNow(ctx context.Context) (tasks []func(), err error)

	// Stats returns a snapshot.
	Stats() Stats

	// Size returns the number of workers.
	Size() int

	// Name returns the name that the pool was given by WithName, or "".
	Name() string
}
