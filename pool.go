package workerpool

import "context"

// A Submitter is what a [Group] and a [Result] need of a pool.
type Submitter interface {
	// Submit accepts task and returns nil, or returns the reason why not.
	// It does not wait.
	Submit(task func()) error

	// SubmitContext is like Submit, but waits for room until ctx ends. Then
	// [errors.Is] finds both ctx.Err() and [context.Cause] of ctx in its error.
	SubmitContext(ctx context.Context, task func()) error
}

// A Pool is a pool of package ringpool or chanpool. All methods are safe for
// concurrent use. If a method returns because its context has ended,
// [errors.Is] finds both ctx.Err() and [context.Cause] of ctx in the error.
//
// Pool is for code that works with either pool. Later versions may add methods. Code that
// wants to replace the pool in tests should ask for a small interface of its own, or for a
// [Submitter].
type Pool interface {
	Submitter

	// SubmitWait accepts task as soon as there is room. It returns ErrPoolClosed if
	// a shutdown begins first.
	SubmitWait(task func()) error

	// SubmitOrRun accepts task or, if the pool is full, runs task itself and returns
	// when it has ended. Tasks can run inside one another in this way, up to 1,000
	// deep on one goroutine, those of all pools together. The next one is refused with
	// ErrPoolFull.
	SubmitOrRun(task func()) error

	// SubmitBatch accepts tasks, from the first on, as long as there is room. It returns
	// how many it has accepted, and an error if these are not all.
	SubmitBatch(tasks []func()) (n int, err error)

	// SubmitBatchWait is like SubmitBatch, but waits for room until ctx ends.
	SubmitBatchWait(ctx context.Context, tasks []func()) (n int, err error)

	// Wait returns nil when no task is queued and none runs on a worker, or an error
	// if ctx ends first. The pool stays open.
	Wait(ctx context.Context) error

	// Shutdown closes the pool, and returns when all accepted tasks have ended.
	Shutdown()

	// ShutdownContext is like Shutdown, but returns an error if ctx ends first.
	// The shutdown then goes on in the background.
	ShutdownContext(ctx context.Context) error

	// ShutdownNow closes the pool, removes the tasks that have not begun, and
	// waits for the running tasks until ctx ends. It returns the removed tasks,
	// and an error if ctx ended first.
	ShutdownNow(ctx context.Context) (tasks []func(), err error)

	// Stats returns a snapshot.
	Stats() Stats

	// Size returns the number of workers.
	Size() int

	// Name returns the name that WithName gave the pool, or "".
	Name() string
}
