package pooltest

import (
	"context"
	"fmt"
	"math"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/check"
)

// messageOf returns what f panics with, as a text, or "" if it does not panic.
func messageOf(f func()) (message string) {
	defer func() {
		if value := recover(); value != nil {
			message = fmt.Sprint(value)
		}
	}()
	f()
	return ""
}

func badSize(t *testing.T, impl Impl) {
	for _, size := range []int{0, -1, math.MinInt, check.MaxSize + 1, math.MaxInt/2 + 1, math.MaxInt} {
		message := messageOf(func() { impl.New(size) })
		require.Contains(t, message, impl.Package+": ", "New(%d)", size)
		require.Contains(t, message, fmt.Sprintf("size is %d,", size))
	}
}

func badOption(t *testing.T, impl Impl) {
	message := messageOf(func() { impl.New(1, quiet(), nil) })
	require.Contains(t, message, impl.Package+": ")
	require.Contains(t, message, "opts[1]")
}

// nilTask submits nil to a pool that is idle, full and closed.
func nilTask(t *testing.T, impl Impl) {
	forSizes(t, []int{1, 7}, func(t *testing.T, size int) {
		bubble(t, func(t *testing.T) {
			p := start(t, impl, size)
			requireErrNilTask := func(state string) {
				t.Helper()
				require.Equal(t, workerpool.ErrNilTask, call(p.Submit, nil), "Submit to a pool that is %s", state)
				require.Equal(t, workerpool.ErrNilTask, call(p.SubmitWait, nil), "SubmitWait on a pool that is %s", state)
				require.Equal(t, workerpool.ErrNilTask, call(p.SubmitOrRun, nil), "SubmitOrRun on a pool that is %s", state)
				require.Equal(t, workerpool.ErrNilTask, p.SubmitContext(t.Context(), nil), "SubmitContext to a pool that is %s", state)
				batch := []func(){nil, func() { t.Error("a task ran that comes after a nil") }}
				for _, submit := range []func() (int, error){
					func() (int, error) { return p.SubmitBatch(batch) },
					func() (int, error) { return p.SubmitBatchWait(t.Context(), batch) },
				} {
					n, err := submit()
					require.ErrorIs(t, err, workerpool.ErrNilTask, "a batch that begins with a nil, to a pool that is %s", state)
					require.ErrorContains(t, err, "index 0 of 2")
					require.Zero(t, n)
				}
			}
			synctest.Wait()
			requireErrNilTask("idle")
			g := newGate(t)
			fill(t, p, g.pass)
			requireErrNilTask("full")
			g.open()
			p.Shutdown()
			requireErrNilTask("closed")
			require.EqualValues(t, 3*size, p.Stats().Completed)
		})
	})
}

func nilContext(t *testing.T, impl Impl) {
	p := start(t, impl, 1)
	var none context.Context
	task := func() { t.Error("a refused task ran") }
	for method, do := range map[string]func(){
		"SubmitContext":   func() { _ = p.SubmitContext(none, task) },
		"SubmitBatchWait": func() { _, _ = p.SubmitBatchWait(none, times(2, task)) },
		"ShutdownContext": func() { _ = p.ShutdownContext(none) },
		"ShutdownNow":     func() { _, _ = p.ShutdownNow(none) },
		"Wait":            func() { _ = p.Wait(none) },
	} {
		require.Equal(t, impl.Package+": "+method+": ctx is nil", messageOf(do))
	}
	require.NoError(t, p.Submit(func() {}), "Submit after a ShutdownContext that panicked")
}

// unmade calls the methods of pools that New did not make: of the zero Pool, and of a
// nil pointer.
func unmade(t *testing.T, impl Impl) {
	for _, p := range impl.Unmade {
		bubble(t, func(t *testing.T) {
			task := func() { t.Error("a pool that was not made ran a task") }
			ctx, end := endable() // or a call that waits would wait forever
			end()
			for method, do := range map[string]func(){
				"Submit":          func() { _ = p.Submit(task) },
				"SubmitWait":      func() { _ = p.SubmitWait(task) },
				"SubmitContext":   func() { _ = p.SubmitContext(ctx, task) },
				"SubmitOrRun":     func() { _ = p.SubmitOrRun(func() {}) },
				"SubmitBatch":     func() { _, _ = p.SubmitBatch(times(2, task)) },
				"SubmitBatchWait": func() { _, _ = p.SubmitBatchWait(ctx, times(2, task)) },
				"Wait":            func() { _ = p.Wait(ctx) },
				"Shutdown":        p.Shutdown,
				"ShutdownContext": func() { _ = p.ShutdownContext(ctx) },
				"ShutdownNow":     func() { _, _ = p.ShutdownNow(ctx) },
				"Stats":           func() { _ = p.Stats() },
				"Size":            func() { _ = p.Size() },
				"Name":            func() { _ = p.Name() },
			} {
				require.Equal(t, impl.Package+": "+method+": the Pool was not made by New", messageOf(do))
			}
		})
	}
}
