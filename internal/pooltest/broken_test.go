package pooltest

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/need"
)

// broken lists the broken pools. Each fails at a case of the suite, with
// certain words. Every case has at least one broken pool that fails it.
var broken = []struct {
	fault    fault
	sentence string
	words    string // a regular expression
}{
	{dropsTask, "an accepted task runs exactly once and a refused one never", `was accepted, began 0 times`},
	{runsTwice, "an accepted task runs exactly once and a refused one never", `was accepted, began 2 times`},
	{obviousPool, "submits that race Shutdown are accepted and run or refused and never run", `send on closed channel`},
	{dropsTask, "an accepted task runs exactly once while GOMAXPROCS changes", `was accepted, began 0 times`},
	{dropsTask, "random scenarios run each accepted task once and no other", `was accepted, began 0 times`},
	{runsTwice, "random scenarios run each accepted task once and no other", `was accepted, began 2 times`},
	{dropsTask, "tasks that submit two more each leave a pool that drains and can be shut down", `was accepted, began 0 times`},
	{fullTooEarly, "an idle pool accepts exactly three times its size of blocking tasks", `Submit 3 of 3 from idle: .* full`},
	{fullTooLate, "an idle pool accepts exactly three times its size of blocking tasks", `beyond 3 tasks: got <nil>`},
	{roundsUp, "an idle pool accepts exactly three times its size of blocking tasks", `size 3: Submit beyond 9 tasks`},
	{queuesFirst, "a new pool accepts exactly three times its size of blocking tasks", `Submit \d+ of \d+ from idle: .* full`},
	{freesLate, "a full pool accepts one more task for each that ends", `after the end of one task: .* full`},
	{refusesAtRandom, "tasks in flight up to the queue capacity are never refused", `at most 2 tasks in flight: .* full`},
	{fullWhileIdle, "an idle pool is never full", `from idle: .* full|deadlock`}, // the latter if it says so to a SubmitWait
	{ignoresCapacity, "a queue capacity of any length is kept exactly", `Stats.Capacity`},
	{roundsUp, "a queue capacity of any length is kept exactly", `Submit beyond`},
	{servesFromQueueOnly, "submits that wait are served at any queue capacity", `SubmitWait has not returned`},
	{skipsWake, "tasks that wait for one another all start without a queue", `deadlock`},
	{newestTask, "a pool of one runs tasks in the order of their submits", `the order breaks`},
	{newestTask, "a pool of one keeps the order of each of several submitters", `the order breaks`},
	{newestTask, "a pool of many starts tasks in the order of their submits", `the order breaks`},
	{neverWaits, "SubmitWait waits while the pool is full and no longer", `SubmitWait returned from a full pool`},
	{forgetsWaiters, "SubmitWait is refused when the pool closes while it waits", `still waits on a closed pool`},
	{newestWaiter, "SubmitWait calls are served in the order of their arrival", `SubmitWait has not returned`},
	{halfEmpty, "SubmitWait gets in as soon as one slot is free", `deadlock`},
	{starvesWaiters, "SubmitWait is not starved by a stream of Submits", `tasks that overtook a waiting one`},
	{bypassesTenfold, "SubmitWait is not starved by a stream of Submits", `tasks that overtook a waiting one`},
	{losesWaiter, "many SubmitWaits all get in", `deadlock`},
	{wakesAll, "a hundred thousand SubmitWaits are each woken a few times and no more", `goroutines woken, in eights, for 3 freed slots`},
	{forgetsWaiters, "SubmitWait in a task waits for other workers and if there are none for Shutdown", `deadlock`},
	{ignoresContext, "SubmitContext waits while the pool is full and its context goes on", `has not returned though its context has ended`},
	{acceptsEnded, "SubmitContext is refused at once with a context that has ended", `SubmitContext to a pool that is idle`},
	{servesCanceled, "a SubmitContext that gives up leaves its place to the next", `expected: \d`},
	{runsCanceled, "a SubmitContext whose context ends is accepted and runs or gives up and never runs", `was refused .* and began 1 times`},
	{dropsEnded, "the end of its context does not stop a task that SubmitContext has queued", `was accepted, began 0 times`},
	{countsByValue, "a submit that gives up is counted as canceled whatever the cause of its context", `Stats.Canceled`},
	{countsOwn, "a group that ends its own context is not counted as canceled and expired functions are counted", `Stats.Canceled, if`},
	{batchWholly, "SubmitBatch accepts the longest prefix that fits", `tasks accepted from batches`},
	{fullTooEarly, "SubmitBatch accepts the longest prefix that fits", `tasks accepted from batches`},
	{batchBackwards, "SubmitBatch runs its tasks in order", `the order breaks`},
	{batchNoWait, "SubmitBatchWait waits until all tasks are queued", `SubmitBatchWait of 5 tasks returned 3`},
	{batchForgetsPart, "SubmitBatchWait says how many were queued before the pool closed or its context ended", `expected: \d`},
	{skipsWake, "batches of tasks that wait for one another all start", `deadlock`},
	{dropsTask, "batches run each accepted task once and no other", `was accepted, began 0 times`},
	{refusesNilWholly, "a batch is queued up to its first nil", `expected: 1\b`},
	{takesNil, "a batch is queued up to its first nil", `SubmitBatch`},
	{namesNoIndex, "a batch is queued up to its first nil", `does not contain "index`},
	{looksForNilOnce, "a task of a batch that becomes nil while SubmitBatchWait waits harms no other", `Error`},
	{copiesBatch, "a refused SubmitBatch has not looked at all its tasks", `bytes that a refused batch`},
	{refusesNilWholly, "a refused SubmitBatch has not looked at all its tasks", `SubmitBatch to a full pool returned 0, workerpool: task is nil`},
	{batchKeepsLock, "a Submit and a Wait during a batch do not wait for its end", `was queued after all of them`},
	{batchLooksLate, "SubmitBatchWait ends with its context even while there is room", `queued all`},
	{stopsDrain, "ShutdownContext returns when its context ends and the drain goes on", `was accepted, began 0 times`},
	{newestTask, "ShutdownNow returns the queued tasks in order and waits for the running ones", `the order breaks`},
	{returnsEarly, "ShutdownNow returns the queued tasks in order and waits for the running ones", `returned while tasks ran`},
	{ignoresContext, "ShutdownNow returns the queued tasks when its context ends though tasks run on", `ShutdownNow has`},
	{recyclesReturned, "a task that ShutdownNow has returned can be called any number of times", `runs of a returned task`},
	{returnsRun, "shutdowns of all kinds at once leave no task unaccounted for", `was accepted, began [2-9] times`},
	{losesReturned, "shutdowns of all kinds at once leave no task unaccounted for", `was accepted, began 0 times`},
	{takesNilContext, "a nil context panics with a message that names the method", `ctx is nil`},
	{worksUnmade, "a Pool that New did not make panics with a message that says so", `the Pool was not made by New|deadlock`},
	{quiescentWithoutQueue, "Wait returns when the pool is quiescent and leaves it open", `Wait returned while a task ran`},
	{missesQuiescence, "Wait returns when the last tasks were those of submits that had waited", `has not returned though the pool is quiescent`},
	{ignoresContext, "Wait gives up with its context", `has not returned though its context has ended`},
	{quiescentOpenOnly, "Wait returns on a pool that has been shut down", `has not returned though the pool is quiescent`},
	{quiescentWithoutQueue, "every task accepted before Wait has ended when it returns", `has not ended`},
	{missesQuiescence, "every task accepted before Wait has ended when it returns", `deadlock`},
	{refusesToRun, "SubmitOrRun runs the task in its caller if and only if the pool is full", `SubmitOrRun on a full pool`},
	{runsElsewhere, "SubmitOrRun runs the task in its caller if and only if the pool is full", `where the task ran that found the pool full`},
	{fullTooEarly, "SubmitOrRun runs the task in its caller if and only if the pool is full", `deadlock`},
	{runsUnprotected, "a panic or a Goexit in a task that its caller runs is treated as on a worker", `submit panicked: the value`},
	{losesValue, "a panic or a Goexit in a task that its caller runs is treated as on a worker", `expected: "the value"`},
	{losesStack, "a panic or a Goexit in a task that its caller runs is treated as on a worker", `does not contain "pooltest.taskThatPanics`},
	{runsElsewhere, "a panic or a Goexit in a task that its caller runs is treated as on a worker", `has returned`},
	{waitsToRun, "tasks that SubmitOrRun their children never wait", `deadlock`},
	{nestsForever, "SubmitOrRun refuses to nest without end", `tasks inside one another`},
	{runsClosed, "a SubmitOrRun that races Shutdown runs the task or is refused and never runs it", `was refused .* and began 1 times`},
	{acceptsClosed, "Shutdown refuses new tasks during the drain and after it", `expected: .*closed`},
	{obviousPool, "Shutdown refuses new tasks during the drain and after it", `send on closed channel`},
	{returnsEarly, "Shutdown returns from every call when all accepted tasks have ended", `returned before the drain was complete`},
	{waitsOnce, "Shutdown returns from every call when all accepted tasks have ended", `returned before the drain was complete`},
	{waitsForAll, "Shutdown of a pool without work returns", `deadlock`},
	{returnsEarly, "Shutdown in a task never returns and stops nothing but its worker", `calls of Shutdown that returned, while a task calls it`},
	{batches, "a task that never returns stops nothing but its worker and Shutdown", `deadlock`},
	{swallowsPanics, "a panic goes to the handler with its value and stack", `calls of the handler`},
	{losesValue, "a panic goes to the handler with its value and stack", `expected: "the value"`},
	{losesStack, "a panic goes to the handler with its value and stack", `does not contain "pooltest.taskThatPanics`},
	{swallowsPanics, "a panic without a handler makes one log record", `lines of log`},
	{losesValue, "a panic without a handler makes one log record", `does not contain "the value"`},
	{losesStack, "a panic without a handler makes one log record", `does not contain "pooltest.taskThatPanics`},
	{plainRecover, "a handler that panics costs nothing", `panic: the value`},
	{plainRecover, "a handler that calls Goexit costs nothing", `have not begun|deadlock`},
	{losesPanicker, "a task that panics does not cost a worker", `have not begun|deadlock`},
	{plainRecover, "a task that calls Goexit does not cost a worker", `have not begun|deadlock`},
	{obviousPool, "a task that calls Goexit does not cost a worker", `have not begun|deadlock`},
	{plainRecover, "a panic and a Goexit in one task do not cost a worker", `have not begun|deadlock`},
	{plainRecover, "Shutdown drains tasks that panic or call Goexit", `was accepted, began 0 times`},
	{dropsTask, "Submit synchronizes before its task and that before Shutdown returns", `did not see what was written`},
	{keepsLastTask, "a finished task is not kept alive", `finished tasks are kept alive`},
	{keepsSlots, "a finished task is not kept alive", `finished tasks are kept alive`},
	{keepsSlots, "a task is collected after its end and not before it", `tasks have not been collected`},
	{hoards, "the heap stays flat over ten million tasks", `bytes in use after`},
	{allocates, "a submit that does not wait allocates nothing", `allocations of one Submit`},
	{allocatesFull, "a submit that does not wait allocates nothing", `allocations of a refused Submit`},
	{startsAll, "New starts no goroutine before it is needed", `workers of a new pool`},
	{startsMany, "New starts no goroutine before it is needed", `new goroutines`},
	{takesMemory, "New starts no goroutine before it is needed", `bytes allocated`},
	{ticks, "an idle pool never wakes", `woken while the pool was idle`},
	{leavesGoroutine, "no goroutine outlives Shutdown", `deadlock`},
	{takesAnySize, "New panics at a bad size with a message that names the size", `New\(0\)`},
	{takesNilOption, "New panics at a nil option", `does not contain "model: "`},
	{takesNil, "a nil task is refused with ErrNilTask", `Submit to a pool that is idle`},
	{namesNoIndex, "a nil task is refused with ErrNilTask", `does not contain "index 0 of 2`},
	{wakesOne, "tasks that all wait for one another all start", `deadlock`},
	{skipsWake, "tasks that all wait for one another all start", `deadlock`},
	{losesWaiter, "groups of tasks that wait for one another all end", `deadlock`},
	{skipsWake, "a task that comes after a pause runs", `did not run, and all goroutines sleep`},
	{looksOnce, "a task that submits the next one keeps the pool going", `deadlock`},
	{losesName, "a pool and its log records have the name that it was given", `expected: "mail"`},
	{slowerOnly, "a task that takes as long as the threshold or longer is reported as slow", `expected: \[\]time\.Duration`},
	{callsBare, "a task that takes as long as the threshold or longer is reported as slow", `expected: \[\]time\.Duration`},
	{timesNoBatch, "the time from a submit to the start of its task is observed", `expected: \[\]time\.Duration`},
	{observesReturned, "a task that ShutdownNow has returned is not observed", `observed a returned task`},
	{observesNoLate, "a task that ShutdownNow leaves to a worker is observed", `observed, of those that the pool ran`},
	{plainRecover, "no label of a submitter or of a task that panics reaches another task", `labels of a task`},
	{callsBare, "with a profile label every task begins with the name of its pool and nothing else", `labels of a task`},
	{callsBare, "a task is a region of an execution trace", `does not contain`},
	{labelsCaller, "a caller that runs its task keeps its labels and the task has no queue wait", `labels of`},
	{observesCaller, "a caller that runs its task keeps its labels and the task has no queue wait", `observed tasks`},
	{countsTwice, "Stats of a pool in which nothing moves are exact", `Stats of a pool that is full`},
	{sumsLooksApart, "Stats of a pool at work stay within bounds and counts never decrease", `Stats.Submitted fell`},
	{sumsLooksApart, "Stats never count a task twice or the end of one that has not ended", `Stats.Submitted is`},
}

// faultVariable is the environment variable that tells TestConformance, in a
// process of its own, which broken pool to run.
const faultVariable = "POOLTEST_FAULT"

// TestConformance runs the suite on the model.
func TestConformance(t *testing.T) {
	f := fault(os.Getenv(faultVariable))
	impl := Impl{
		Package: "model",
		New:     func(size int, opts ...workerpool.Option) Pool { return newModel(f, size, opts...) },
		Unmade:  []Pool{&model{fault: f}, (*model)(nil)},
	}
	if f == bypassesTenfold {
		impl.Overtake = func(size int) int { return 64 * 2 * size }
	}
	if f == obviousPool {
		impl = Impl{
			Package: "obvious",
			New:     func(size int, opts ...workerpool.Option) Pool { return newObvious(size, opts...) },
			Eager:   true,
		}
	}
	Run(t, impl)
}

// TestEachBrokenPoolFailsAtItsCase runs each broken pool at its case, in a
// process of its own, because a broken pool may panic or hang.
func TestEachBrokenPoolFailsAtItsCase(t *testing.T) {
	need.Processes(t)
	for _, b := range broken {
		t.Run(fmt.Sprintf("%s/%s", b.fault, b.sentence), func(t *testing.T) {
			t.Parallel()
			name := "TestConformance/" + strings.ReplaceAll(b.sentence, " ", "_")
			test := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.count=1",
				"-test.run=^"+strings.Replace(name, "/", "$/^", 1)+"$")
			test.Env = append([]string{"POOLTEST_LIMIT=20s"}, os.Environ()...) // a limit that the user has set comes later, and counts
			test.Env = append(test.Env, faultVariable+"="+string(b.fault), fmt.Sprintf("GOMAXPROCS=%d", runtime.GOMAXPROCS(0)))
			output, err := test.CombinedOutput()
			require.IsType(t, new(exec.ExitError), err, "the case did not fail:\n%s", output)
			require.Contains(t, string(output), "=== RUN   "+name+"\n")
			require.Regexp(t, regexp.MustCompile(b.words), string(output))
		})
	}
}

// TestABypassLimitThatIsKeptIsRight runs the case at which bypassesTenfold fails on a
// pool that lets exactly as many tasks overtake as it may.
func TestABypassLimitThatIsKeptIsRight(t *testing.T) {
	waitAgainstStream(t, Impl{
		New:      func(size int, opts ...workerpool.Option) Pool { return newModel(bypassesInBounds, size, opts...) },
		Overtake: func(size int) int { return 64 * 2 * size },
	})
}

func TestEveryCaseHasABrokenPoolToFind(t *testing.T) {
	found := make(map[string]bool)
	for _, b := range broken {
		found[b.sentence] = true
	}
	for _, c := range cases {
		require.True(t, found[c.sentence], "no broken pool fails at: %s", c.sentence)
	}
	require.Len(t, found, len(cases), "a broken pool should fail at a case that does not exist")
}
