//go:build modelcheck

package ringpool

import "github.com/seed62337844/workerpool/internal/step"

// Programs that more than one kind of pool runs: with the usual queue, with a small one
// or none, and while the size changes. A program that takes a gate gets a full pool,
// whose tasks end when the gate is opened. One that takes a size changes the pool to it.

func submitTwiceEach(w *scenario) {
	w.start(2, "submitter", func(int) {
		w.submit(nil)
		w.submit(nil)
	})
}

func submitOneEach(w *scenario) {
	w.start(2, "submitter", func(int) { w.submit(nil) })
}

func submitEscapes(w *scenario) {
	w.start(2, "submitter", func(i int) { w.submit(escapes[i]) })
}

func submitNested(w *scenario) {
	w.start(2, "submitter", func(int) {
		w.submit(func() { w.submit(func() { w.submit(nil) }) })
	})
}

func submitUntilRefused(w *scenario) {
	gate := step.NewLatch()
	w.start(2, "submitter", func(int) {
		for w.submit(gate.Wait) == nil {
		}
	})
	w.wantCapacity()
	gate.Open()
}

// submitTogether submits as many tasks as there are workers, which wait for one another.
func submitTogether(w *scenario) {
	all := w.together(w.size)
	w.start(w.size, "submitter", func(int) {
		if err := w.submit(all); err != nil {
			w.Failf("%v, and there are as many workers as tasks", err)
		}
	})
}

// batchesUntilRefused submits two batches of n blocking tasks, which together are larger
// than the pool.
func batchesUntilRefused(w *scenario, n int) {
	gate := step.NewLatch()
	w.start(2, "submitter", func(int) { w.submitBatch(nil, n, gate.Wait) })
	w.wantCapacity()
	gate.Open()
}

func batchThatWaitsForRoom(w *scenario) {
	w.Go("batch submitter", func() { w.submitBatch(new(step.Context), w.room()+2, nil) })
	w.Go("submitter", func() { w.submit(nil) })
}

// manyWaiters has more waiters than there is room for, in a pool without tasks.
func manyWaiters(w *scenario) {
	w.start(w.room()+2, "waiter", func(int) { w.submitWait(nil) })
}

func oneWaiter(w *scenario, gate step.Latch) {
	w.Go("waiter", func() { w.submitWait(nil) })
	w.Go("submitter", func() { w.submit(nil) })
	gate.Open()
}

// waitersInOrder checks that waiters are served in the order in which they began to wait.
func waitersInOrder(w *scenario, gate step.Latch) {
	served := 0
	w.Prepare(func() {
		w.start(3, "waiter", func(i int) {
			w.submitWait(func() {
				if served != i {
					w.Failf("waiter %d is served after %d others", i+1, served)
				}
				served++
			})
		})
	})
	gate.Open()
}

// overdueWaiters checks that no submit that begins later comes before overdue waiters.
func overdueWaiters(w *scenario, gate step.Latch) {
	comeAfterOverdueWaiters(w, gate, func(body func()) { w.submit(body) })
}

// comeAfterOverdueWaiters is overdueWaiters for any submit.
func comeAfterOverdueWaiters(w *scenario, gate step.Latch, submit func(body func())) {
	waiting := 2
	w.Prepare(func() {
		w.start(2, "waiter", func(int) {
			w.submitWait(func() { waiting-- })
		})
		w.settle()
		w.Look(w.exceedLimits)
	})
	w.Go("submitter", func() {
		submit(func() {
			if w.size == 1 && waiting > 0 {
				w.Failf("a task has overtaken %d overdue waiters", waiting)
			}
		})
	})
	gate.Open()
}

// waiterThatGivesUpAndShutdown has two waiters, of which the first gives up.
func waiterThatGivesUpAndShutdown(w *scenario, gate step.Latch) {
	ctx := new(step.Context)
	w.startWaiters(2, 0, ctx)
	w.Go("canceler", ctx.Cancel)
	gate.Open()
	w.shutdown()
}

// startWaiters starts n waiters, one of which waits until ctx ends.
func (w *scenario) startWaiters(n, one int, ctx *step.Context) {
	w.start(n, "waiter", func(i int) {
		if i == one {
			w.submitContext(ctx, nil)
		} else {
			w.submitWait(nil)
		}
	})
}

func resizeBesideSubmits(w *scenario, to int) {
	submitOneEach(w)
	w.resize(to)
}

// resizeUntilRefused submits until it is refused: rightly, and not before there are as
// many tasks as the pool takes in the end.
func resizeUntilRefused(w *scenario, to int) {
	gate := step.NewLatch()
	w.Go("submitter", func() {
		for w.submit(gate.Wait) == nil {
		}
	})
	w.resize(to)
	for w.submit(gate.Wait) == nil {
	}
	w.settle()
	if n := w.count(nil); n < w.room() {
		w.Failf("%d blocking tasks were accepted, want %d", n, w.room())
	}
	gate.Open()
}

func resizeFullPool(w *scenario, to int) {
	gate := w.fill()
	w.Go("waiter", func() { w.submitWait(nil) })
	w.Go("submitter", func() { w.submit(nil) })
	w.Go("opener", gate.Open)
	w.resize(to)
}

func resizeBesideShutdown(w *scenario, to int) {
	w.Go("submitter", func() { w.submit(nil) })
	w.Go("resizer", func() { w.change(to) })
	w.shutdown()
	w.size = w.pool.Size()
}

// awaitQuiescence adds a call of Wait to what the scenario has.
func awaitQuiescence(w *scenario) {
	w.Go("waiter for quiescence", func() { w.wait(new(step.Context)) })
}
