package keyed_test

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/pooltest"
	"github.com/seed62337844/workerpool/keyed"
)

// panics is a handler of the log that keeps the values of panics.
type panics struct {
	slog.Handler
	values []string
}

func (*panics) Enabled(context.Context, slog.Level) bool { return true }

func (p *panics) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "panic" {
			p.values = append(p.values, a.Value.String())
		}
		return true
	})
	return nil
}

// unreturning submits n tasks of key 0 that do not return: every third calls Goexit, and
// the others panic. It returns the values of the panics, and where each task stores
// the number of goroutines.
func unreturning(t *testing.T, q *keyed.Queue[int], n int) (values []string, goroutines []int) {
	goroutines = make([]int, n)
	for i := range n {
		value := strconv.Itoa(i)
		if i%3 != 2 {
			values = append(values, value)
		}
		require.NoError(t, q.Submit(0, func() {
			goroutines[i] = runtime.NumGoroutine()
			if i%3 == 2 {
				runtime.Goexit()
			}
			panic(value)
		}))
	}
	return values, goroutines
}

// requireNoPile fails t if the number of goroutines has grown with that of the tasks.
func requireNoPile(t *testing.T, goroutines []int) {
	t.Helper()
	least, most := slices.Min(goroutines), slices.Max(goroutines)
	// Some have served a task, and have not quite ended.
	require.Less(t, most-least, len(goroutines)/4, "goroutines that were added during %d tasks", len(goroutines))
}

// When tasks do not return during a shutdown, one goroutine after the other goes on, and
// the panics are reported in the order of the tasks. The worker waits for the last, so
// its own panic comes at the end.
func TestTasksThatDoNotReturnDuringAShutdownPileUpNoGoroutines(t *testing.T) {
	inBubbles(t, func(t *testing.T, make makePool) {
		logged := new(panics)
		pooltest.LogTo(t, logged)
		var loggedBefore int
		var told []any
		p := make(1, workerpool.WithPanicHandler(func(value any, _ []byte) {
			told, loggedBefore = append(told, value), len(logged.values)
		}))
		q := keyed.New[int](p, 100)
		hold := newGate(t)
		require.NoError(t, q.Submit(0, hold.wait))
		synctest.Wait()
		values, goroutines := unreturning(t, q, 100)
		ended := inBackground(func() error { p.Shutdown(); return nil })
		synctest.Wait()
		hold.open()
		<-ended
		requireNoPile(t, goroutines)
		require.Equal(t, []any{values[0]}, told)
		require.Equal(t, values[1:], logged.values)
		require.Equal(t, len(values)-1, loggedBefore)
	})
}

// The same, if the pool is closed while no visit is running.
func TestTasksThatDoNotReturnWithoutAVisitPileUpNoGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logged := new(panics)
		pooltest.LogTo(t, logged)
		p := newLimited(t, 1)
		q := keyed.New[int](p, 100)
		leave := newGate(t)
		require.NoError(t, q.Submit(0, func() { leave.wait(); runtime.Goexit() }))
		synctest.Wait()
		values, goroutines := unreturning(t, q, 100)
		leave.open()
		synctest.Wait() // the Queue waits for room in the pool
		require.Zero(t, p.running.Load(), "visits that are running")
		p.closed.open()
		require.NoError(t, q.Wait(t.Context()))
		synctest.Wait()
		requireNoPile(t, goroutines)
		require.Equal(t, values, logged.values)
	})
}
