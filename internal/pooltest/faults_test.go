package pooltest

// A fault is one way in which a pool is broken.
type fault string

const (
	none            fault = ""
	obviousPool     fault = "is the obvious pool"
	dropsTask       fault = "drops one task in a hundred"
	runsTwice       fault = "runs one task in a hundred twice"
	fullTooEarly    fault = "says full one task too early"
	fullTooLate     fault = "says full one task too late"
	roundsUp        fault = "rounds its capacity up to a power of two"
	queuesFirst     fault = "says full while workers are about to start"
	freesLate       fault = "says full until the queue is half empty"
	refusesAtRandom fault = "says full now and then"
	newestTask      fault = "runs the newest task first"
	neverWaits      fault = "says full instead of waiting"
	forgetsWaiters  fault = "forgets its waiters when it closes"
	newestWaiter    fault = "serves the newest waiter first"
	halfEmpty       fault = "wakes its waiters when the queue is half empty"
	starvesWaiters  fault = "lets every submit overtake its waiters"
	losesWaiter     fault = "loses one waiter in a hundred"
	acceptsClosed   fault = "accepts after Shutdown"
	returnsEarly    fault = "returns early from Shutdown"
	waitsOnce       fault = "returns early from the second Shutdown"
	waitsForAll     fault = "waits at Shutdown for workers that never started"
	swallowsPanics  fault = "swallows panics"
	plainRecover    fault = "recovers from panics and from nothing else"
	losesPanicker   fault = "loses a worker at each panic"
	keepsLastTask   fault = "keeps the last task of each worker"
	keepsSlots      fault = "does not clear the slots of its queue"
	allocates       fault = "allocates at each submit"
	startsAll       fault = "starts all workers in New"
	ticks           fault = "ticks"
	leavesGoroutine fault = "leaves goroutines behind"
	takesAnySize    fault = "takes any size"
	takesNilOption  fault = "takes a nil option"
	takesNil        fault = "takes a nil task"
	skipsWake       fault = "skips one wake in a hundred"
	wakesOne        fault = "wakes one worker and relies on it to wake the next"
	looksOnce       fault = "falls asleep without a second look"
	countsTwice     fault = "counts refused submits twice"
	sumsLooksApart  fault = "adds up Stats from two looks"
	wakesAll        fault = "wakes all waiters for each free slot"
	batches         fault = "takes queued tasks only when all running ones have ended"
	hoards          fault = "remembers every task"

	fullWhileIdle       fault = "says full now and then while it is idle"
	ignoresCapacity     fault = "has a queue of twice its size in any case"
	servesFromQueueOnly fault = "serves its waiters only when a queued task is taken"
	bypassesInBounds    fault = "lets as many overtake as it may, which is right"
	bypassesTenfold     fault = "lets ten times as many overtake as it may"
	worksUnmade         fault = "lets the zero Pool be used"
)

// Faults of SubmitOrRun.
const (
	refusesToRun    fault = "says full instead of running the task"
	waitsToRun      fault = "waits for room instead of running the task"
	runsElsewhere   fault = "runs on a new goroutine what the caller should run"
	runsUnprotected fault = "does not recover from panics in its callers"
	runsClosed      fault = "runs tasks in the caller after Shutdown"
	nestsForever    fault = "runs tasks in callers inside one another without end"
	labelsCaller    fault = "gives the caller the labels of a worker"
	observesCaller  fault = "observes the tasks that callers run"
)

// Faults of SubmitContext, of batches, of the other shutdowns, and of Wait.
const (
	ignoresContext        fault = "goes on waiting when the context has ended"
	acceptsEnded          fault = "accepts with a context that has ended"
	servesCanceled        fault = "serves waiters that have given up"
	runsCanceled          fault = "runs the tasks of waiters that have given up"
	dropsEnded            fault = "drops queued tasks whose context ends"
	takesNilContext       fault = "takes a nil context"
	batchWholly           fault = "takes a batch wholly or not at all"
	batchBackwards        fault = "queues a batch backwards"
	batchNoWait           fault = "does not wait with a batch"
	batchForgetsPart      fault = "forgets which part of a batch was queued"
	batchKeepsLock        fault = "keeps its lock for a whole batch"
	batchLooksLate        fault = "looks at the context of a batch only when it is full"
	refusesNilWholly      fault = "refuses a batch with a nil wholly"
	looksForNilOnce       fault = "looks for nil in a batch only once, before it waits"
	copiesBatch           fault = "copies a batch that it may refuse"
	countsByValue         fault = "counts a submit that gives up by the cause of its context"
	countsOwn             fault = "counts the submits of a group that has ended its own context"
	recyclesReturned      fault = "lets a returned task run only once"
	stopsDrain            fault = "stops the drain when the context ends"
	returnsRun            fault = "returns tasks and runs them, too"
	losesReturned         fault = "loses tasks that it should return"
	missesQuiescence      fault = "misses that it is quiescent now and then"
	quiescentOpenOnly     fault = "does not notice that it is quiescent when it is closed"
	quiescentWithoutQueue fault = "is quiescent when nothing is queued"
)

// Faults of names, labels, reports and traces.
const (
	losesName        fault = "loses its name"
	callsBare        fault = "does nothing around its tasks"
	slowerOnly       fault = "reports only what is slower than the threshold"
	timesNoBatch     fault = "does not time the tasks of a batch"
	observesReturned fault = "observes returned tasks"
)
