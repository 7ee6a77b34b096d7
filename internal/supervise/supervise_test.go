package supervise_test

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/need"
	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/supervise"
)

// keep runs the tasks in the loop of one supervised worker, and returns the
// values that the panic handler was called with. If a task ended the loop
// forever, the test would hang.
func keep(k *supervise.Supervisor, tasks ...func()) (values []any) {
	if k.Package == "" {
		k.Init("p", options.Options{PanicHandler: func(value any, _ []byte) { values = append(values, value) }})
	}
	ended := make(chan struct{})
	next := 0
	go k.Run(func() {
		for next < len(tasks) {
			next++
			tasks[next-1]()
		}
		close(ended)
	})
	<-ended
	return values
}

func nothing() {}

func panicWith(value any) func() { return func() { panic(value) } }

func TestSupervisorGoesOnAfterEveryEscape(t *testing.T) {
	errBoom := errors.New("boom")
	for _, c := range []struct {
		name string
		task func()
		want []any
	}{
		{"return", nothing, nil},
		{"panic with a string", panicWith("boom"), []any{"boom"}},
		{"panic with an error", panicWith(errBoom), []any{errBoom}},
		{"Goexit", runtime.Goexit, nil},
		{"panic on the way out of a Goexit", func() { defer panicWith("boom")(); runtime.Goexit() }, []any{"boom"}},
		{"Goexit on the way out of a panic", func() { defer runtime.Goexit(); panic("boom") }, nil},
		{"panic on the way out of a panic", func() { defer panicWith("again")(); panic("boom") }, []any{"again"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var k supervise.Supervisor
			ran := 0
			values := keep(&k, c.task, func() { ran++ }, c.task, func() { ran++ })
			require.Equal(t, 2, ran, "tasks run between the escapes")
			require.Equal(t, append(c.want, c.want...), values)
			require.EqualValues(t, len(values), k.Panicked.Load())
		})
	}
}

// Do returns unless the task has called Goexit, which ends the goroutine. The
// handler and the count of panics are the same as on a worker.
func TestSupervisorDoTreatsATaskAsAWorkerDoes(t *testing.T) {
	for _, c := range []struct {
		name    string
		task    func()
		returns bool
	}{
		{"return", nothing, true},
		{"panic with a string", panicWith("boom"), true},
		{"panic with nil", panicWith(nil), true},
		{"Goexit", runtime.Goexit, false},
		{"panic on the way out of a Goexit", func() { defer panicWith("boom")(); runtime.Goexit() }, false},
		{"Goexit on the way out of a panic", func() { defer runtime.Goexit(); panic("boom") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var worker supervise.Supervisor
			want := keep(&worker, c.task, nothing)
			var got []any
			var caller supervise.Supervisor
			caller.Init("p", options.Options{PanicHandler: func(value any, stack []byte) {
				require.NotEmpty(t, stack)
				got = append(got, value)
			}})
			returned := false
			var ended sync.WaitGroup
			ended.Go(func() {
				caller.Do(c.task)
				returned = true
			})
			ended.Wait()
			require.Equal(t, c.returns, returned)
			require.Equal(t, want, got, "what the handler was told")
			require.Equal(t, worker.Panicked.Load(), caller.Panicked.Load(), "panics counted")
		})
	}
}

func TestSupervisorStaysOnItsGoroutineAfterAPanic(t *testing.T) {
	var k supervise.Supervisor
	var first, second string
	keep(&k, func() { first = goroutine(); panic("boom") }, func() { second = goroutine() })
	require.Equal(t, first, second)
}

// goroutine returns the name of the calling goroutine, as in "goroutine 7 ".
func goroutine() string {
	name := make([]byte, 64)
	name = name[:runtime.Stack(name, false)]
	for i, c := range name {
		if c == '[' {
			return string(name[:i])
		}
	}
	return string(name)
}

func TestSupervisorLogsAHandlerThatPanics(t *testing.T) {
	text := logToBuffer(t)
	var k supervise.Supervisor
	k.Init("p", options.Options{PanicHandler: func(any, []byte) { panic("again") }})
	keep(&k, panicWith("boom"), nothing)
	require.Contains(t, text.String(), "p: task panicked")
	require.Contains(t, text.String(), "panic handler: again, while handling: boom")
	require.EqualValues(t, 1, k.Panicked.Load())
}

func TestSupervisorOutlivesAHandlerThatCallsGoexit(t *testing.T) {
	var k supervise.Supervisor
	k.Init("p", options.Options{PanicHandler: func(any, []byte) { runtime.Goexit() }})
	keep(&k, panicWith("boom"), nothing, panicWith("boom"), nothing)
	require.EqualValues(t, 2, k.Panicked.Load())
}

// A value whose own methods panic is treated as any other.
type poison struct{}

func (poison) Error() string  { panic("poison") }
func (poison) String() string { panic("poison") }

func TestSupervisorOutlivesAValueThatCannotBePrinted(t *testing.T) {
	circle := map[string]any{}
	circle["self"] = circle
	for want, value := range map[string]any{
		"(supervise_test.poison: Error panicked)": poison{},
		"(map[string]interface {})":               circle,
	} {
		text := logToBuffer(t)
		var toLog supervise.Supervisor
		toLog.Init("p", options.Options{})
		keep(&toLog, panicWith(value), nothing)
		require.Contains(t, text.String(), "p: task panicked")
		require.Contains(t, text.String(), want)
		text.Reset()
		var again supervise.Supervisor
		again.Init("p", options.Options{PanicHandler: func(value any, _ []byte) { panic(value) }})
		keep(&again, panicWith(value), nothing)
		require.EqualValues(t, 1, again.Panicked.Load())
		require.Contains(t, text.String(), "panic handler: "+want+", while handling: "+want)
	}
}

func TestSupervisorReportsPanicNil(t *testing.T) {
	var k supervise.Supervisor
	values := keep(&k, panicWith(nil), nothing)
	require.EqualValues(t, 1, k.Panicked.Load())
	require.Len(t, values, 1)
	if os.Getenv("GODEBUG") == "panicnil=1" {
		require.Nil(t, values[0])
	} else {
		require.IsType(t, new(runtime.PanicNilError), values[0])
	}
}

func TestSupervisorLogsAHandlerThatPanicsWithNil(t *testing.T) {
	for _, c := range []struct {
		name string
		task func()
		told string
	}{
		{"after a panic", panicWith("boom"), "boom"},
		{"after a panic on the way out of a Goexit", func() { defer panicWith("boom")(); runtime.Goexit() }, "boom"},
		{"after a panic with nil", panicWith(nil), "nil"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := logToBuffer(t)
			var k supervise.Supervisor
			k.Init("p", options.Options{PanicHandler: func(any, []byte) { panic(nil) }})
			keep(&k, c.task, nothing)
			require.EqualValues(t, 1, k.Panicked.Load())
			require.Regexp(t, "p: task panicked.*panic handler: .*nil.*, while handling: .*"+c.told, text.String())
		})
	}
}

// With this setting recover returns nil for panic(nil), as before Go 1.21, and
// as it does for a Goexit. It is a setting of the process, so the test starts
// another process.
func TestSupervisorTellsPanicNilFromGoexitWithThePanicnilSetting(t *testing.T) {
	names := []string{
		"TestSupervisorReportsPanicNil",
		"TestSupervisorLogsAHandlerThatPanicsWithNil",
		"TestSupervisorOutlivesAHandlerThatCallsGoexit",
		"TestSupervisorDoTreatsATaskAsAWorkerDoes",
	}
	need.Processes(t)
	test := exec.CommandContext(t.Context(), os.Args[0], "-test.count=1", "-test.v", "-test.run=^("+strings.Join(names, "|")+")$")
	test.Env = append(os.Environ(), "GODEBUG=panicnil=1")
	output, err := test.CombinedOutput()
	require.NoError(t, err, "%s", output)
	for _, name := range names {
		require.Contains(t, string(output), "--- PASS: "+name+" ")
	}
}
