package workerpool

// Stats is what a pool knows of itself.
//
// A snapshot of a pool at work is taken field by field, so its figures may be
// some tasks apart. On a pool with no call under way and no task running
// they are exact, and Submitted = Completed + Queued + Returned.
// The counts, from Submitted on, never decrease, and Submitted is never less than
// Completed + Returned.
type Stats struct {
	Size     int // workers at most
	Capacity int // tasks that can be queued

	Queued  int // tasks accepted and not yet taken by a worker
	Busy    int // workers that are not idle
	Waiting int // calls that wait for room: of SubmitWait, SubmitContext, SubmitBatchWait
	Started int // workers that have a goroutine, or had one before the shutdown

	Submitted uint64 // tasks accepted
	Completed uint64 // tasks ended, by a panic or a Goexit too
	Panicked  uint64 // tasks ended by a panic, in their callers too
	Returned  uint64 // tasks handed back by ShutdownNow

	Rejected       uint64 // tasks refused with ErrPoolFull
	RejectedClosed uint64 // tasks refused with ErrPoolClosed
	Canceled       uint64 // tasks whose submitter gave up with its context

	// Of the tasks completed.
	Expired uint64 // functions of GoContext and Map that were not called, because their context had ended

	// Not among those submitted, completed or rejected.
	CallerRuns uint64 // tasks that SubmitOrRun ran in its caller, from their begin

	// Of ringpool only. Few of the wakes come to nothing, because the task was
	// gone, and are followed by a park; the end of a worker counts as a park.
	Parks uint64 // times a worker became idle
	Wakes uint64 // times a worker was claimed from among the idle
}
