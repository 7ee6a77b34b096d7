package ringpool

import "github.com/seed62337844/workerpool/internal/pool"

// The errors of the submitting methods. Both pools of this module return the
// same values.
var (
	ErrPoolFull   = pool.ErrPoolFull   // the queue is full and all workers are busy
	ErrPoolClosed = pool.ErrPoolClosed // a shutdown has begun
	ErrNilTask    = pool.ErrNilTask    // the task is a nil function
)

// An Option configures a pool; see [WithPanicHandler].
type Option = pool.Option

// Stats is a snapshot of a pool: how many workers it has, has started and are
// busy, how many tasks are queued, and how many were accepted, completed and
// refused. See [Pool.Stats] for what it costs.
type Stats = pool.Stats

// WithPanicHandler makes New return a pool that calls handler for each task
// that panicked, with the value and the stack of the panic, on the worker's
// goroutine and possibly from several workers at once. Without this option
// the pool writes an error record to the default [log/slog.Logger].
// WithPanicHandler panics if handler is nil.
func WithPanicHandler(handler func(value any, stack []byte)) Option {
	return pool.WithPanicHandler(handler)
}

// SizeFromEnv returns the size that the environment variable WORKER_POOL_SIZE
// asks for, and 50 if it is unset or empty. For anything but a decimal integer
// from 1 to 8,388,608 it returns 0 and an error that quotes the value.
func SizeFromEnv() (int, error) { return pool.SizeFromEnv() }
