package chanpool

import "github.com/seed62337844/workerpool"

// Names of package workerpool, for callers that import only the pool. The errors of both
// pools are the same values. The options are in package workerpool.
var (
	ErrPoolFull   = workerpool.ErrPoolFull   // the queue is full and all workers are busy, starting or between two tasks
	ErrPoolClosed = workerpool.ErrPoolClosed // a shutdown has begun
	ErrNilTask    = workerpool.ErrNilTask    // the task is a nil function
)

// An Option configures a pool. See [workerpool.Option].
type Option = workerpool.Option

// SizeFromEnv returns the size that the environment variable WORKER_POOL_SIZE
// asks for. See [workerpool.SizeFromEnv].
func SizeFromEnv() (int, error) { return workerpool.SizeFromEnv() }

// Code that takes a workerpool.Pool also works with this package's Pool.
var _ workerpool.Pool = (*Pool)(nil)
