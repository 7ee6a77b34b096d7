package workerpool

// Stats describes what a pool is doing and has done.
//
// The fields are read one after the other. So while the pool works, they may
// differ from one another by some tasks. If no call is under way and no task is
// running, they are exact, and Submitted = Completed + Queued + Returned. The
// counts, from Submitted on, never decrease, and Submitted is never less than
// Completed + Returned.
type Stats struct {
	Size     int // workers
	Capacity int // tasks that can be queued

	Queued  int // tasks accepted and not yet taken by a worker
	Busy    int // workers that are not idle
	Waiting int // calls that wait for room: of SubmitWait, SubmitContext, SubmitBatchWait
	Started int // workers that have a goroutine, or had one at the shutdown

	Submitted uint64 // tasks accepted
	Completed uint64 // tasks that have ended, also by a panic or a Goexit
	Panicked  uint64 // tasks that have panicked, also in their callers
	Returned  uint64 // tasks that ShutdownNow has returned

	Rejected       uint64 // tasks refused with ErrPoolFull
	RejectedClosed uint64 // tasks refused with ErrPoolClosed
	Canceled       uint64 // tasks whose submit gave up because its context ended

	// Included in Completed.
	Expired uint64 // functions of GoContext and Map that were not called, because their context had ended

	// Not included in Submitted, Completed or Rejected.
	CallerRuns uint64 // tasks that SubmitOrRun has begun to run in its caller

	// Only in ringpool. A few wakes find no task, and are followed by a park.
	// The end of a worker counts as a park.
	Parks uint64 // times a worker became idle
	Wakes uint64 // times an idle worker was claimed
}
