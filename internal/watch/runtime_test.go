package watch_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

func TestTheRunOfOneTaskInEveryIsObserved(t *testing.T) {
	const every, tasks = 10, 10_000
	observed, ran := 0, 0
	k := supervised(workerpool.WithRunTime(every, func(time.Duration) { observed++ }))
	require.False(t, k.CallsDirectly())
	for range tasks {
		k.Call(func() { ran++ })
	}
	require.Equal(t, tasks, ran)
	// Ten times the standard deviation, which is 30.
	require.InDelta(t, tasks/every, observed, 300)
}

func TestAPanicOfTheObserverOfARunCountsAsTheTasks(t *testing.T) {
	var handled []any
	k := supervised(
		workerpool.WithPanicHandler(func(value any, _ []byte) { handled = append(handled, value) }),
		workerpool.WithRunTime(1, func(time.Duration) { panic("observer") }),
	)
	ran := 0
	k.Do(func() { ran++ })
	require.Equal(t, 1, ran)
	require.Equal(t, []any{"observer"}, handled)
	require.EqualValues(t, 1, k.Panicked.Load())
}
