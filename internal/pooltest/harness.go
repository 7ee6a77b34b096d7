package pooltest

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/need"
)

// start makes a pool that is shut down when the test, or its bubble, ends.
func start(t *testing.T, impl Impl, size int, opts ...workerpool.Option) Pool {
	p := impl.New(size, opts...)
	t.Cleanup(p.Shutdown)
	return p
}

// quiet is the option for tests whose tasks panic on purpose.
func quiet() workerpool.Option { return workerpool.WithPanicHandler(func(any, []byte) {}) }

// rounds returns the number of rounds of a case that has n by default.
func rounds(n int) int {
	if testing.Short() {
		n /= 10
	}
	if factor, err := strconv.ParseFloat(os.Getenv("POOLTEST_ROUNDS"), 64); err == nil {
		n = int(float64(n) * factor)
	}
	return max(n, 1)
}

// bubble runs f in a bubble. It fails the test at once if a goroutine sleeps
// forever, and waits for all goroutines at the end.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// everywhere runs f in a bubble and outside. The bubble reports a goroutine
// that sleeps forever at once, without the watchdog. But it changes the timing,
// so f also runs outside. If f has failed in the bubble, it could hang outside,
// and is not run.
func everywhere(t *testing.T, f func(t *testing.T)) {
	if t.Run("bubble", func(t *testing.T) { bubble(t, f) }) {
		t.Run("open", f)
	}
}

// forSizes runs f as one subtest for each size, up to the first that fails.
func forSizes(t *testing.T, sizes []int, f func(t *testing.T, size int)) {
	for _, size := range sizes {
		if !t.Run(fmt.Sprintf("size=%d", size), func(t *testing.T) { f(t, size) }) {
			return
		}
	}
}

// onProcs runs f with GOMAXPROCS 1 and 2. With 1, no worker runs while a
// submitter does not block. With 2, workers run at the same time.
func onProcs(t *testing.T, f func(t *testing.T)) {
	for _, procs := range []int{1, 2} {
		t.Run(fmt.Sprintf("procs=%d", procs), func(t *testing.T) {
			if procs > 1 {
				need.Processors(t)
			}
			before := runtime.GOMAXPROCS(procs)
			t.Cleanup(func() { runtime.GOMAXPROCS(before) })
			f(t)
		})
	}
}

// concurrently calls f in n goroutines that start at the same moment, and returns when
// all of them have returned.
func concurrently(n int, f func(id int)) {
	var all sync.WaitGroup
	begin := make(chan struct{})
	for id := range n {
		all.Go(func() {
			<-begin
			f(id)
		})
	}
	close(begin)
	all.Wait()
}

// A gate stops the tasks that pass through it. It opens at the latest when the
// test ends, so that a test that fails can still shut its pool down.
type gate struct {
	ch     chan struct{}
	opened sync.Once
}

func newGate(t *testing.T) *gate {
	g := &gate{ch: make(chan struct{})}
	t.Cleanup(g.open)
	return g
}

// pass blocks until the gate is open, or until letOne picks this call.
func (g *gate) pass() { <-g.ch }

// letOne lets one blocked call of pass return; it blocks until there is one.
func (g *gate) letOne() { g.ch <- struct{}{} }

// open lets all calls of pass return.
func (g *gate) open() { g.opened.Do(func() { close(g.ch) }) }

// room returns how many blocking tasks p accepts from idle.
func room(p Pool) int { return p.Size() + p.Stats().Capacity }

// fill submits as many tasks as p accepts from idle, and fails the test unless the
// next is refused. In a bubble it returns with size tasks running and the queue
// full.
func fill(t *testing.T, p Pool, task func()) {
	t.Helper()
	for i := range room(p) {
		if err := p.Submit(task); err != nil {
			t.Fatalf("size %d: Submit %d of %d from idle: %v", p.Size(), i+1, room(p), err)
		}
	}
	if err := p.Submit(task); err != workerpool.ErrPoolFull {
		t.Fatalf("size %d: Submit beyond %d tasks: got %v, want ErrPoolFull", p.Size(), room(p), err)
	}
}

// within runs f with a function settle, which waits until all workers are idle or
// in tasks. An eager pool needs that, because its workers take a moment to start
// and between tasks; so f runs in a bubble. Any other pool must not need it, so f
// also runs outside a bubble, with a settle that does nothing.
func within(t *testing.T, impl Impl, f func(t *testing.T, settle func())) {
	inBubble := func(t *testing.T) { f(t, synctest.Wait) }
	if impl.Eager {
		bubble(t, inBubble)
		return
	}
	if t.Run("bubble", func(t *testing.T) { bubble(t, inBubble) }) {
		t.Run("open", func(t *testing.T) { f(t, func() {}) })
	}
}

// call returns the result of submit. If submit panics, it returns an error that
// says so.
func call(submit func(func()) error, task func()) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("submit panicked: %v", value)
		}
	}()
	return submit(task)
}

// LogTo sends the default log to handler until t ends.
func LogTo(t *testing.T, handler slog.Handler) {
	// SetDefault redirects package log as well, and does not undo it.
	logger, writer, flags := slog.Default(), log.Writer(), log.Flags()
	t.Cleanup(func() {
		slog.SetDefault(logger)
		log.SetOutput(writer)
		log.SetFlags(flags)
	})
	slog.SetDefault(slog.New(handler))
}

// watch prints the stacks of all goroutines and ends the process if t takes
// longer than the limit. There is no other way to stop a goroutine that hangs.
func watch(t *testing.T) {
	limit, err := time.ParseDuration(os.Getenv("POOLTEST_LIMIT"))
	if err != nil {
		limit = 2 * time.Minute
	}
	timer := time.AfterFunc(limit, func() {
		stacks := make([]byte, 16<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		fmt.Fprintf(os.Stderr, "%s\n", stacks)
		panic(fmt.Sprintf("pooltest: %s: still running after %v; all stacks are above", t.Name(), limit))
	})
	t.Cleanup(func() { timer.Stop() })
}

// takeBack calls ShutdownNow of p, and returns its tasks.
func takeBack(p Pool) []func() {
	tasks, err := p.ShutdownNow(context.Background())
	if err != nil {
		panic(fmt.Sprintf("pooltest: ShutdownNow gave up though its context goes on: %v", err))
	}
	return tasks
}
