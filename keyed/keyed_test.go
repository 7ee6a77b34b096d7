package keyed_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/internal/pooltest"
	"github.com/seed62337844/workerpool/keyed"
	"github.com/seed62337844/workerpool/ringpool"
)

type makePool func(size int, opts ...workerpool.Option) workerpool.Pool

var pools = []struct {
	name string
	make makePool
}{
	{"ringpool", func(size int, opts ...workerpool.Option) workerpool.Pool { return ringpool.New(size, opts...) }},
	{"chanpool", func(size int, opts ...workerpool.Option) workerpool.Pool { return chanpool.New(size, opts...) }},
}

// onPools runs f with each kind of pool.
func onPools(t *testing.T, f func(t *testing.T, make makePool)) {
	for _, p := range pools {
		t.Run(p.name, func(t *testing.T) { f(t, p.make) })
	}
}

// inBubbles runs f in a bubble with each kind of pool. The pools that f makes are
// shut down when the bubble ends.
func inBubbles(t *testing.T, f func(t *testing.T, make makePool)) {
	onPools(t, func(t *testing.T, make makePool) {
		synctest.Test(t, func(t *testing.T) {
			f(t, func(size int, opts ...workerpool.Option) workerpool.Pool {
				p := make(size, opts...)
				t.Cleanup(p.Shutdown)
				synctest.Wait() // until the workers of a chanpool have begun
				return p
			})
		})
	})
}

// quiet is the option for pools whose tasks panic on purpose.
func quiet() workerpool.Option { return workerpool.WithPanicHandler(func(any, []byte) {}) }

// A gate stops the goroutines that pass through it until it is opened, at the latest
// when the test ends.
type gate struct {
	opened context.Context
	open   func()
}

func newGate(t *testing.T) *gate {
	opened, open := context.WithCancel(context.Background())
	t.Cleanup(open)
	return &gate{opened, open}
}

func (g *gate) wait() { <-g.opened.Done() }

func nothing() {}

// records has an entry for each task, in the order of submission, and one for each
// key. The tasks write it.
type records struct {
	tasks []entry
	keys  []keyState
}

type entry struct {
	key      int
	accepted bool // written by the submitter, read by check
	began    atomic.Uint32
	ended    atomic.Uint32
}

type keyState struct {
	running atomic.Int32
	met     atomic.Bool // two tasks at once
	order   []int       // of the tasks that began; plain, so that the race detector checks it, too
}

func newRecords(tasks, keys int) *records {
	return &records{tasks: make([]entry, tasks), keys: make([]keyState, keys)}
}

// task returns task i, of the key, which calls body.
func (l *records) task(i, key int, body func()) func() {
	e, k := &l.tasks[i], &l.keys[key]
	e.key = key
	return func() {
		e.began.Inc()
		if k.running.Inc() > 1 {
			k.met.Store(true)
		}
		k.order = append(k.order, i)
		defer func() {
			k.running.Dec()
			e.ended.Inc()
		}()
		body()
	}
}

// check fails t unless each accepted task ran once, no other task ran, no two tasks
// of a key ran at once, and the tasks of each submitter ran in its order. id
// returns the submitter of a task.
func (l *records) check(t *testing.T, id func(task int) int) {
	t.Helper()
	for i := range l.tasks {
		e := &l.tasks[i]
		want := uint32(0)
		if e.accepted {
			want = 1
		}
		if b, n := e.began.Load(), e.ended.Load(); b != want || n != want {
			t.Fatalf("task %d of key %d, accepted %v, began %d times and ended %d times", i, e.key, e.accepted, b, n)
		}
	}
	for key := range l.keys {
		k := &l.keys[key]
		if k.met.Load() {
			t.Fatalf("two tasks of key %d ran at once", key)
		}
		last := map[int]int{}
		for _, i := range k.order {
			if before, ok := last[id(i)]; ok && before > i {
				t.Fatalf("key %d: task %d ran before task %d", key, before, i)
			}
			last[id(i)] = i
		}
	}
}

// endings are the ways in which a task can end.
var endings = []struct {
	name string
	body func()
}{
	{"return", nothing},
	{"panic", func() { panic("boom") }},
	{"Goexit", runtime.Goexit},
}

func TestTasksOfAKeyRunInOrderOneAtATime(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		const n = 500
		q := keyed.New[string](make(4), n)
		l := newRecords(n, 1)
		for i := range n {
			l.tasks[i].accepted = true
			require.NoError(t, q.Submit("k", l.task(i, 0, runtime.Gosched)))
		}
		require.NoError(t, q.Wait(t.Context()))
		l.check(t, func(int) int { return 0 })
		require.Len(t, l.keys[0].order, n)
	})
}

func TestDifferentKeysRunAtTheSameTime(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(4)
		q := keyed.New[int](p, 4)
		var here sync.WaitGroup
		here.Add(p.Size())
		for key := range p.Size() {
			require.NoError(t, q.Submit(key, func() { here.Done(); here.Wait() }))
		}
		require.NoError(t, q.Wait(t.Context())) // otherwise the bubble reports a deadlock
	})
}

func TestFullMeansAsManyTasksWaitAsThereAreSlots(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		for _, capacity := range []int{1, 2, 7} {
			p := make(2)
			q := keyed.New[int](p, capacity)
			hold := newGate(t)
			require.NoError(t, q.Submit(0, hold.wait))
			synctest.Wait()
			for range 3 { // a refused task takes no slot
				for range capacity {
					require.NoError(t, q.Submit(0, nothing))
				}
				require.Equal(t, workerpool.ErrPoolFull, q.Submit(0, nothing))
				require.Equal(t, workerpool.ErrPoolFull, q.Submit(1, nothing))
				hold.open()
				require.NoError(t, q.Wait(t.Context()))
				hold = newGate(t)
				require.NoError(t, q.Submit(0, hold.wait))
				synctest.Wait()
			}
			hold.open()
		}
	})
}

// A key without tasks needs the pool, and is refused if the pool is full. A key
// with a task does not need it.
func TestAFullPoolRefusesNewKeysOnly(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1)
		q := keyed.New[string](p, 100)
		hold := newGate(t)
		ran := ""
		require.NoError(t, q.Submit("old", hold.wait))
		synctest.Wait()
		for p.Submit(nothing) == nil {
		}
		require.Equal(t, workerpool.ErrPoolFull, q.Submit("new", func() { t.Error("a refused task runs") }))
		require.NoError(t, q.Submit("old", func() { ran += "old" }))
		hold.open()
		require.NoError(t, q.Wait(t.Context()))
		require.Equal(t, "old", ran)
		synctest.Wait()
		require.NoError(t, q.Submit("new", nothing), "a refused task has left something behind")
	})
}

// A key whose tasks submit the next forever does not keep the only worker of a
// full pool from other keys, and from what is queued in the pool.
func TestAHotKeyStarvesNoOtherKey(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1)
		q := keyed.New[string](p, 100)
		var hot, stop atomic.Int64
		var heat func()
		heat = func() {
			hot.Inc()
			if stop.Load() == 0 && hot.Load() < 10000 {
				require.NoError(t, q.Submit("hot", heat))
				require.NoError(t, q.Submit("hot", nothing))
			}
		}
		hold := newGate(t)
		require.NoError(t, q.Submit("hot", hold.wait))
		synctest.Wait()
		require.NoError(t, q.Submit("hot", heat))
		key := int64(-1)
		require.NoError(t, q.Submit("cold", func() { key = hot.Load() }))
		other := int64(-1)
		for p.Submit(func() { other = hot.Load(); stop.Store(1) }) == nil {
		}
		hold.open()
		require.NoError(t, q.Wait(t.Context()))
		synctest.Wait()
		require.True(t, 0 <= key && key <= 8, "hot tasks before the other key: %d", key)
		require.True(t, 0 <= other && other <= 24, "hot tasks before the last of the pool's own: %d", other)
	})
}

// However a task ends, the next task of its key runs, on a full pool, too. The pool
// counts and reports panics.
func TestATaskThatDoesNotReturnCostsNothing(t *testing.T) {
	for _, full := range []bool{false, true} {
		for _, end := range endings {
			t.Run(end.name, func(t *testing.T) {
				inBubbles(t, func(t *testing.T, make makePool) {
					var told atomic.Int64
					p := make(1, workerpool.WithPanicHandler(func(value any, _ []byte) { told.Inc() }))
					q := keyed.New[string](p, 100)
					hold := newGate(t)
					require.NoError(t, q.Submit("k", hold.wait))
					synctest.Wait()
					const n = 20
					l := newRecords(n, 1)
					for i := range n {
						l.tasks[i].accepted = true
						require.NoError(t, q.Submit("k", l.task(i, 0, end.body)))
					}
					for full && p.Submit(nothing) == nil {
					}
					hold.open()
					require.NoError(t, q.Wait(t.Context()))
					l.check(t, func(int) int { return 0 })
					synctest.Wait()
					want := 0
					if end.name == "panic" {
						want = n
					}
					require.EqualValues(t, want, p.Stats().Panicked)
					require.EqualValues(t, want, told.Load())
				})
			})
		}
	}
}

func TestSubmitContextWaitsForASlotInTheOrderOfArrival(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		q := keyed.New[int](make(1), 1)
		hold := newGate(t)
		require.NoError(t, q.Submit(0, hold.wait))
		synctest.Wait()
		require.NoError(t, q.Submit(0, nothing)) // takes the slot
		var order []int
		var answers []chan error
		for i := range 5 {
			answers = append(answers, inBackground(func() error {
				return q.SubmitContext(t.Context(), 0, func() { order = append(order, i) })
			}))
			synctest.Wait()
		}
		require.Equal(t, workerpool.ErrPoolFull, q.Submit(0, nothing), "a call has passed those that wait")
		hold.open()
		for _, answer := range answers {
			require.NoError(t, <-answer)
		}
		require.NoError(t, q.Wait(t.Context()))
		require.Equal(t, []int{0, 1, 2, 3, 4}, order)
	})
}

// A call that gives up leaves nothing behind: its task does not run, and its
// slot is free.
func TestSubmitContextGivesUpWithItsContext(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		name string
		fill func(t *testing.T, p workerpool.Pool, q *keyed.Queue[int], hold *gate)
	}{
		{"waiting for a slot", func(t *testing.T, p workerpool.Pool, q *keyed.Queue[int], hold *gate) {
			require.NoError(t, q.Submit(0, hold.wait))
			synctest.Wait()
			require.NoError(t, q.Submit(0, nothing))
		}},
		{"waiting for the pool", func(t *testing.T, p workerpool.Pool, q *keyed.Queue[int], hold *gate) {
			for p.Submit(hold.wait) == nil {
				synctest.Wait()
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, make makePool) {
				p := make(1)
				q := keyed.New[int](p, 1)
				hold := newGate(t)
				c.fill(t, p, q, hold)
				ctx, cancel := context.WithCancelCause(t.Context())
				answer := inBackground(func() error {
					return q.SubmitContext(ctx, 1, func() { t.Error("the task of a call that gave up runs") })
				})
				synctest.Wait()
				require.Empty(t, answer, "the call has returned from a full queue")
				cancel(cause)
				require.ErrorIs(t, <-answer, cause)
				again := inBackground(func() error { return q.SubmitContext(ctx, 1, nothing) })
				require.ErrorIs(t, <-again, cause, "with a context that has ended")
				hold.open()
				require.NoError(t, q.Wait(t.Context()))
				synctest.Wait()
				require.NoError(t, q.Submit(1, nothing), "the slot is still taken")
			})
		})
	}
}

// inBackground calls f in a goroutine, and returns a channel for its result.
func inBackground(f func() error) chan error {
	answer := make(chan error, 1)
	go func() { answer <- f() }()
	return answer
}

func TestWaitGivesUpWithItsContextAndNeedNotWait(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		q := keyed.New[int](make(1), 1)
		ctx, cancel := context.WithCancelCause(t.Context())
		hold := newGate(t)
		require.NoError(t, q.Submit(0, hold.wait))
		cause := errors.New("cause")
		cancel(cause)
		err := q.Wait(ctx)
		require.ErrorIs(t, err, cause)
		require.ErrorIs(t, err, context.Canceled)
		hold.open()
		require.NoError(t, q.Wait(t.Context()))
		require.NoError(t, q.Wait(ctx), "nothing to wait for, and the context has ended")
	})
}

// A shutdown of the pool runs the tasks that wait in the Queue, however they end.
// The tasks behind one that does not return also run before the shutdown returns.
func TestShutdownOfThePoolRunsWhatWaits(t *testing.T) {
	for _, end := range endings {
		t.Run(end.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, make makePool) {
				text := new(bytes.Buffer)
				pooltest.LogTo(t, slog.NewTextHandler(text, nil))
				p := make(2, quiet())
				q := keyed.New[int](p, 100)
				hold := newGate(t)
				const keys, n = 3, 60
				for key := range keys {
					require.NoError(t, q.Submit(key, hold.wait))
				}
				synctest.Wait()
				l := newRecords(n, keys)
				for i := range n {
					l.tasks[i].accepted = true
					require.NoError(t, q.Submit(i%keys, l.task(i, i%keys, end.body)))
				}
				ended := inBackground(func() error { p.Shutdown(); return nil })
				synctest.Wait()
				require.Equal(t, workerpool.ErrPoolClosed, q.Submit(keys, nothing))
				require.Equal(t, workerpool.ErrPoolClosed, q.Submit(0, nothing), "the Queue has forgotten that")
				require.Equal(t, workerpool.ErrPoolClosed, q.SubmitContext(t.Context(), 0, nothing))
				hold.open()
				<-ended
				l.check(t, func(int) int { return 0 })
				require.NoError(t, q.Wait(t.Context()))
				if end.name != "panic" {
					require.Empty(t, text.String())
				}
			})
		})
	}
}

// The functions that ShutdownNow returns run each waiting task once, in order.
func TestShutdownNowReturnsWhatWaits(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1)
		q := keyed.New[int](p, 100)
		hold := newGate(t)
		require.NoError(t, q.Submit(0, hold.wait))
		synctest.Wait()
		const keys, n = 3, 60
		l := newRecords(n, keys)
		for i := range n {
			if err := q.Submit(i%keys, l.task(i, i%keys, nothing)); err == nil {
				l.tasks[i].accepted = true
			}
		}
		var tasks []func()
		ended := inBackground(func() (err error) { tasks, err = p.ShutdownNow(context.Background()); return err })
		synctest.Wait()
		hold.open()
		require.NoError(t, <-ended)
		require.Len(t, tasks, keys-1)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, q.Wait(ctx), context.Canceled, "tasks that were handed back have not ended")
		for _, task := range tasks {
			task()
		}
		require.NoError(t, q.Wait(t.Context()))
		l.check(t, func(int) int { return 0 })
		for _, task := range tasks {
			task() // the second call must do nothing
		}
		l.check(t, func(int) int { return 0 })
	})
}

// When the Queue notices that the pool is closed, calls that wait for a slot are
// refused.
func TestCallsThatWaitForASlotAreRefusedByAClosedPool(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1)
		q := keyed.New[int](p, 10)
		hold := newGate(t)
		require.NoError(t, q.Submit(0, hold.wait))
		synctest.Wait()
		for range 10 {
			require.NoError(t, q.Submit(0, func() { runtime.Gosched() }))
		}
		var answers []chan error
		for range 20 {
			answers = append(answers, inBackground(func() error { return q.SubmitContext(context.Background(), 0, nothing) }))
		}
		synctest.Wait()
		ended := inBackground(func() error { p.Shutdown(); return nil })
		synctest.Wait()
		hold.open()
		<-ended
		refused := 0
		for _, answer := range answers {
			if err := <-answer; err != nil {
				require.Equal(t, workerpool.ErrPoolClosed, err)
				refused++
			}
		}
		require.NotZero(t, refused)
		require.NoError(t, q.Wait(t.Context()))
	})
}

// When the Queue notices that the pool is closed, a call that waits for a slot
// is refused, and not accepted for a key whose visit ShutdownNow has returned.
func TestNothingIsAcceptedBehindReturnedTasks(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		p := make(1)
		q := keyed.New[int](p, 3)
		hold := newGate(t)
		require.NoError(t, q.Submit(0, hold.wait))
		synctest.Wait()
		require.NoError(t, q.Submit(1, nothing))
		require.NoError(t, q.Submit(2, nothing))
		forThePool := inBackground(func() error { return q.SubmitContext(context.Background(), 3, nothing) })
		synctest.Wait()
		forASlot := inBackground(func() error { return q.SubmitContext(context.Background(), 1, nothing) })
		synctest.Wait()
		var tasks []func()
		ended := inBackground(func() (err error) { tasks, err = p.ShutdownNow(context.Background()); return err })
		require.Equal(t, workerpool.ErrPoolClosed, <-forThePool)
		require.Equal(t, workerpool.ErrPoolClosed, <-forASlot)
		hold.open()
		require.NoError(t, <-ended)
		for _, task := range tasks {
			task()
		}
		require.NoError(t, q.Wait(t.Context()))
	})
}

// Keys that have more tasks when they leave a full pool all come back when it has
// room, and run at the same time.
func TestKeysComeBackToAFullPoolAndRunAtTheSameTime(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		const visit = 8
		p := make(2)
		q := keyed.New[int](p, 100)
		first, others := newGate(t), newGate(t)
		var here sync.WaitGroup
		here.Add(p.Size())
		var began atomic.Int64
		for key := range p.Size() {
			require.NoError(t, q.Submit(key, first.wait))
			for range visit - 1 {
				require.NoError(t, q.Submit(key, nothing))
			}
			require.NoError(t, q.Submit(key, func() { began.Inc(); here.Done(); here.Wait() }))
		}
		synctest.Wait()
		for p.Submit(others.wait) == nil {
		}
		for range p.Size() { // these take the room that the keys leave
			go func() { require.NoError(t, p.SubmitWait(others.wait)) }()
		}
		synctest.Wait()
		first.open()
		synctest.Wait()
		require.Zero(t, began.Load(), "a task runs, and all workers have others")
		others.open()
		require.NoError(t, q.Wait(t.Context())) // otherwise the bubble reports a deadlock
	})
}

// A backlog is a pool that accepts all tasks, and runs them when the test says
// so.
type backlog struct{ tasks []func() }

func (b *backlog) Submit(task func()) error {
	b.tasks = append(b.tasks, task)
	return nil
}

func (b *backlog) SubmitContext(_ context.Context, task func()) error { return b.Submit(task) }

func (b *backlog) run() {
	for len(b.tasks) > 0 {
		task := b.tasks[0]
		b.tasks = b.tasks[1:]
		task()
	}
	b.tasks = nil
}

// Neither many keys at once nor many tasks of one key leave memory behind.
func TestAnIdleKeyCostsNoMemory(t *testing.T) {
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	const keys, each = 20000, 20000
	b := new(backlog)
	q := keyed.New[int](b, keys+each)
	before := heap()
	ran := 0
	for key := range keys {
		require.NoError(t, q.Submit(key, func() { ran++ }))
	}
	for range each {
		require.NoError(t, q.Submit(0, func() { ran++ }))
	}
	b.run()
	require.Equal(t, keys+each, ran)
	require.Less(t, heap()-before, int64(200_000))
	require.NoError(t, q.Submit(0, nothing)) // it still works
	b.run()
	require.NoError(t, q.Wait(t.Context()))
}

func TestATaskOfABusyKeyTakesNoMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	onPools(t, func(t *testing.T, make makePool) {
		p := make(1)
		t.Cleanup(p.Shutdown)
		q := keyed.New[int](p, 10000)
		keep := newGate(t)
		require.NoError(t, q.SubmitContext(t.Context(), 0, keep.wait))
		got := testing.AllocsPerRun(5000, func() { _ = q.Submit(0, nothing) })
		require.Zero(t, got)
	})
}

func TestMistakesPanicWithASentence(t *testing.T) {
	p := ringpool.New(1)
	defer p.Shutdown()
	var none *ringpool.Pool
	var ctx context.Context
	var zero keyed.Queue[float64]
	var missing *keyed.Queue[float64]
	q := keyed.New[float64](p, 1)
	for want, call := range map[string]func(){
		"keyed: New: the pool is nil (<nil>)":                                  func() { keyed.New[int](nil, 1) },
		"keyed: New: the pool is nil (*ringpool.Pool)":                         func() { keyed.New[int](none, 1) },
		"keyed: New: capacity is 0, must be at least 1":                        func() { keyed.New[int](p, 0) },
		"keyed: New: capacity is -3, must be at least 1":                       func() { keyed.New[int](p, -3) },
		"keyed: Queue.SubmitContext: ctx is nil":                               func() { _ = q.SubmitContext(ctx, 1, nothing) },
		"keyed: Queue.Wait: ctx is nil":                                        func() { _ = q.Wait(ctx) },
		"keyed: Queue.Submit: the Queue was not made by New":                   func() { _ = zero.Submit(1, nothing) },
		"keyed: Queue.SubmitContext: the Queue was not made by New":            func() { _ = missing.SubmitContext(t.Context(), 1, nothing) },
		"keyed: Queue.Wait: the Queue was not made by New":                     func() { _ = missing.Wait(t.Context()) },
		"keyed: Queue.Submit: key is NaN, which is not equal to itself":        func() { _ = q.Submit(math.NaN(), nothing) },
		"keyed: Queue.SubmitContext: key is NaN, which is not equal to itself": func() { _ = q.SubmitContext(t.Context(), math.NaN(), nothing) },
	} {
		require.PanicsWithValue(t, want, call)
	}
	require.Equal(t, workerpool.ErrNilTask, q.Submit(1, nil))
	require.Equal(t, workerpool.ErrNilTask, q.SubmitContext(t.Context(), 1, nil))
	anything := keyed.New[any](p, 1)
	require.Panics(t, func() { _ = anything.Submit([]int{}, nothing) })
	require.NoError(t, anything.Submit("a", nothing), "the panic has left a lock behind")
	require.NoError(t, anything.Wait(t.Context()))
}

// Everything at once: many submitters, few keys, all ways to submit and to end, and
// a shutdown.
func TestEachAcceptedTaskRunsOnceInOrder(t *testing.T) {
	const producers, each, keys = 4, 60, 5
	id := func(task int) int { return task / each }
	onPools(t, func(t *testing.T, make makePool) {
		pooltest.LogTo(t, slog.DiscardHandler)
		rounds := 300
		if testing.Short() {
			rounds /= 10
		}
		for round := range rounds {
			size := 1 + round%3
			p := make(size, quiet())
			q := keyed.New[int](p, []int{1, 4, 1000}[round/3%3])
			l := newRecords(producers*each, keys)
			delay := rand.IntN(2 * each)
			var all sync.WaitGroup
			var tasks []func()
			for producer := range producers {
				all.Go(func() {
					for i := producer * each; i < (producer+1)*each; i++ {
						key := rand.IntN(keys) * rand.IntN(2) // half of them key 0
						task := l.task(i, key, endings[(i*i)%7%len(endings)].body)
						submit := q.Submit
						if rand.IntN(2) == 0 {
							submit = func(key int, task func()) error {
								ctx, cancel := context.WithCancel(context.Background())
								defer cancel()
								if i%4 == 0 {
									go cancel()
								}
								return q.SubmitContext(ctx, key, task)
							}
						}
						err := submit(key, task)
						l.tasks[i].accepted = err == nil
						if err == workerpool.ErrPoolClosed {
							return
						}
						if i%3 == 0 {
							runtime.Gosched()
						}
					}
				})
			}
			switch round % 4 {
			case 0, 1: // return
				all.Wait()
				require.NoError(t, q.Wait(t.Context()))
				l.check(t, id)
				p.Shutdown()
				continue
			case 2:
				for range delay {
					runtime.Gosched()
				}
				p.Shutdown()
			case 3:
				for range delay {
					runtime.Gosched()
				}
				tasks, _ = p.ShutdownNow(context.Background())
			}
			for _, task := range tasks { // they may panic, or call Goexit
				go func() {
					defer func() { _ = recover() }()
					task()
				}()
			}
			all.Wait()
			require.NoError(t, q.Wait(t.Context()))
			l.check(t, id)
		}
	})
}
