// Package ringpool is a bounded worker pool for services where the cost per task
// counts: it limits how many tasks run at once, queues a limited number more, and tells the
// caller when to shed load.
//
//	p := ringpool.New(50)
//	defer p.Shutdown()
//
//	if err := p.Submit(task); errors.Is(err, ringpool.ErrPoolFull) {
//		// answer 429, come back later
//	}
//
// If callers wait for the answer, give it a short queue: see [workerpool.WithQueueCapacity].
//
// What it promises, and the words that this page uses, are on the page of package
// [workerpool], beside options, statistics, groups and results. Package chanpool keeps
// the same promises on a plain buffered channel.
//
// # What is special about this one
//
//   - Tasks travel through a ring buffer, and not through a channel. While all workers
//     are busy and the queue has room, submitters and workers share nothing else that is
//     written, and neither enters the runtime.
//   - A worker gets its goroutine when it is first needed, so workers that are never
//     needed cost next to nothing. [workerpool.WithIdleTimeout] ends the goroutines of
//     idle workers.
//   - A pool that has nothing to do does nothing: no ticker, no polling.
//   - [Pool.Resize] changes the size while the pool runs.
//   - A submit that finds room allocates nothing, unless it starts a worker, or an
//     option says otherwise.
//
// # What it is not
//
// Tasks have no priorities. A task that calls SubmitWait on its own pool may wait
// forever: see [Pool.SubmitWait]. A pool that is dropped without Shutdown keeps its
// goroutines, unless WithIdleTimeout ends them.
//
// The ring takes no lock, but it is not lock-free in the formal sense. A goroutine that is
// stopped at one of these places delays others. At the first two only the operating system can
// stop it (unless the compiler is told to inline nothing), at the other two the Go scheduler
// can, too:
//
//   - In a submit, while it writes its task into the ring. Then the tasks behind it wait. So do
//     a worker that was just woken, with the task that it has already taken, a worker that goes
//     to sleep, a Resize, a shutdown, and a submit that finds the queue full and a worker idle,
//     or that has lost a task to another worker while it was about to wake one.
//   - In a worker, while it reads its task from the ring. Then the submits wait that come round
//     to the same place of the ring.
//   - Between the claim of an idle worker and the taking of a task for it. Then no other idle
//     worker is woken, and a submit that finds the queue full spins. With a queue capacity of 0
//     every submit spins then.
//   - While it holds the lock of the list of submitters that wait for room. Then workers that
//     have taken a task wait for that lock before they run it, as long as anybody waits for room.
//
// # What tasks leave behind
//
// Workers run one task after the other, so what a task does to its goroutine can reach
// the next: a [runtime.LockOSThread] without its counterpart makes all later tasks of
// that worker slow, and [runtime/debug.SetPanicOnFault] stays set. A worker's goroutine
// belongs to the [testing/synctest] bubble of the submit that started it. So make and
// use a pool in one bubble, or in none.
package ringpool
