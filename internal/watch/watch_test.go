package watch_test

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/supervise"
)

func observing(every int, observe func(time.Duration)) *supervise.Supervisor {
	return supervised(workerpool.WithPanicHandler(func(any, []byte) {}), workerpool.WithQueueWait(every, observe))
}

func TestOneTaskInEveryIsObserved(t *testing.T) {
	const every, tasks = 10, 10_000
	observed, ran := 0, 0
	k := observing(every, func(time.Duration) { observed++ })
	for range tasks / 2 {
		k.Observed(func() { ran++ })()
		k.ObservedSince(k.Clock(), func() { ran++ })()
	}
	require.Equal(t, tasks, ran)
	// Ten times the standard deviation, which is 30.
	require.InDelta(t, tasks/every, observed, 300)
}

// All tasks of a batch wait from its call on.
func TestATaskOfABatchWaitsFromItsCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waited time.Duration
		k := observing(1, func(d time.Duration) { waited = d })
		called := k.Clock()
		time.Sleep(time.Second) // other tasks of the batch wait for room
		task := k.ObservedSince(called, func() {})
		time.Sleep(time.Second)
		task()
		require.Equal(t, 2*time.Second, waited)
	})
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
			ended := make(chan struct{})
			tasks := []func(){k.Observed(func() { ran++; recovered = recover() }), func() { close(ended) }}
			go k.Run(func() {
				for len(tasks) > 0 {
					task := tasks[0]
					tasks = tasks[1:]
					task()
				}
			})
			<-ended
			require.Equal(t, 1, ran)
			require.Nil(t, recovered, "the task recovered from a panic that was not its own")
			require.EqualValues(t, do.panicked, k.Panicked.Load())
		})
	}
}

// The tasks in a caller's slice do not change.
func TestATaskIsNotChangedInPlace(t *testing.T) {
	observed := 0
	k := observing(1, func(time.Duration) { observed++ })
	tasks := []func(){func() {}}
	k.ObservedSince(k.Clock(), tasks[0])
	tasks[0]()
	require.Zero(t, observed)
}

func TestAWatcherWithoutOptionsHasNothingToDoAroundATask(t *testing.T) {
	require.True(t, supervised().CallsDirectly())
	for _, opt := range []workerpool.Option{
		workerpool.WithProfileLabel(),
		workerpool.WithSlowTask(time.Second, func(workerpool.SlowTask) {}),
		workerpool.WithTraceRegions(),
	} {
		require.False(t, supervised(opt).CallsDirectly())
	}
}

func supervised(opts ...workerpool.Option) *supervise.Supervisor {
	s := new(supervise.Supervisor)
	s.Init("p", options.Apply("p", opts))
	return s
}
