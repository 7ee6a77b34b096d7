package workerpool

import "context"

// A Submitter is what a Group and a Result need of a pool.
type Submitter interface {
	// Submit accepts task, or returns the reason why not, without waiting.
	Submit(task func()) error

	// SubmitContext accepts task, or returns the reason why not. It waits for
	// room until ctx is done, and then returns the cause.
	SubmitContext(ctx context.Context, task func()) error
}

// A Pool is what package ringpool and package chanpool have in common. Code that
// takes a Pool works with either.
type Pool interface {
	Submitter
	SubmitWait(task func()) error
	SubmitOrRun(task func()) error
	SubmitBatch(tasks []func()) (n int, err error)
	SubmitBatchWait(ctx context.Context, tasks []func()) (n int, err error)
	Wait(ctx context.Context) error
	Shutdown()
	ShutdownContext(ctx context.Context) error
	ShutdownNow(ctx context.Context) (tasks []func(), err error)
	Stats() Stats
	Size() int
	Name() string
}
