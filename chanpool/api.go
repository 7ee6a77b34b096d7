package chanpool

import "github.com/seed62337844/workerpool"

// The names of package workerpool that a caller needs beside a pool, so that one
// import is enough. The errors of both pools are the same values.
var (
	ErrPoolFull   = workerpool.ErrPoolFull   // the queue is full and all workers are busy
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
