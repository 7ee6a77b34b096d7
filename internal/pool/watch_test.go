package pool_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/pool"
)

func observing(every int, observe func(time.Duration)) *pool.Keeper {
	return &pool.Keeper{
		Package: "p",
		Options: pool.MakeOptions("p", []pool.Option{
			pool.WithPanicHandler(func(any, []byte) {}),
			pool.WithQueueWait(every, observe),
		}),
	}
}

func TestOneTaskInEveryIsObserved(t *testing.T) {
	const every, tasks = 10, 10_000
	observed, ran := 0, 0
	k := observing(every, func(time.Duration) { observed++ })
	for range tasks / 2 {
		k.Timed(func() { ran++ })()
		k.TimedAll([]func(){func() { ran++ }})[0]()
	}
	require.Equal(t, tasks, ran)
	// Ten times the standard deviation, which is 30.
	require.InDelta(t, tasks/every, observed, 300)
}

func TestATaskRunsWhateverObserveDoes(t *testing.T) {
	for name, do := range map[string]struct {
		observe  func(time.Duration)
		panicked int
	}{
		"panic":  {func(time.Duration) { panic("boom") }, 1},
		"Goexit": {func(time.Duration) { runtime.Goexit() }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			k := observing(1, do.observe)
			ran := 0
			var recovered any
			keep(k, k.Timed(func() { ran++; recovered = recover() }), nothing)
			require.Equal(t, 1, ran)
			require.Nil(t, recovered, "the task recovered from a panic that was not its own")
			require.EqualValues(t, do.panicked, k.Panicked.Load())
		})
	}
}

func TestABatchIsNotChangedInPlace(t *testing.T) {
	observed := 0
	k := observing(1, func(time.Duration) { observed++ })
	tasks := []func(){nothing}
	k.TimedAll(tasks)
	tasks[0]()
	require.Zero(t, observed)
}

func TestAKeeperWithoutOptionsHasNothingToDoAroundATask(t *testing.T) {
	plain := pool.Keeper{Options: pool.MakeOptions("p", nil)}
	require.True(t, plain.Bare())
	for _, opt := range []pool.Option{
		pool.WithProfileLabel(),
		pool.WithSlowTask(time.Second, func(time.Duration) {}),
	} {
		k := pool.Keeper{Options: pool.MakeOptions("p", []pool.Option{opt})}
		require.False(t, k.Bare())
	}
}
