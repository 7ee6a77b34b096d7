package workerpool

import "errors"

// The errors of the methods that submit a task. If a method returns one of them, the pool
// has not accepted the task and will never run it. Of a batch, that is true of the tasks
// that the method does not count as accepted.
var (
	// ErrPoolFull says that the queue is full and all workers are busy. (In package
	// chanpool a worker that is starting, or is between two tasks, counts as busy.)
	// SubmitOrRun runs the task then. It returns ErrPoolFull only if 1,000 tasks
	// already run inside one another on the goroutine of its caller.
	ErrPoolFull = errors.New("workerpool: pool is full")

	// ErrPoolClosed says that a shutdown has begun.
	ErrPoolClosed = errors.New("workerpool: pool is closed")

	// ErrNilTask says that the task is a nil function.
	ErrNilTask = errors.New("workerpool: task is nil")
)
