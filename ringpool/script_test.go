package ringpool_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing/synctest"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/pooltest"
	"github.com/seed62337844/workerpool/internal/step"
	"github.com/seed62337844/workerpool/ringpool"
)

// A script is a list of steps that one goroutine does with a pool. After each step it
// waits until nothing moves any more. So the behaviour of a correct pool is determined,
// and two pools can be compared.
//
// No step submits from inside a task, because the contract does not say whether
// such a submit or a waiting submitter gets the slot that the task has freed.
// No step is a batch that waits, because the contract does not say whether its
// next task or another waiting submitter comes first.
type script struct {
	size  int
	moves []move
}

type move struct {
	do  string
	arg int
}

// actions lists what a step can do. An action that should happen often is
// listed several times.
var actions = []string{
	submit, submit, submit, burst, burst, wait, wait, wait, release, release, release, release,
	openAll, submitNil, waitNil, shutdown, waitContext, waitContext, giveUp, giveUp, batch, waitQuiescent, shutdownNow,
}

const (
	submit    = "Submit"     // of a task of kind arg
	burst     = "burst"      // of arg Submits without a pause
	wait      = "SubmitWait" // of a task of kind arg, in a goroutine of its own
	release   = "release"    // the gate of one blocked task
	openAll   = "open"       // the gates of all blocked tasks
	submitNil = "Submit(nil)"
	waitNil   = "SubmitWait(nil)"
	shutdown  = "Shutdown" // in a goroutine of its own, if arg is 0: not much happens afterwards

	waitContext   = "SubmitContext" // of a task of kind arg, in a goroutine of its own
	giveUp        = "cancel"        // the context of one submit that waits
	batch         = "SubmitBatch"   // of arg tasks
	waitQuiescent = "Wait"          // in a goroutine of its own
	shutdownNow   = "ShutdownNow"   // in a goroutine of its own, if arg is 1; what it returns is run
)

// ends are the kinds of a task: how it ends. Most are held at a gate before.
var ends = []func(){
	nil, nil, nil, nil, // gate
	func() {},
	func() { panic("on purpose") },
	runtime.Goexit,
	runtime.Gosched,
}

// A stage is where a script is played: a synctest bubble, or a run of package explore.
type stage struct {
	settle     func() // returns when everything has happened that can happen
	newContext func() (ctx context.Context, end func())
}

var bubble = stage{synctest.Wait, func() (context.Context, func()) { return context.WithCancel(context.Background()) }}

// A player plays a script on a pool, and records what happens to each task.
type player struct {
	stage
	pool      pooltest.Pool
	tasks     []*played
	shutdowns atomic.Int32 // calls of Shutdown and ShutdownNow that have returned
	waits     atomic.Int32 // calls of Wait that have returned
}

// A played task is the record of one task.
type played struct {
	gate         step.Latch
	held         bool // at the gate
	released     bool
	answered     atomic.Bool
	err          error // of the submit, if answered
	began, ended atomic.Int32
	cancel       func() // the context of the submit; nil if it has none
}

// submit submits the next task, by the given method.
func (p *player) submit(method func(func()) error, kind int) {
	k, task := p.task(kind)
	k.answer(method(task))
}

func (k *played) answer(err error) {
	k.err = err
	k.answered.Store(true)
}

// submitContext is submit by SubmitContext.
func (p *player) submitContext(kind int) {
	k, task := p.task(kind)
	ctx, cancel := p.newContext()
	defer cancel()
	k.cancel = cancel
	k.answer(p.pool.SubmitContext(ctx, task))
}

// submitBatch submits the next n tasks at once.
func (p *player) submitBatch(method func(tasks []func()) (int, error), n int) {
	ks, tasks := make([]*played, n), make([]func(), n)
	for i := range n {
		ks[i], tasks[i] = p.task(0) // held at its gate: how many fit must not depend on timing
	}
	accepted, err := method(tasks)
	for i, k := range ks {
		if i < accepted {
			k.answer(nil)
		} else {
			k.answer(err)
		}
	}
}

// task makes the next task.
func (p *player) task(kind int) (*played, func()) {
	k := &played{}
	p.tasks = append(p.tasks, k)
	end := ends[kind%len(ends)]
	if end == nil {
		k.gate, k.held = step.NewLatch(), true
		end = k.gate.Wait
	}
	return k, func() {
		k.began.Inc()
		defer k.ended.Inc()
		end()
	}
}

// open opens the gate of one task.
func (k *played) open() {
	k.released = true
	k.gate.Open()
}

// blocked returns the tasks that are held at their gates.
func (p *player) blocked() (all []*played) {
	for _, k := range p.tasks {
		if k.held && !k.released && k.began.Load() > k.ended.Load() {
			all = append(all, k)
		}
	}
	return all
}

// play does one step, and returns when all that follows from it has happened.
func (p *player) play(s move) {
	switch s.do {
	case submit:
		p.submit(p.pool.Submit, s.arg)
	case burst:
		for range s.arg {
			p.submit(p.pool.Submit, 0)
		}
	case wait:
		step.Go(func() { p.submit(p.pool.SubmitWait, s.arg) })
	case waitContext:
		step.Go(func() { p.submitContext(s.arg) })
	case giveUp:
		var waiting []*played
		for _, k := range p.tasks {
			if k.cancel != nil && !k.answered.Load() {
				waiting = append(waiting, k)
			}
		}
		if len(waiting) > 0 {
			waiting[s.arg%len(waiting)].cancel()
		}
	case batch:
		p.submitBatch(p.pool.SubmitBatch, s.arg)
	case waitQuiescent:
		step.Go(func() {
			_ = p.pool.Wait(context.Background())
			p.waits.Inc()
		})
	case release:
		if all := p.blocked(); len(all) > 0 {
			all[s.arg%len(all)].open()
		}
	case openAll:
		for _, k := range p.blocked() {
			k.open()
		}
	case submitNil:
		p.tasks = append(p.tasks, &played{err: p.pool.Submit(nil), answered: *atomic.NewBool(true)})
	case waitNil:
		k := &played{}
		p.tasks = append(p.tasks, k)
		step.Go(func() { k.answer(p.pool.SubmitWait(nil)) })
	case shutdown:
		if s.arg == 0 {
			step.Go(func() {
				p.pool.Shutdown()
				p.shutdowns.Inc()
			})
		}
	case shutdownNow:
		if s.arg == 1 {
			step.Go(func() {
				tasks, _ := p.pool.ShutdownNow(context.Background())
				for _, task := range tasks {
					step.Go(func() {
						defer func() { _ = recover() }()
						task()
					})
				}
				p.shutdowns.Inc()
			})
		}
	}
	p.settle()
}

// finish lets all tasks end, and shuts the pool down.
func (p *player) finish() {
	for len(p.blocked()) > 0 {
		p.play(move{do: openAll})
	}
	p.pool.Shutdown()
	p.settle()
}

// An observation is all that can be seen of a pool.
type observation struct {
	stats     workerpool.Stats
	shutdowns int32
	waits     int32
	tasks     []taskObservation
}

type taskObservation struct {
	answered     bool
	err          error
	began, ended int32
}

// see returns what can be observed now.
func (p *player) see() observation {
	s := observation{stats: p.pool.Stats(), shutdowns: p.shutdowns.Load(), waits: p.waits.Load()}
	s.stats.Started, s.stats.Parks, s.stats.Wakes = 0, 0, 0 // not the same in all pools
	for _, k := range p.tasks {
		one := taskObservation{answered: k.answered.Load(), began: k.began.Load(), ended: k.ended.Load()}
		if one.answered {
			one.err = k.err
		}
		s.tasks = append(s.tasks, one)
	}
	return s
}

func (s observation) equals(other observation) bool {
	return s.stats == other.stats && s.shutdowns == other.shutdowns && s.waits == other.waits && slices.Equal(s.tasks, other.tasks)
}

// miscounted returns an error for the first task that did not end as its submit said. The
// pool has finished.
func (p *player) miscounted() error {
	for i, k := range p.tasks {
		once := int32(0)
		if k.err == nil {
			once = 1
		}
		if !k.answered.Load() || k.began.Load() != once || k.ended.Load() != once {
			return fmt.Errorf("task %d: answered %t, with %v, began %d times, ended %d times",
				i, k.answered.Load(), k.err, k.began.Load(), k.ended.Load())
		}
	}
	return nil
}

// quiet is the option for pools whose tasks panic on purpose.
func quiet() ringpool.Option { return workerpool.WithPanicHandler(func(any, []byte) {}) }
