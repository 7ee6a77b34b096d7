package pool

// Stats is what a pool knows of itself.
//
// A snapshot of a pool at work is taken field by field, so its figures may be
// a few tasks apart. On a pool at rest, with no call under way and no task
// running, they are exact, and Submitted = Completed + Queued.
// Submitted, Completed, Rejected, Panicked, Parks and Wakes never decrease.
type Stats struct {
	Size     int // workers at most
	Capacity int // tasks that can be queued: 2×Size

	Queued  int // tasks accepted and not yet taken by a worker
	Busy    int // workers that have a task, or are between two
	Waiting int // calls of SubmitWait that wait for room
	Started int // workers that have a goroutine, or had one before the shutdown

	Submitted uint64 // tasks accepted
	Completed uint64 // tasks ended, by a panic or a Goexit too
	Rejected  uint64 // submits refused with ErrPoolFull
	Panicked  uint64 // tasks ended by a panic

	Parks uint64 // times a worker went to sleep (ringpool only)
	Wakes uint64 // times a worker was woken or started (ringpool only)
}
