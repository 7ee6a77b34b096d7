package workerpool

// Stats describes what a pool is doing and has done.
//
// The fields are read one after the other. So while the pool works, they may not fit
// together exactly. If no call is under way and no task is running, they are exact, and
// Submitted = Completed + Queued + Returned. The counts, from Submitted on, never
// decrease, and Submitted is never less than Completed + Returned.
//
// What to look at: Queued near Capacity, and Rejected, say that the pool is too small or
// the load too high. Canceled and Expired count callers that did not wait long enough.
// Busy near Size with an empty queue is a pool that is just large enough.
type Stats struct {
	Size     int // workers
	Capacity int // tasks that can be queued

	Queued  int // tasks accepted and not yet taken by a worker
	Busy    int // workers that are not idle
	Waiting int // calls that wait for room: of SubmitWait, SubmitContext, SubmitBatchWait
	Started int // workers that have a goroutine; after a shutdown, those that had one then

	Submitted uint64 // tasks accepted
	Completed uint64 // tasks that have ended, also by a panic or a Goexit
	Panicked  uint64 // tasks that have panicked, also in their callers
	Returned  uint64 // tasks that ShutdownNow has returned

	Rejected       uint64 // tasks refused with ErrPoolFull
	RejectedClosed uint64 // tasks refused with ErrPoolClosed
	Canceled       uint64 // tasks whose submit gave up because its context ended

	// Included in Completed.
	// A worker took them after their context had ended, and did not call them. When its
	// loop ends, Map takes back the calls that have not begun; these are not counted.
	Expired uint64 // functions of GoContext and Map

	// Not included in Submitted, Completed or Rejected.
	CallerRuns uint64 // tasks that SubmitOrRun has begun to run in its caller

	// Only in ringpool. A few wakes find no task, and are followed by a park.
	// The end of a worker counts as a park.
	Parks uint64 // times a worker became idle
	Wakes uint64 // times an idle worker was claimed
}
