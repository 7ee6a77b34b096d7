// Package workerpool has what the bounded worker pools of packages ringpool and chanpool
// share: the promises, the errors, the options and the statistics. It also has groups,
// results and sequences of functions, which run on either pool.
//
// A pool runs tasks on a limited number of workers, and has a queue of bounded length
// for bursts. It refuses all other tasks at once. So a service under too much load can
// say no to some of its callers, and serve the others in time.
//
//	p := ringpool.New(50)
//	defer p.Shutdown()
//	if err := p.Submit(task); errors.Is(err, workerpool.ErrPoolFull) {
//		http.Error(w, "try again later", http.StatusTooManyRequests)
//	}
//
// The default queue, of 2×size, suits work that nobody waits for. If callers wait for the
// answer, the queue must be short: queue ≤ size × how long they wait / task time − size. See
// [WithQueueCapacity].
//
// # Words
//
//   - A task is the func() that the pool gets. For a function of a [Group], [GoContext] or
//     [Map] it is a wrapper. The promises about tasks are about the wrapper, which may skip
//     the function.
//   - A task is queued from its acceptance until a worker takes it.
//   - A worker is idle while it has no task and waits for one. Otherwise it is busy, also
//     between two tasks. In package chanpool a worker that is starting is busy, too. But Wait
//     and [Stats] of chanpool count a worker as busy only while it runs a task.
//   - A pool is full when its queue is full and all workers are busy.
//   - A pool is closed from the moment when its first shutdown begins.
//
// # Promises
//
//  1. An accepted task runs exactly once, unless ShutdownNow returns it. A refused one
//     never runs.
//  2. The workers of a pool of size n run n tasks at a time, and its queue holds q more,
//     neither more nor fewer. By default q is 2×n; [WithQueueCapacity] sets it. Only
//     SubmitOrRun and [Group.GoOrRun] run more, in their callers. A Resize of package
//     ringpool changes n and q for what is submitted after it.
//  3. Workers take tasks in the order in which they were accepted. Of two tasks that two
//     workers take one right after the other, either may begin first.
//  4. Submit does not wait for room. SubmitWait waits until there is room, or the pool is closed.
//     SubmitContext gives up when its context ends, too. Waiting calls are served in the
//     order of arrival. Only in package ringpool may a later submit find room before them,
//     and only a limited number of times: see SubmitWait there.
//  5. Shutdown returns when all accepted tasks have ended, and no worker will touch the
//     pool again. It may be called many times. ShutdownContext and ShutdownNow keep to a
//     deadline.
//  6. A panic ends its task and nothing else. It is counted, and reported to the
//     handler of [WithPanicHandler] or to the log. A [runtime.Goexit] ends its task. A panic
//     on a goroutine that a task has started ends the program, as always, and so does a fatal
//     error of Go, such as a stack overflow, concurrent writes to a map, or no memory left.
//  7. A submit [synchronizes before] the start of its task. The end of a task synchronizes
//     before the return of Wait and Shutdown. A finished task is not kept alive.
//  8. An idle pool uses no processor.
//  9. An invalid argument panics, with a sentence that names the function and the value.
//     Only a nil task does not: its submit returns [ErrNilTask].
//
// # Where to begin
//
//   - A service that sheds load: Submit of a pool. See the example of [ErrPoolFull].
//   - A set of functions with one error: [Group].
//   - One function with a value: [Go], which refuses when the pool is full, or
//     [GoContext], which waits for room until its context ends.
//   - A sequence of values in, a sequence of results out: [Map].
//   - What a pool is doing: [Stats], [WithSlowTask], [WithQueueWait].
//
// # In a task
//
// A task that waits for another task of its pool occupies a worker while it waits.
// If all workers do so, they wait forever, or until their contexts end. This holds
// for SubmitWait, SubmitContext, SubmitBatchWait, [Group.Go], [Group.Wait],
// [GoContext], [Result.Wait] and [Map]. A task that submits to its own pool uses
// SubmitOrRun, or [Group.GoOrRun]. These may run more than n tasks at a time. Where n is a
// limit, such as that of a connection pool, the task uses Submit, and does something about
// [ErrPoolFull].
//
// A task must not call Shutdown, ShutdownContext, ShutdownNow or Wait of its own
// pool, or Wait of its own Group: it would wait for its own end. The same holds for a
// panic handler, and for a function of WithSlowTask, WithQueueWait or WithRunTime,
// because they run as a part of the task. Wait and Shutdown do not wait for a task
// that SubmitOrRun runs in its caller. Such a task runs under the locks that the
// caller holds.
//
// # What a worker inherits
//
// A worker runs the tasks of all submitters, on one goroutine. From the submitter that
// started it, it does not inherit the labels of [runtime/pprof] or, since Go 1.26,
// fips140.WithoutEnforcement. It does inherit:
//
//   - The bubble of a [testing/synctest.Test]. Make a pool in the bubble that uses it.
//   - subtle.WithDataIndependentTiming.
//
// What a task does to its goroutine stays for the next task, so a task should undo it:
// [runtime.LockOSThread], which makes each switch to another task slow,
// [runtime/debug.SetPanicOnFault], and profile labels, unless [WithProfileLabel] is
// used.
//
// A panic can carry any value. The report of a panic has a bounded length, and takes a
// bounded time. It reads no map, slice, pointer or struct, and gives up on an Error or
// String method after a second. But a fatal error in such a method ends the process: for
// example a stack overflow, if it recurses forever.
//
// [synchronizes before]: https://go.dev/ref/mem
package workerpool
