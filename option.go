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
// with With return one.
type Option func(*options.Options)

// WithPanicHandler makes the pool call handler for each task that panics, with the
// value and the stack of the panic. The call is made on the goroutine of the task: that of
// a worker, which takes no other task until handler returns, or of a caller of SubmitOrRun
// that runs the task itself. Several goroutines may call handler at once. If handler
// panics, that is written to the log. If it calls [runtime.Goexit], a worker gets a new
// goroutine. Without this option the pool writes an error record to the default
// [log/slog.Logger] for each panic. WithPanicHandler panics if handler is nil.
func WithPanicHandler(handler func(value any, stack []byte)) Option {
	if handler == nil {
		panic("workerpool: WithPanicHandler: handler is nil")
	}
	return func(o *options.Options) { o.PanicHandler = handler }
}

// WithName gives the pool a name, which [Pool.Name] returns. When a task panics,
// the record in the log has the name as the attribute "pool". The label of
// [WithProfileLabel] has it, too. A name costs nothing. WithName panics if name is
// empty or not printable.
func WithName(name string) Option {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unprintable) {
		panic(fmt.Sprintf("workerpool: WithName: name is %q, must be printable and not empty", name))
	}
	return func(o *options.Options) { o.Name = name }
}

// WithProfileLabel makes every task begin with one label for [runtime/pprof]:
// "pool", with the pool's name, or "ringpool" or "chanpool" if it has none. The labels that a
// task sets are gone when the next one begins. The price is one call of
// [runtime/pprof.SetGoroutineLabels] after each task, some 10 to 20 ns.
//
// Without this option a worker begins with no labels. Labels that a task sets by
// pprof.Do end with that call. But labels that it sets by SetGoroutineLabels, and
// does not remove, stay for the worker's next tasks.
func WithProfileLabel() Option {
	return func(o *options.Options) { o.ProfileLabel = true }
}

// WithTraceRegions makes each task a region of an execution trace of
// [runtime/trace], while there is one. The region's type is "ringpool.task" or
// "chanpool.task". A flight recorder is such a trace, too. While a trace is
// running, a region makes a task cost several times as much. Without this option
// a trace costs a task nothing.
func WithTraceRegions() Option {
	return func(o *options.Options) { o.TraceRegions = true }
}

// A SlowTask is what [WithSlowTask] reports about a task.
type SlowTask struct {
	// Took is the time from the start of the task to its end.
	Took time.Duration

	// Name is the name of the task's function, as in "main.serve.func1", and File
	// and Line say where it begins. For a function of a Group, of a Result or of Map
	// they are of the function that the user gave.
	Name string
	File string
	Line int
}

// WithSlowTask makes the pool call report after each task that took threshold or
// longer, also if the task panicked or called [runtime.Goexit]. The call is made on the
// goroutine of the task: that of a worker, which takes no other task until report returns,
// or of a caller of SubmitOrRun that runs the task itself. Several goroutines may call
// report at once. If report panics or calls Goexit, that counts as a panic or a Goexit of
// the task.
//
// The price is two readings of the clock for each task. Without this option it
// is nothing. WithSlowTask panics if threshold is not positive, or report is
// nil.
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
// the call that submitted it, which may have waited for room, to its start. It
// does so for one task in n, chosen at random; 1 means all tasks. The worker calls
// observe right before the task, and several workers may do so at once. A panic of
// observe counts as a panic of the task, but the task still runs. A task that has not
// been queued, or that [Pool.ShutdownNow] has returned, is not observed. observe usually
// puts the time into a histogram, as in the example.
//
// The price is a random number for each task, and two readings of the clock and two
// allocations for each observed one. Without this option a submit reads one word.
// WithQueueWait panics if n is less than 1, or observe is nil.
func WithQueueWait(n int, observe func(waited time.Duration)) Option {
	if n < 1 {
		panic(fmt.Sprintf("workerpool: WithQueueWait: n is %d, must be at least 1", n))
	}
	if observe == nil {
		panic("workerpool: WithQueueWait: observe is nil")
	}
	return func(o *options.Options) { o.QueueWait, o.ObserveWait = n, observe }
}

// WithRunTime makes the pool call observe with the time that a task ran, also if
// the task panicked or called [runtime.Goexit]. It does so for one task in n, chosen
// at random; 1 means all tasks. The goroutine that has run the task calls observe right
// after it, and several may do so at once. A panic of observe counts as a panic of the
// task. A task that SubmitOrRun runs in its caller is observed, too.
//
// The price is a random number for each task, and two readings of the clock for each
// observed one. Without this option it is nothing. WithRunTime panics if n is less than
// 1, or observe is nil.
func WithRunTime(n int, observe func(ran time.Duration)) Option {
	if n < 1 {
		panic(fmt.Sprintf("workerpool: WithRunTime: n is %d, must be at least 1", n))
	}
	if observe == nil {
		panic("workerpool: WithRunTime: observe is nil")
	}
	return func(o *options.Options) { o.RunTime, o.ObserveRun = n, observe }
}

// WithIdleTimeout ends the goroutine of a worker that has been idle for timeout, or
// for up to twice as long. The worker stays idle, and gets a new goroutine with its
// next task. That takes one or two allocations, and some hundred nanoseconds more
// than waking a goroutine. The worker that became idle last is woken first. So the
// goroutines that end are those that were not needed.
//
// There is no ticker. A timer runs while an idle worker has a goroutine. So a pool
// that has been idle for twice the timeout has no goroutine and no timer. If it is
// then dropped without Shutdown, it is collected as garbage.
//
// The price is a little work when a worker becomes idle or is woken, and a pass over
// all goroutines once in each timeout. WithIdleTimeout panics if timeout is not
// positive. The New of package chanpool panics if it is given this option, because its
// workers keep their goroutines.
func WithIdleTimeout(timeout time.Duration) Option {
	if timeout <= 0 {
		panic(fmt.Sprintf("workerpool: WithIdleTimeout: timeout is %v, must be positive", timeout))
	}
	return func(o *options.Options) { o.IdleTimeout = timeout }
}

// WithQueueCapacity lets the pool queue n tasks, instead of twice its size. With 0
// a task is accepted only if a worker takes it at once. A Resize does not change n.
//
// A queue is for bursts. A longer queue does not make the pool faster: tasks wait
// longer in it, and a task that runs after its caller has given up is wasted work. So if
// callers wait for the answer, the queue must be short:
//
//	n ≤ size × how long callers wait / task time − size
//
// With a longer queue, under lasting overload, every task ends after its caller has given
// up. Tasks vary, so stay well below the limit. The default suits work that nobody waits
// for.
//
// WithQueueCapacity panics if n is negative or greater than 16,777,216.
func WithQueueCapacity(n int) Option {
	if n < 0 || n > 2*check.MaxSize {
		panic(fmt.Sprintf("workerpool: WithQueueCapacity: n is %d, must be from 0 to %d", n, 2*check.MaxSize))
	}
	return func(o *options.Options) { o.QueueCapacity, o.HasQueueCapacity = n, true }
}
