package chanpool

// SubmitOrRun is like [Pool.Submit], but if the pool is full, it runs task itself,
// on the caller's goroutine, and returns when the task has ended. So the caller
// helps instead of adding to the load, and never waits for a worker. That makes
// SubmitOrRun the safe way to submit from inside a task. It returns nil when the
// task was accepted or has ended, [ErrPoolClosed] if a shutdown has begun, and
// [ErrNilTask] if task is nil.
//
// A task that runs in its caller may call SubmitOrRun itself, and so on, up to 1,000
// deep on one goroutine. One that would be deeper is refused with [ErrPoolFull],
// which SubmitOrRun returns for no other reason. A tree of tasks that is less than
// 1,000 deep is safe on every pool. A chain in which each task submits the next is
// not: while the pool is full, it can reach the limit.
//
// A panic of the task goes to the pool's handler, and is counted, as on a worker.
// But a [runtime.Goexit] ends the caller's goroutine, and a task that runs in its
// caller runs under the locks that the caller holds. It has not been queued: it may
// run before tasks that have, Wait and Shutdown do not wait for it, and Stats counts
// it in CallerRuns and not in Submitted, Completed or Rejected.
//
// SubmitOrRun synchronizes before the start of its task.
func (p *Pool) SubmitOrRun(task func()) error {
	p.checkMade("SubmitOrRun")
	if task == nil {
		return ErrNilTask
	}
	o := p.send(p.supervisor.Observed(task))
	if o == full {
		if !p.supervisor.MayDo() {
			return p.refusals.Full(1)
		}
		p.refusals.CallerRuns()
		p.supervisor.Do(task)
		return nil
	}
	return p.refuse(1, o, nil)
}
