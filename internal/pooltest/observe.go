package pooltest

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/step"
)

func named(t *testing.T, impl Impl) {
	text := new(bytes.Buffer)
	LogTo(t, slog.NewTextHandler(text, nil))
	p := impl.New(1, workerpool.WithName("mail"))
	require.NoError(t, p.Submit(taskThatPanics))
	p.Shutdown()
	require.Equal(t, "mail", p.Name())
	require.Contains(t, text.String(), "task panicked\" pool=mail panic=\"the value\"")

	text.Reset()
	p = impl.New(1)
	require.NoError(t, p.Submit(taskThatPanics))
	p.Shutdown()
	require.Empty(t, p.Name())
	require.NotContains(t, text.String(), "pool=")
}

// In a bubble a task takes exactly as long as it sleeps. Each list of times below
// is written only by the worker of a pool of one.

func slowTasks(t *testing.T, impl Impl) {
	bubble(t, func(t *testing.T) {
		var slow []time.Duration
		p := start(t, impl, 1, quiet(), workerpool.WithSlowTask(time.Second, func(task workerpool.SlowTask) {
			slow = append(slow, task.Took)
		}))
		for took, end := range map[time.Duration]func(){
			0:                             func() {},
			time.Second - time.Nanosecond: taskThatPanics,
			time.Second:                   func() {},
			2 * time.Second:               taskThatPanics,
			3 * time.Second:               runtime.Goexit,
		} {
			require.NoError(t, p.SubmitWait(func() { time.Sleep(took); end() }))
			require.NoError(t, p.Wait(t.Context()))
			want := []time.Duration{took}
			if took < time.Second {
				want = nil
			}
			require.Equal(t, want, slow, "reports of a task that took %v", took)
			slow = nil
		}
	})
}

func queueWait(t *testing.T, impl Impl) {
	bubble(t, func(t *testing.T) {
		var waits []time.Duration
		p := start(t, impl, 1, quiet(), workerpool.WithQueueWait(1, func(waited time.Duration) {
			waits = append(waits, waited)
		}))
		const second = time.Second
		short := func() { time.Sleep(second) }
		batch := times(2, short)
		require.NoError(t, p.Submit(func() { time.Sleep(3 * second); taskThatPanics() }))
		synctest.Wait()
		n, err := p.SubmitBatch(batch)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.NoError(t, p.SubmitWait(short)) // waits for room first
		require.NoError(t, p.SubmitContext(t.Context(), short))
		n, err = p.SubmitBatchWait(t.Context(), batch)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.NoError(t, p.Wait(t.Context()))
		// They start at 0, 3, 4, 5, 6, 7 and 8 seconds, and were submitted at
		// 0, 0, 0, 0, 3, 4 and 4.
		want := []time.Duration{0, 3 * second, 4 * second, 5 * second, 3 * second, 3 * second, 4 * second}
		require.Equal(t, want, waits)
		require.EqualValues(t, 7, p.Stats().Completed)
	})
}

func queueWaitOfReturned(t *testing.T, impl Impl) {
	bubble(t, func(t *testing.T) {
		observed, ran := 0, 0
		p := start(t, impl, 1, workerpool.WithQueueWait(1, func(time.Duration) { observed++ }))
		require.NoError(t, p.Submit(func() { time.Sleep(time.Second) }))
		synctest.Wait()
		require.NoError(t, p.Submit(func() { ran++ }))
		for _, task := range takeBack(p) {
			task()
		}
		require.Equal(t, 1, ran, "runs of the returned task")
		require.Equal(t, 1, observed, "the pool observed a returned task")
	})
}

// queueWaitOfLast calls ShutdownNow right after a submit. A worker that was idle may have been
// given the task already, and not yet have begun it.
func queueWaitOfLast(t *testing.T, impl Impl) {
	onProcs(t, func(t *testing.T) {
		for range rounds(500) {
			var observed, ran step.Int32
			p := impl.New(1, workerpool.WithQueueWait(1, func(time.Duration) { observed.Inc() }))
			require.NoError(t, p.SubmitWait(func() { ran.Inc() }))
			require.NoError(t, p.Wait(context.Background()))
			require.NoError(t, p.Submit(func() { ran.Inc() }))
			_ = takeBack(p)
			require.Equal(t, ran.Load(), observed.Load(), "tasks observed, of those that the pool ran")
		}
	})
}

// ownLabels returns the profile labels of the calling goroutine, as a text. There
// is no function for that, so it takes a profile, and finds the stack that this
// function is in. So there must be only one call at a time.
func ownLabels() string {
	var profile strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&profile, 1)
	for record := range strings.SplitSeq(profile.String(), "\n\n") {
		if strings.Contains(record, "pooltest.ownLabels+") {
			if labels := regexp.MustCompile(`# labels: (.*)`).FindStringSubmatch(record); labels != nil {
				return labels[1]
			}
			return ""
		}
	}
	return "not in the profile"
}

// setLabels gives the calling goroutine a label, which stays.
func setLabels() {
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("left", "behind")))
}

// labelsOfTask submits a task to p, and returns the labels that it finds.
func labelsOfTask(t *testing.T, p Pool) (labels string) {
	require.NoError(t, p.SubmitWait(func() { labels = ownLabels() }))
	require.NoError(t, p.Wait(t.Context()))
	return labels
}

// labelsKeptOut has labels on the goroutine that makes the pool, on a
// submitter, and on tasks that do not return.
func labelsKeptOut(t *testing.T, impl Impl) {
	bubble(t, func(t *testing.T) {
		setLabels()
		require.Contains(t, ownLabels(), "behind", "the profile shows no labels")
		p := start(t, impl, 1, quiet())
		for _, end := range []func(){func() {}, taskThatPanics, runtime.Goexit} {
			require.Empty(t, labelsOfTask(t, p), "labels of a task")
			require.NoError(t, p.SubmitWait(func() {
				pprof.Do(context.Background(), pprof.Labels("left", "behind"), func(context.Context) { end() })
			}))
			require.Empty(t, labelsOfTask(t, p), "labels of a task")
		}
		for _, end := range []func(){taskThatPanics, runtime.Goexit} {
			require.NoError(t, p.SubmitWait(func() { setLabels(); end() }))
			require.Empty(t, labelsOfTask(t, p), "labels of a task")
		}
	})
}

func labelOfPool(t *testing.T, impl Impl) {
	bubble(t, func(t *testing.T) {
		setLabels()
		for want, opts := range map[string][]workerpool.Option{
			`{"pool":"mail"}`:                 {quiet(), workerpool.WithProfileLabel(), workerpool.WithName("mail")},
			`{"pool":"` + impl.Package + `"}`: {quiet(), workerpool.WithProfileLabel()},
		} {
			p := start(t, impl, 1, opts...)
			require.Equal(t, want, labelsOfTask(t, p), "labels of a task")
			for _, end := range []func(){func() {}, taskThatPanics, runtime.Goexit} {
				require.NoError(t, p.SubmitWait(func() { setLabels(); end() }))
				require.Equal(t, want, labelsOfTask(t, p), "labels of a task")
			}
		}
	})
}

// traced looks for the name of the region in the bytes of a trace. To parse a trace
// takes a module that this one does not require. The module benchmarks tests that
// each task is one region, from before its start to after its end.
func traced(t *testing.T, impl Impl) {
	if trace.IsEnabled() {
		t.Skip("the process is being traced already")
	}
	p := start(t, impl, 1, quiet(), workerpool.WithTraceRegions())
	region := impl.Package + ".task"
	for _, task := range []func(){func() {}, taskThatPanics, runtime.Goexit} {
		require.NoError(t, p.SubmitWait(func() {})) // while nothing is traced
		var recorded bytes.Buffer
		require.NoError(t, trace.Start(&recorded))
		err := p.SubmitWait(task)
		_ = p.Wait(t.Context())
		trace.Stop()
		require.NoError(t, err)
		require.True(t, bytes.Contains(recorded.Bytes(), []byte(region)), "the trace does not contain the region %s", region)
	}
}

// callerKeepsItself has the caller run a task because the pool is full. The caller is
// no worker: it keeps its labels, and its task has not waited in a queue.
func callerKeepsItself(t *testing.T, impl Impl) {
	bubble(t, func(t *testing.T) {
		observed := 0
		p := start(t, impl, 1, quiet(), workerpool.WithProfileLabel(),
			workerpool.WithQueueWait(1, func(time.Duration) { observed++ }))
		synctest.Wait()
		g := newGate(t)
		fill(t, p, g.pass)
		synctest.Wait()
		setLabels()
		for _, end := range []func(){func() {}, taskThatPanics} {
			var labels string
			require.NoError(t, p.SubmitOrRun(func() { labels = ownLabels(); end() }))
			require.Equal(t, `{"left":"behind"}`, labels, "labels of a task that its caller runs")
			require.Equal(t, `{"left":"behind"}`, ownLabels(), "labels of the caller")
		}
		require.Equal(t, 1, observed, "observed tasks, while one of the pool has begun")
		g.open()
		p.Shutdown()
		require.Equal(t, 3, observed, "observed tasks, of three that the pool ran")
	})
}
