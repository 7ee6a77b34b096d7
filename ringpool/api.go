package ringpool

import (
	"time"

	"github.com/seed62337844/workerpool/internal/pool"
)

// The errors of the submitting methods. Both pools of this module return the
// same values.
var (
	ErrPoolFull   = pool.ErrPoolFull   // the queue is full and all workers are busy
	ErrPoolClosed = pool.ErrPoolClosed // a shutdown has begun
	ErrNilTask    = pool.ErrNilTask    // the task is a nil function
)

// An Option configures a pool; see [WithPanicHandler], [WithName],
// [WithProfileLabel], [WithSlowTask], [WithQueueWait] and [WithIdleTimeout].
type Option = pool.Option

// Stats is a snapshot of a pool; see [Pool.Stats].
//
//	Size, Capacity  tasks that can run at once, and that can be queued, 2×Size
//	Queued          tasks accepted and not yet taken by a worker
//	Busy            workers that are not idle
//	Waiting         calls of a submitting method that wait for room
//	Started         workers that have a goroutine, or had one when the shutdown began
//	Submitted       tasks accepted
//	Completed       tasks ended, by a panic or a Goexit too
//	Panicked        tasks ended by a panic, in a caller of SubmitOrRun too
//	Returned        tasks handed back by ShutdownNow
//	CallerRuns      tasks that SubmitOrRun ran in its caller, from their begin
//	Rejected        tasks refused with ErrPoolFull
//	RejectedClosed  tasks refused with ErrPoolClosed
//	Canceled        tasks whose submitter gave up with its context
//	Parks, Wakes    times a worker became idle; times one was claimed for a task
//
// On a pool at rest the figures are exact, and Submitted = Completed + Queued +
// Returned; on a pool at work they may be some tasks apart. What counts events,
// from Submitted on, never decreases. After [Pool.Resize] to a smaller size Busy may
// be more than Size for a while, and Queued more than Capacity.
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

// WithName gives the pool a name, which [Pool.Name] returns. It is in the record
// that the pool writes to the log when a task panics, as the attribute "pool", and
// in the label of [WithProfileLabel]. It costs nothing. WithName panics if name is
// empty, or has something in it that cannot be printed.
func WithName(name string) Option { return pool.WithName(name) }

// WithProfileLabel makes every task begin with one label for [runtime/pprof]:
// "pool", with the pool's name, or "ringpool" if it has none. Whatever labels a
// task sets are gone when the next begins. The price is one call of
// [runtime/pprof.SetGoroutineLabels] after each task, some 10 to 20 ns.
//
// Without this option a worker begins with no labels, whatever the labels of the
// goroutine that started it, and the labels that a task sets by pprof.Do end with
// that call. But those that it sets by SetGoroutineLabels, and leaves when it
// returns, stay with the worker and so with its next tasks.
func WithProfileLabel() Option { return pool.WithProfileLabel() }

// WithSlowTask makes the pool call report after each task that took threshold or
// longer, with the time that it took, on the worker's goroutine, which takes no
// other task meanwhile, and possibly from several workers at once. A task that
// panicked or called [runtime.Goexit] is reported too. A report that panics or
// calls Goexit counts as a task that does.
//
// The price is two looks at the clock for each task; without the option, nothing.
// WithSlowTask panics if threshold is not positive, or report is nil.
func WithSlowTask(threshold time.Duration, report func(took time.Duration)) Option {
	return pool.WithSlowTask(threshold, report)
}

// WithQueueWait makes the pool call observe with the time that a task waited: from
// the call that submitted it, in which it may have waited for room, to its start.
// It does so for one task in every, drawn at random, with 1 for all of them. It is
// the worker that calls observe, right before the task, and possibly from several
// workers at once; a panic of observe counts as one of the task, which runs
// nevertheless. A task that [Pool.ShutdownNow] has returned is not observed.
//
// What observe does with the time is up to it: put it into the histogram of a
// metrics library, or into one's own, as in the example of package ringpool.
//
// The price is a random number for each task, and for each observed one a look at
// the clock at both ends and an allocation; a batch is copied. Without the
// option it is a look at a word in each submit. WithQueueWait panics if every is
// less than 1, or observe is nil.
func WithQueueWait(every int, observe func(waited time.Duration)) Option {
	return pool.WithQueueWait(every, observe)
}

// WithIdleTimeout lets the goroutine of a worker go when the worker has had nothing
// to do for timeout, or for up to twice as long. The worker stays, and stays idle:
// it gets a goroutine again with its next task, which takes an allocation or two,
// and some hundred nanoseconds more than to wake one. As it is always the last to
// have become idle that is woken, those who go are those for whom there has been
// no work.
//
// There is no ticker. A timer runs while some worker is idle and has a goroutine,
// so a pool that has had nothing to do for twice the timeout has neither. One that
// is then forgotten, without Shutdown, is collected as garbage.
//
// The price is paid by a worker that goes to sleep, or is woken; and the goroutines
// are gone through once in each timeout. WithIdleTimeout panics if timeout is not
// positive. It is an option of this package alone, and package chanpool ignores it.
func WithIdleTimeout(timeout time.Duration) Option { return pool.WithIdleTimeout(timeout) }

// SizeFromEnv returns the size that the environment variable WORKER_POOL_SIZE
// asks for, and 50 if it is unset or empty. For anything but a decimal integer
// from 1 to 8,388,608 it returns 0 and an error that quotes the value.
func SizeFromEnv() (int, error) { return pool.SizeFromEnv() }
