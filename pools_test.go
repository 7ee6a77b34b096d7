package workerpool_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// A testPool is what the tests of groups and results need of a pool.
type testPool interface {
	workerpool.Submitter
	Shutdown()
	SubmitOrRun(task func()) error
	ShutdownNow(ctx context.Context) ([]func(), error)
	Stats() workerpool.Stats
	Size() int
}

// makePool makes a pool.
type makePool func(size int, opts ...workerpool.Option) testPool

var pools = []struct {
	name string
	make makePool
}{
	{"ringpool", func(size int, opts ...workerpool.Option) testPool { return ringpool.New(size, opts...) }},
	{"chanpool", func(size int, opts ...workerpool.Option) testPool { return chanpool.New(size, opts...) }},
}

// onPools runs f in the open with each kind of pool.
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
			f(t, func(size int, opts ...workerpool.Option) testPool {
				p := make(size, opts...)
				t.Cleanup(p.Shutdown)
				return p
			})
		})
	})
}

// untold is an option for pools whose panic handler must not be called.
func untold(t *testing.T) workerpool.Option {
	return workerpool.WithPanicHandler(func(value any, _ []byte) { t.Errorf("the pool's handler was told: %v", value) })
}

// told records the calls of the panic handler of a pool of one worker.
type told struct {
	values []any
	stacks []string
}

func (o *told) option() workerpool.Option {
	return workerpool.WithPanicHandler(func(value any, stack []byte) {
		o.values = append(o.values, value)
		o.stacks = append(o.stacks, string(stack))
	})
}

// require fails t unless the handler was called once if err is a panic, and not at
// all otherwise, and the pool has counted the same.
func (o *told) require(t *testing.T, p testPool, err error) {
	t.Helper()
	synctest.Wait()
	var want told
	var panicked *workerpool.PanicError
	if errors.As(err, &panicked) {
		want = told{[]any{panicked.Value}, []string{string(panicked.Stack)}}
	}
	require.Equal(t, want, *o, "what the handler was told")
	require.EqualValues(t, len(want.values), p.Stats().Panicked, "Stats.Panicked")
}

// requireAllWorkers fails t if p, which is idle and in a bubble, has lost a
// worker: it runs as many tasks as p has workers, which wait for one another.
func requireAllWorkers(t *testing.T, p testPool) {
	t.Helper()
	var here sync.WaitGroup
	here.Add(p.Size())
	for range p.Size() {
		require.NoError(t, p.Submit(func() { here.Done(); here.Wait() }))
	}
	here.Wait()
	synctest.Wait()
}

// A failure is an error that functions return.
type failure string

func (f failure) Error() string { return string(f) }

const (
	errBoom  = failure("boom")
	errAgain = failure("again")
)

// endings are the ways in which a function can end, each with a check of the
// error of its group or result.
var endings = []struct {
	name  string
	f     func() error
	check func(t *testing.T, err error)
}{
	{"return", func() error { return nil }, func(t *testing.T, err error) { require.NoError(t, err) }},
	{"error", func() error { return errBoom }, func(t *testing.T, err error) { require.Equal(t, errBoom, err) }},
	{"panic with a string", func() error { panic("boom") }, requirePanicError("boom")},
	{"panic with an error", panicWithError, func(t *testing.T, err error) {
		requirePanicError(errBoom)(t, err)
		require.NotErrorIs(t, err, errBoom, "a panic is not the error that it has as its value")
	}},
	{"panic with nil", func() error { panic(nil) }, func(t *testing.T, err error) {
		var p *workerpool.PanicError
		require.ErrorAs(t, err, &p)
		if p.Value != nil { // with GODEBUG=panicnil=1 it is
			require.IsType(t, new(runtime.PanicNilError), p.Value)
		}
	}},
	{"Goexit", func() error { runtime.Goexit(); return nil }, requireGoexit},
	{"panic on the way out of a Goexit", func() error { defer panicWith("boom")(); runtime.Goexit(); return nil }, requirePanicError("boom")},
	{"Goexit on the way out of a panic", func() error { defer runtime.Goexit(); panic("boom") }, requireGoexit},
	{"panic on the way out of a panic", func() error { defer panicWith("again")(); panic("boom") }, requirePanicError("again")},
}

func panicWithError() error { panic(errBoom) }

func requirePanicError(value any) func(t *testing.T, err error) {
	return func(t *testing.T, err error) {
		t.Helper()
		var p *workerpool.PanicError
		require.ErrorAs(t, err, &p)
		require.Equal(t, value, p.Value)
	}
}

func requireGoexit(t *testing.T, err error) {
	t.Helper()
	require.Same(t, workerpool.ErrGoexit, err)
}

func panicWith(value any) func() { return func() { panic(value) } }
