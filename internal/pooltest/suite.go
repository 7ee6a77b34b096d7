// Package pooltest has the contract of this module's pools as a list of test
// cases. The tests of each pool run all of them by one call of [Run].
//
// Most cases fail for one of three reasons. Their records show an accepted task
// that did not run exactly once, or a refused task that ran. Or a goroutine
// sleeps forever: most cases run in a bubble of [testing/synctest], which
// reports that at once. Or the case takes far too long, and a watchdog prints
// the stacks of all goroutines. No case depends on how much time passes.
//
// The tests of this package show that the cases can fail: a simple correct pool
// passes them all, and each of its deliberately broken variants fails at the
// case that is named beside it.
//
// Environment variables adjust the suite: POOLTEST_ROUNDS multiplies the number of
// rounds of each case, POOLTEST_SEED is the seed of the case that chooses
// everything at random, and POOLTEST_LIMIT is the time limit of the watchdog.
package pooltest

import (
	"testing"

	"github.com/seed62337844/workerpool"
)

// A Pool is what the cases use of a pool.
type Pool = workerpool.Pool

// An Impl is one implementation of the contract. Its fields say how it differs
// from others, where the contract allows that.
type Impl struct {
	// Package is the name of the package, with which error texts begin.
	Package string

	// New makes a pool.
	New func(size int, opts ...workerpool.Option) Pool

	// Eager says that New starts all workers. Otherwise a worker starts when a
	// task needs it.
	Eager bool

	// Unmade has the zero Pool and the nil pointer.
	Unmade []Pool

	// Overtake returns how many tasks may be accepted before a SubmitWait that
	// already waits. Nil means none.
	Overtake func(size int) int
}

// Run runs all cases on impl.
func Run(t *testing.T, impl Impl) {
	for _, c := range cases {
		t.Run(c.sentence, func(t *testing.T) {
			watch(t)
			c.run(t, impl)
		})
	}
}

// cases is the contract, in the order of its nine points.
var cases = []struct {
	sentence string
	run      func(t *testing.T, impl Impl)
}{
	// 1. Exactly once.
	{"an accepted task runs exactly once and a refused one never", exactlyOnce},
	{"submits that race Shutdown are accepted and run or refused and never run", exactlyOnceInRace},
	{"an accepted task runs exactly once while GOMAXPROCS changes", changingProcs},
	{"random scenarios run each accepted task once and no other", randomScenarios},
	{"tasks that submit two more each leave a pool that drains and can be shut down", forkBomb},

	// 2. Capacity.
	{"an idle pool accepts exactly three times its size of blocking tasks", capacityFromIdle},
	{"a new pool accepts exactly three times its size of blocking tasks", capacityFromNew},
	{"a full pool accepts one more task for each that ends", capacityFreedOneByOne},
	{"tasks in flight up to the queue capacity are never refused", capacityUnderLoad},
	{"an idle pool is never full", neverFullWhileIdle},
	{"a queue capacity of any length is kept exactly", capacityOfAnyLength},
	{"submits that wait are served at any queue capacity", waitAtAnyCapacity},
	{"tasks that wait for one another all start without a queue", mutualWaitWithoutQueue},

	// 3. Order.
	{"a pool of one runs tasks in the order of their submits", orderOfOneSubmitter},
	{"a pool of one keeps the order of each of several submitters", orderOfEachSubmitter},
	{"a pool of many starts tasks in the order of their submits", orderInLargerPool},

	// 4. SubmitWait.
	{"SubmitWait waits while the pool is full and no longer", waitWhileFull},
	{"SubmitWait is refused when the pool closes while it waits", waitUntilClosed},
	{"SubmitWait calls are served in the order of their arrival", waitInOrder},
	{"SubmitWait gets in as soon as one slot is free", waitForOneSlot},
	{"SubmitWait is not starved by a stream of Submits", waitAgainstStream},
	{"many SubmitWaits all get in", manySubmitWaits},
	{"SubmitWait in a task waits for other workers and if there are none for Shutdown", waitInTask},
	{"SubmitContext waits while the pool is full and its context goes on", contextWhileFull},
	{"SubmitContext is refused at once with a context that has ended", contextEnded},
	{"a SubmitContext that gives up leaves its place to the next", contextLeavesPlace},
	{"a SubmitContext whose context ends is accepted and runs or gives up and never runs", contextInRace},
	{"the end of its context does not stop a task that SubmitContext has queued", contextAfterwards},
	{"a submit that gives up is counted as canceled whatever the cause of its context", refusalsByEvent},
	{"a group that ends its own context is not counted as canceled and expired functions are counted", contextOfGroup},

	// Batches: points 1 to 4 for many tasks.
	{"SubmitBatch accepts the longest prefix that fits", batchPrefix},
	{"SubmitBatch runs its tasks in order", batchOrder},
	{"SubmitBatchWait waits until all tasks are queued", batchWait},
	{"SubmitBatchWait says how many were queued before the pool closed or its context ended", batchWaitInPart},
	{"batches of tasks that wait for one another all start", batchesWaitMutually},
	{"batches run each accepted task once and no other", batchesExactlyOnce},
	{"a batch is queued up to its first nil", batchUpToNil},
	{"a task of a batch that becomes nil while SubmitBatchWait waits harms no other", batchNilWhileWaiting},
	{"a refused SubmitBatch has not looked at all its tasks", batchLooksAtLittle},
	{"a Submit and a Wait during a batch do not wait for its end", batchLetsOthersIn},
	{"SubmitBatchWait ends with its context even while there is room", batchEndsWithContext},

	// SubmitOrRun.
	{"SubmitOrRun runs the task in its caller if and only if the pool is full", callerRuns},
	{"a panic or a Goexit in a task that its caller runs is treated as on a worker", callerRunsEscapes},
	{"tasks that SubmitOrRun their children never wait", callerRunsInTask},
	{"SubmitOrRun refuses to nest without end", callerRunsNest},
	{"a SubmitOrRun that races Shutdown runs the task or is refused and never runs it", callerRunsInRace},

	// 5. Shutdown.
	{"Shutdown refuses new tasks during the drain and after it", shutdownRefuses},
	{"Shutdown returns from every call when all accepted tasks have ended", shutdownWaits},
	{"Shutdown of a pool without work returns", shutdownIdle},
	{"ShutdownContext returns when its context ends and the drain goes on", shutdownContext},
	{"ShutdownNow returns the queued tasks in order and waits for the running ones", shutdownNow},
	{"ShutdownNow returns the queued tasks when its context ends though tasks run on", shutdownNowByDeadline},
	{"a task that ShutdownNow has returned can be called any number of times", returnedTasksRepeat},
	{"shutdowns of all kinds at once leave no task unaccounted for", shutdownsOfAllKinds},
	{"Shutdown in a task never returns and stops nothing but its worker", shutdownInTask},
	{"a task that never returns stops nothing but its worker and Shutdown", endlessTask},

	// 6. Panics and Goexit.
	{"a panic goes to the handler with its value and stack", panicHandled},
	{"a panic without a handler makes one log record", panicLogged},
	{"a handler that panics costs nothing", handlerPanics},
	{"a handler that calls Goexit costs nothing", handlerExits},
	{"a task that panics does not cost a worker", panicKeepsWorker},
	{"a task that calls Goexit does not cost a worker", goexitKeepsWorker},
	{"a panic and a Goexit in one task do not cost a worker", mixedEscapesKeepWorker},
	{"Shutdown drains tasks that panic or call Goexit", shutdownDrainsEscapes},

	// 7. Memory.
	{"Submit synchronizes before its task and that before Shutdown returns", memoryOrder},
	{"a finished task is not kept alive", finishedTasksAreFree},
	{"a task is collected after its end and not before it", restlessCollector},
	{"the heap stays flat over ten million tasks", heapStaysFlat},
	{"a submit that does not wait allocates nothing", submitDoesNotAllocate},

	// 8. Idle.
	{"New starts no goroutine before it is needed", startsLazily},
	{"an idle pool never wakes", idleNeverWakes},
	{"no goroutine outlives Shutdown", leavesNoGoroutine},

	// 9. Bad input.
	{"New panics at a bad size with a message that names the size", badSize},
	{"New panics at a nil option", badOption},
	{"a nil task is refused with ErrNilTask", nilTask},
	{"a nil context panics with a message that names the method", nilContext},
	{"a Pool that New did not make panics with a message that says so", unmade},

	// Liveness follows from points 1, 2 and 4: an accepted task runs, so no
	// task stays in the queue while a worker sleeps.
	{"tasks that all wait for one another all start", mutualWait},
	{"groups of tasks that wait for one another all end", mutualWaitStream},
	{"a task that comes after a pause runs", oneAtATime},
	{"a task that submits the next one keeps the pool going", chainOfSubmits},

	// Wait.
	{"Wait returns when the pool is quiescent and leaves it open", quiescenceReached},
	{"Wait returns when the last tasks were those of submits that had waited", quiescenceAfterWaiters},
	{"Wait gives up with its context", quiescenceInVain},
	{"Wait returns on a pool that has been shut down", quiescenceOfClosed},
	{"every task accepted before Wait has ended when it returns", quiescenceInRace},

	// Stats.
	{"Stats of a pool in which nothing moves are exact", statsStill},
	{"Stats of a pool at work stay within bounds and counts never decrease", statsAtWork},
	{"Stats never count a task twice or the end of one that has not ended", statsInBounds},

	// Names, labels, reports and traces.
	{"a pool and its log records have the name that it was given", named},
	{"a task that takes as long as the threshold or longer is reported as slow", slowTasks},
	{"the time from a submit to the start of its task is observed", queueWait},
	{"a task that ShutdownNow has returned is not observed", queueWaitOfReturned},
	{"a task that ShutdownNow leaves to a worker is observed", queueWaitOfLast},
	{"no label of a submitter or of a task that panics reaches another task", labelsKeptOut},
	{"with a profile label every task begins with the name of its pool and nothing else", labelOfPool},
	{"a task is a region of an execution trace", traced},
	{"a caller that runs its task keeps its labels and the task has no queue wait", callerKeepsItself},

	// Last, because the runtime keeps some memory for each goroutine that it ever
	// had, which makes garbage collections slower.
	{"a hundred thousand SubmitWaits are each woken a few times and no more", waitInMultitude},
}
