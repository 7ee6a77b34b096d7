package chanpool

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

// Stats is a snapshot of a pool; see [Pool.Stats].
//
//	Size, Capacity  workers at most; tasks that can be queued, 2×Size
//	Queued          tasks accepted and not yet taken by a worker
//	Busy            workers that are not idle
//	Waiting         calls of a submitting method that wait for room
//	Started         equal to Size
//	Submitted       tasks accepted
//	Completed       tasks ended, by a panic or a Goexit too
//	Panicked        tasks ended by a panic, in a caller of SubmitOrRun too
//	Returned        tasks handed back by ShutdownNow
//	CallerRuns      tasks that SubmitOrRun ran in its caller, from their begin
//	Rejected        tasks refused with ErrPoolFull
//	RejectedClosed  tasks refused with ErrPoolClosed
//	Canceled        tasks whose submitter gave up with its context
//	Parks, Wakes    0: the runtime parks these workers, and keeps no count
//
// On a pool at rest the figures are exact, and Submitted = Completed + Queued +
// Returned; on a pool at work they may be some tasks apart. What counts events,
// from Submitted on, never decreases.
type Stats = pool.Stats

// WithPanicHandler makes New return a pool that calls handler for each task
// that panicked, with the value and the stack of the panic, on the worker's
// goroutine, which takes no other task meanwhile, and possibly from several
// workers at once. A handler that panics is reported to the log. Without this
// option the pool writes an error record to the default [log/slog.Logger].
// WithPanicHandler panics if handler is nil.
func WithPanicHandler(handler func(value any, stack []byte)) Option {
	return pool.WithPanicHandler(handler)
}

// SizeFromEnv returns the size that the environment variable WORKER_POOL_SIZE
// asks for, and 50 if it is unset or empty. For anything but a decimal integer
// from 1 to 8,388,608 it returns 0 and an error that quotes the value.
func SizeFromEnv() (int, error) { return pool.SizeFromEnv() }
