// Package workerpool is what the bounded worker pools of package ringpool and package
// chanpool have in common: the promises, the errors, the options, the statistics, and
// groups, results and sequences of functions that run on either pool.
//
// A pool runs tasks on a fixed number of workers. It has a queue of bounded length for
// bursts. What exceeds both is refused at once, so that a service under too much load
// says no to some of its callers and serves the others in time.
//
//	p := ringpool.New(50)
//	defer p.Shutdown()
//	if err := p.Submit(task); errors.Is(err, workerpool.ErrPoolFull) {
//		http.Error(w, "try again later", http.StatusTooManyRequests)
//	}
//
// # Words
//
//   - A task is queued from its acceptance until a worker takes it.
//   - A worker is busy from then until the task has ended, and otherwise idle.
//   - A pool is full when its queue is full and all workers are busy.
//   - A pool is closed from the moment when its first shutdown begins.
//
// # Promises
//
//  1. An accepted task runs exactly once, unless ShutdownNow returns it. A refused one
//     never runs.
//  2. A pool of size n with a queue of q runs n tasks at a time and queues q more,
//     neither more nor fewer. By default q is 2×n; [WithQueueCapacity] sets it.
//  3. Tasks begin in the order in which they were accepted.
//  4. Submit does not wait. SubmitWait waits for room until the pool is closed, and
//     SubmitContext until the context ends, too. Waiting calls are served in the
//     order of their arrival.
//  5. Shutdown returns when all accepted tasks have ended and all goroutines are gone.
//     It may be called many times. ShutdownContext and ShutdownNow keep to a deadline.
//  6. A panic ends its task and nothing else: it is counted, and told to the handler of
//     [WithPanicHandler], or to the log. A [runtime.Goexit] ends its task.
//  7. What happens before a submit synchronizes before the start of its task, and the
//     end of a task before the return of Wait and Shutdown. A finished task is not kept
//     alive.
//  8. An idle pool uses no processor.
//  9. Arguments that nobody can mean panic with a sentence that names the function and
//     the value.
//
// # Where to begin
//
//   - A service that sheds load: Submit of a pool. See the example of [ErrPoolFull].
//   - A set of functions with one error: [Group].
//   - One function with a value: [Go], or [GoContext] if its caller has a deadline.
//   - A sequence of values in, a sequence of results out: [Map].
//   - What a pool is doing: [Stats], [WithSlowTask], [WithQueueWait].
//
// # In a task
//
// A task that waits for another task of its pool occupies a worker meanwhile. If all
// workers do so, they wait forever, or until their context ends. This holds for
// SubmitWait, SubmitContext, SubmitBatchWait, [Group.Go], [Group.Wait] and
// [Result.Wait]. A task that submits to its own pool uses SubmitOrRun, or
// [Group.GoOrRun].
//
// A task that calls Shutdown, ShutdownNow or Wait of its own pool, or Wait of its own
// Group, waits for its own end. So does a panic handler, and a function of
// WithSlowTask or WithQueueWait, which run as a part of the task. A task that
// SubmitOrRun runs in its caller is not the pool's: Wait and Shutdown do not wait for
// it, and it runs under the locks that the caller holds.
//
// # What a worker inherits
//
// A worker runs the tasks of all submitters, on one goroutine. It does not take over
// from the submitter that happened to start it the labels of [runtime/pprof] and, since
// Go 1.26, a fips140.WithoutEnforcement. It does take over:
//
//   - The bubble of a [testing/synctest.Test]. A pool belongs to the bubble in which it
//     is made and first used; make it there.
//   - A subtle.WithDataIndependentTiming.
//
// What a task does to its goroutine is there for the next task: [runtime.LockOSThread],
// which makes each handover slow, [runtime/debug.SetPanicOnFault], and labels that it
// sets and leaves, unless [WithProfileLabel] is on. A task undoes what it does.
//
// A panic can carry any value. The report of it has a bounded length and is made in a
// bounded time; it looks into no map, slice, pointer or struct, and gives up on an Error
// or String method after a second. One that recurses forever ends the process: Go
// cannot recover from a stack overflow.
package workerpool
