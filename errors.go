package workerpool

import "errors"

// The errors of the methods that submit a task. If a method returns one of
// them, the pool has not accepted the task and will never run it.
var (
	// ErrPoolFull says that the queue is full and all workers are busy. SubmitOrRun
	// returns it only if, besides, 1,000 tasks already run inside one another in its caller.
	ErrPoolFull = errors.New("workerpool: pool is full")

	// ErrPoolClosed says that a shutdown has begun.
	ErrPoolClosed = errors.New("workerpool: pool is closed")

	// ErrNilTask says that the task is a nil function.
	ErrNilTask = errors.New("workerpool: task is nil")
)
