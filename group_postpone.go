package workerpool

import (
	"math/rand/v2"
	"slices"

	"github.com/seed62337844/workerpool/internal/origin"
	"github.com/seed62337844/workerpool/internal/step"
)

// How GoOrRun postpones functions.
//
// A pool refuses to run a task in its caller if too many tasks already run there
// inside one another. GoOrRun puts such a task into a list. When a function of the
// group has ended, its goroutine is less deep, and submits the task again.
//
//	postpone                                a function
//	P1  put the task into the list          E1  end, and be counted no more
//	P2  does a function run?                E2  submit the tasks in the list, until
//	                                            one is postponed again
//
// If GoOrRun finds no function in P2, all tasks around this one belong to others. The group
// cannot wait for them, and refuses the task.
//
// A function that ran in its caller is still on the stack in E2, with frames of the pool.
// So the task can be too deep again, and P2 can find no function: this was the only one. Then
// a new goroutine does E2. It is not deep.
//
// No task is forgotten in the list:
//
//   - P2 has found a function. Its E1 comes later, and so its E2 finds the task, unless
//     another E2 has taken it.
//   - E2 has stopped at a task that is postponed again. The P2 of that task has found a
//     function, or there is a new goroutine. The E2 of either finds all that is in the list.
//   - E2 has stopped in the middle, because of a Goexit after a function that it has called.
//     Before that the function has done an E2 of its own.
//   - A function has no E2, because many functions run. The last of them have one.
//   - A task is refused, or a function is not called, or it calls Goexit. Then the context has
//     ended: no task in the list would be called, and Wait does not wait for them.
//
// In E2 functions are called, which have an E2, and so on. The pool limits how deep they are,
// as it does for all tasks in callers.

// submitOrRun submits the task, or has it run here, or postpones it.
func (t *groupTask) submitOrRun(p runner) error {
	err := p.SubmitOrRun(origin.Task(t))
	if err == ErrPoolFull && (t.group.postpone(t) || !t.group.withdraw(t)) {
		return nil
	}
	return err
}

// postpone puts t into the list. It returns true if a function is running, which
// will submit t again.
func (g *Group) postpone(t *groupTask) bool {
	g.mu.Lock()
	if len(g.later) == 0 {
		g.state.Add(postponedBit)
	}
	g.later = append(g.later, t) // P1
	g.mu.Unlock()
	return groupState(g.state.Load()).begun() != 0 // P2
}

// withdraw takes t out of the list. It returns false if t is not there, because a
// function that began meanwhile has taken it.
func (g *Group) withdraw(t *groupTask) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := slices.Index(g.later, t)
	if at >= 0 {
		g.take(at)
	}
	return at >= 0
}

// take takes the task at this index out of the list. The caller holds the lock.
func (g *Group) take(at int) *groupTask {
	t := g.later[at]
	g.later = slices.Delete(g.later, at, at+1)
	if len(g.later) == 0 {
		g.state.Sub(postponedBit)
	}
	return t
}

// takeLast takes the last task out of the list, or returns nil.
func (g *Group) takeLast() *groupTask {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.later) == 0 {
		return nil
	}
	return g.take(len(g.later) - 1)
}

// resume does E2. On a new goroutine deep is false.
//
// To find out how deep a goroutine is takes long. So while many functions run,
// perhaps inside one another, only one in so many looks into the list.
func (g *Group) resume(deep bool) {
	const many = 64
	for {
		s := groupState(g.state.Load())
		if !s.postponed() || s.begun() >= many && rand.IntN(many) != 0 {
			return
		}
		t := g.takeLast()
		if t == nil {
			return
		}
		err := g.pool.(runner).SubmitOrRun(origin.Task(t))
		if err == ErrPoolFull {
			switch {
			case g.postpone(t):
				return
			case deep:
				step.Go(func() { g.resume(false) })
				return
			case !g.withdraw(t): // the pool cannot run tasks in callers at all
				return
			}
		}
		if err != nil {
			g.refused(err)
		}
	}
}
