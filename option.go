package workerpool

import (
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/seed62337844/workerpool/internal/check"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/origin"
)

// An Option configures a pool when it is made. The functions whose names begin
// with With make one.
type Option func(*options.Options)

// WithPanicHandler makes New return a pool that calls handler for each task
// that panicked, with the value and the stack of the panic, on the worker's
// goroutine, which takes no other task meanwhile, and possibly from several
// workers at once. A handler that panics is reported to the log. A handler must not
// call Shutdown of its pool: it would wait for itself. Without this
// option the pool writes an error record to the default [log/slog.Logger].
// WithPanicHandler panics if handler is nil.
func WithPanicHandler(handler func(value any, stack []byte)) Option {
	if handler == nil {
		panic("workerpool: WithPanicHandler: handler is nil")
	}
	return func(o *options.Options) { o.PanicHandler = handler }
}

// WithName gives the pool a name, which [Pool.Name] returns. It is in the record
// that the pool writes to the log when a task panics, as the attribute "pool", and
// in the label of [WithProfileLabel]. It costs nothing. WithName panics if name is
// empty, or has something in it that cannot be printed.
func WithName(name string) Option {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unprintable) {
		panic(fmt.Sprintf("workerpool: WithName: name is %q, must be printable and not empty", name))
	}
	return func(o *options.Options) { o.Name = name }
}

// WithProfileLabel makes every task begin with one label for [runtime/pprof]:
// "pool", with the pool's name, or "ringpool" if it has none. Whatever labels a
// task sets are gone when the next begins. The price is one call of
// [runtime/pprof.SetGoroutineLabels] after each task, some 10 to 20 ns.
//
// Without this option a worker begins with no labels, whatever the labels of the
// goroutine that started it, and the labels that a task sets by pprof.Do end with
// that call. But those that it sets by SetGoroutineLabels, and leaves when it
// returns, stay with the worker and so with its next tasks.
func WithProfileLabel() Option {
	return func(o *options.Options) { o.ProfileLabel = true }
}

// WithTraceRegions makes each task a region of an execution trace of
// [runtime/trace], while there is one. The region's type is "ringpool.task" or
// "chanpool.task". A flight recorder is such a trace too, and regions make a task
// cost several times as much while it runs. Without this option a trace costs a
// task nothing.
func WithTraceRegions() Option {
	return func(o *options.Options) { o.TraceRegions = true }
}

// A SlowTask is what the report of [WithSlowTask] learns of a task.
type SlowTask struct {
	// Took is the time from the begin of the task to its end.
	Took time.Duration

	// Name is the name of the task's function, as in "main.serve.func1", and File
	// and Line say where it begins. For a function of a Group, of a Result or of Map
	// they are of the function that the user gave.
	Name string
	File string
	Line int
}

// WithSlowTask makes the pool call report after each task that took threshold or
// longer, on the worker's goroutine, which takes no other task meanwhile, and
// possibly from several workers at once. A task that panicked or called
// [runtime.Goexit] is reported too. A report that panics or calls Goexit counts as
// a task that does.
//
// The price is two readings of the clock for each task; without the option,
// nothing. WithSlowTask panics if threshold is not positive, or report is nil.
func WithSlowTask(threshold time.Duration, report func(task SlowTask)) Option {
	if threshold <= 0 {
		panic(fmt.Sprintf("workerpool: WithSlowTask: threshold is %v, must be positive", threshold))
	}
	if report == nil {
		panic("workerpool: WithSlowTask: report is nil")
	}
	return func(o *options.Options) {
		o.SlowTask = threshold
		o.ReportSlow = func(task func(), took time.Duration) {
			slow := SlowTask{Took: took}
			if f := runtime.FuncForPC(origin.Of(task)); f != nil {
				slow.Name = f.Name()
				slow.File, slow.Line = f.FileLine(f.Entry())
			}
			report(slow)
		}
	}
}

// WithQueueWait makes the pool call observe with the time that a task waited: from
// the call that submitted it, in which it may have waited for room, to its start.
// It does so for one task in every, drawn at random, with 1 for all of them. It is
// the worker that calls observe, right before the task, and possibly from several
// workers at once; a panic of observe counts as one of the task, which runs
// nevertheless. A task that [Pool.ShutdownNow] has returned is not observed.
// observe usually puts the time into a histogram, as in the example.
//
// The price is a random number for each task, and for each observed one a reading of
// the clock at both ends and two allocations. Without the option a submit looks at one
// word. WithQueueWait panics if every is
// less than 1, or observe is nil.
func WithQueueWait(every int, observe func(waited time.Duration)) Option {
	if every < 1 {
		panic(fmt.Sprintf("workerpool: WithQueueWait: every is %d, must be at least 1", every))
	}
	if observe == nil {
		panic("workerpool: WithQueueWait: observe is nil")
	}
	return func(o *options.Options) { o.QueueWait, o.ObserveWait = every, observe }
}

// WithRunTime makes the pool call observe with the time that a task ran, also if it
// panicked or called [runtime.Goexit]. It does so for one task in every, drawn at
// random, with 1 for all of them. The worker calls observe, right after the task,
// and several workers may do so at once. A panic of observe counts as one of the
// task. A task that SubmitOrRun runs in its caller is timed as well.
//
// The price is a random number for each task, and two looks at the clock for each
// observed one. Without the option it is nothing. WithRunTime panics if every is
// less than 1, or observe is nil.
func WithRunTime(every int, observe func(ran time.Duration)) Option {
	if every < 1 {
		panic(fmt.Sprintf("workerpool: WithRunTime: every is %d, must be at least 1", every))
	}
	if observe == nil {
		panic("workerpool: WithRunTime: observe is nil")
	}
	return func(o *options.Options) { o.RunTime, o.ObserveRun = every, observe }
}

// WithIdleTimeout lets the goroutine of a worker go when the worker has had nothing
// to do for timeout, or for up to twice as long. The worker stays, and stays idle:
// it gets a goroutine again with its next task, which takes an allocation or two,
// and some hundred nanoseconds more than to wake one. The last worker to
// have become idle is the first to be woken. So the workers that go are those for
// which there has been no work.
//
// There is no ticker. A timer runs while some worker is idle and has a goroutine,
// so a pool that has had nothing to do for twice the timeout has neither. One that
// is then forgotten, without Shutdown, is collected as garbage.
//
// The price is paid by a worker that goes to sleep, or is woken; and the goroutines
// are gone through once in each timeout. WithIdleTimeout panics if timeout is not
// positive, and the New of package chanpool does if it is given this option: there the
// workers keep their goroutines.
func WithIdleTimeout(timeout time.Duration) Option {
	if timeout <= 0 {
		panic(fmt.Sprintf("workerpool: WithIdleTimeout: timeout is %v, must be positive", timeout))
	}
	return func(o *options.Options) { o.IdleTimeout = timeout }
}

// WithQueueCapacity lets the pool queue n tasks, instead of twice its size. With 0
// a task is accepted only if a worker takes it at once. Resize changes the default
// with the size, and leaves a given capacity as it is.
//
// A queue is for bursts. A longer one does not make the pool faster: it lets tasks
// wait longer, and a task that waits longer than its caller does is wasted work.
//
// WithQueueCapacity panics if n is negative or greater than 16,777,216.
func WithQueueCapacity(n int) Option {
	if n < 0 || n > 2*check.MaxSize {
		panic(fmt.Sprintf("workerpool: WithQueueCapacity: n is %d, must be from 0 to %d", n, 2*check.MaxSize))
	}
	return func(o *options.Options) { o.QueueCapacity, o.HasQueueCapacity = n, true }
}
