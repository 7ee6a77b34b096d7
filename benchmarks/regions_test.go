package benchmarks

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"runtime/trace"
	"strconv"
	"sync"
	"testing"

	parse "golang.org/x/exp/trace"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// With the option, each task is a region of an execution trace. The test is in
// this module because it reads the trace, which takes golang.org/x/exp/trace. The
// suite of the pools, in internal/pooltest, only sees that the name is in it.

// aPool is what the test uses of a pool.
type aPool interface {
	SubmitWait(task func()) error
	SubmitOrRun(task func()) error
	Wait(ctx context.Context) error
	Shutdown()
}

func TestEachTaskIsARegionThatEnds(t *testing.T) {
	if trace.IsEnabled() {
		t.Skip("the process is being traced already")
	}
	quiet := func(any, []byte) {}
	for name, open := range map[string]func(size int) aPool{
		"ringpool": func(size int) aPool {
			return ringpool.New(size, workerpool.WithPanicHandler(quiet), workerpool.WithTraceRegions())
		},
		"chanpool": func(size int) aPool {
			return chanpool.New(size, workerpool.WithPanicHandler(quiet), workerpool.WithTraceRegions())
		},
	} {
		t.Run(name, func(t *testing.T) {
			recorded, tasks := traceTasks(t, open)
			checkRegions(t, recorded, name+".task", tasks)
		})
	}
}

// What the tasks write into the trace, as categories of its log.
const (
	inRegion = "in a region" // with the number of the task
	inNone   = "in no region"
)

// traceTasks runs tasks in a trace, some of which do not return, some on workers
// and some in callers of SubmitOrRun, and some before it and after it, and one into
// it. It returns the trace and the number of tasks that began while it was on.
func traceTasks(t *testing.T, open func(size int) aPool) (recorded *bytes.Buffer, tasks int) {
	submit := func(p aPool, task func()) {
		if err := p.SubmitWait(task); err != nil {
			t.Error(err)
		}
	}
	quiesce := func(p aPool) {
		if err := p.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	}
	untraced := func() { trace.Log(context.Background(), inNone, "") }
	traced := func(end func()) func() {
		number := strconv.Itoa(tasks)
		tasks++
		return func() {
			trace.Log(context.Background(), inRegion, number)
			end()
		}
	}
	ends := []func(){func() {}, func() { panic("a task's") }, runtime.Goexit}

	p := open(4)
	submit(p, untraced)
	quiesce(p)
	begun, traceIsOn := make(chan struct{}), make(chan struct{})
	submit(p, func() {
		close(begun)
		<-traceIsOn
		untraced()
	})
	<-begun

	recorded = new(bytes.Buffer)
	if err := trace.Start(recorded); err != nil {
		t.Fatal(err)
	}
	defer trace.Stop() // once more, if we do not get there
	close(traceIsOn)
	for i := range 300 {
		submit(p, traced(ends[i%len(ends)]))
	}
	quiesce(p)

	full := open(1)
	release := make(chan struct{})
	begun = make(chan struct{})
	submit(full, traced(func() { close(begun); <-release }))
	<-begun
	submit(full, traced(func() {}))
	submit(full, traced(func() {}))
	for _, end := range ends {
		task := traced(end)
		var caller sync.WaitGroup
		caller.Go(func() {
			if err := full.SubmitOrRun(task); err != nil {
				t.Error(err)
			}
		})
		caller.Wait()
	}
	close(release)
	full.Shutdown()

	trace.Stop()
	submit(p, untraced)
	p.Shutdown()
	return recorded, tasks
}

// checkRegions fails unless the trace has one region of that name for each of so
// many tasks, which has begun before what the task wrote and ended after it, and no
// other.
func checkRegions(t *testing.T, recorded io.Reader, name string, tasks int) {
	in := make(map[parse.GoID]string) // the goroutines that are in a region, and the task
	const unknown = "not written yet"
	seen := make(map[string]bool)
	outside := 0

	reader, err := parse.NewReader(recorded)
	if err != nil {
		t.Fatal(err)
	}
	for {
		event, err := reader.ReadEvent()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		task, inside := in[event.Goroutine()]
		switch event.Kind() {
		case parse.EventRegionBegin:
			if region := event.Region().Type; region != name || inside {
				t.Fatalf("region %q begins, in the region of task %q; want %q, in none", region, task, name)
			}
			in[event.Goroutine()] = unknown
		case parse.EventLog:
			switch log := event.Log(); log.Category {
			case inNone:
				if inside {
					t.Fatalf("a task that was not to be traced is in the region of task %q", task)
				}
				outside++
			case inRegion:
				if task != unknown || seen[log.Message] {
					t.Fatalf("task %s is in the region of task %q, or in its second", log.Message, task)
				}
				in[event.Goroutine()] = log.Message
				seen[log.Message] = true
			}
		case parse.EventRegionEnd:
			if region := event.Region().Type; region != name || !inside || task == unknown {
				t.Fatalf("region %q ends, in the region of task %q", region, task)
			}
			delete(in, event.Goroutine())
		}
	}
	if len(seen) != tasks || len(in) != 0 || outside != 1 {
		t.Errorf("%d tasks in regions, %d regions that do not end, %d tasks begun before the trace; want %d, 0, 1",
			len(seen), len(in), outside, tasks)
	}
}
