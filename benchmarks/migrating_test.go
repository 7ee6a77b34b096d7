package benchmarks

// What ../MIGRATING.md says about other pools, a test for each claim. The claims hold
// for the versions in go.mod. When one of these is raised and a test fails here, correct
// the page.
//
// Nothing here sleeps to let something happen. Each test is in a bubble of
// testing/synctest, where "is blocked" is a thing that can be known, and where
// time passes only when all are blocked. A claim that the program crashes or
// hangs is tested in a process of its own.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alitto/pond/v2"
	gammazero "github.com/gammazero/workerpool"
	"github.com/panjf2000/ants/v2"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// bubble runs claim in a bubble, and fails if it leaves a goroutine behind.
func bubble(t *testing.T, claim func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, claim)
}

// child is set, in a process of its own, to the name of the test to play.
const child = "MIGRATING_CHILD"

// inAProcess runs claim in a process of its own, and returns what that wrote and
// whether it succeeded.
func inAProcess(t *testing.T, claim func()) (output string, succeeded bool) {
	t.Helper()
	if os.Getenv(child) == t.Name() {
		claim()
		t.SkipNow() // the rest of the test is the parent's
	}
	test := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.count=1", "-test.timeout=1m",
		"-test.run=^"+t.Name()+"$")
	test.Env = append(os.Environ(), child+"="+t.Name())
	b, err := test.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), "=== RUN   "+t.Name()+"\n") {
		t.Fatalf("the process did not run the test:\n%s", b)
	}
	return string(b), err == nil
}

// bubbleInAProcess is bubble, in a process that has no other bubble.
func bubbleInAProcess(t *testing.T, claim func(t *testing.T)) {
	t.Helper()
	output, succeeded := inAProcess(t, func() { bubble(t, claim) })
	if !succeeded {
		t.Errorf("in a process of its own:\n%s", output)
	}
}

// crashes tests that claim ends the whole program with the words given, which
// are a regular expression.
func crashes(t *testing.T, words string, claim func()) {
	t.Helper()
	output, succeeded := inAProcess(t, func() {
		claim()
		select {} // another goroutine panics, and may have let this one go on before the end
	})
	if succeeded || !regexp.MustCompile(words).MatchString(output) {
		t.Errorf("the program did not end with %q, but with\n%s", words, output)
	}
}

// hangs tests that the function of that name, called by claim, never returns.
func hangs(t *testing.T, function string, claim func(t *testing.T)) {
	t.Helper()
	words := `(?s)panic: deadlock: .*in bubble.*` + regexp.QuoteMeta(function) + `\(`
	crashes(t, words, func() { bubble(t, claim) })
}

// so fails the test if what is said is not so.
func so(t *testing.T, is bool, what string, values ...any) {
	t.Helper()
	if !is {
		t.Errorf("it is not so that "+what, values...)
	}
}

// A call is one that may block.
type call chan struct{}

// async makes the call on a goroutine of its own.
func async(f func()) call {
	c := make(call)
	go func() {
		defer close(c)
		f()
	}()
	return c
}

// returned reports whether the call has returned, once all that can move has
// moved.
func (c call) returned() bool {
	synctest.Wait()
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// panicOf returns the value that f panics with.
func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// held returns a task that waits for release.
func held() (task, release func()) {
	gate := make(chan struct{})
	return func() { <-gate }, func() { close(gate) }
}

// stacks returns the stacks of all goroutines.
func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

func nothing() {}

// withLabel calls f on a goroutine that has a label for profiles.
func withLabel(f func()) {
	pprof.Do(context.Background(), pprof.Labels("left", "behind"), func(context.Context) { f() })
}

// labeled reports whether the calling goroutine has that label. It cannot be asked,
// but a profile of all goroutines shows it. So there must be one call at a time.
func labeled() bool {
	var profile strings.Builder
	must(pprof.Lookup("goroutine").WriteTo(&profile, 1))
	for record := range strings.SplitSeq(profile.String(), "\n\n") {
		if strings.Contains(record, "benchmarks.labeled+") {
			return strings.Contains(record, `"left":"behind"`)
		}
	}
	panic("the caller is not in the profile")
}

// A channel pool of one's own, by the example of barechan.go.

func TestAChannelPoolPanicsWhenASubmitComesAfterTheShutdown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newBarechan(1)
		p.Shutdown()
		value := panicOf(func() { p.SubmitWait(nothing) })
		so(t, fmt.Sprint(value) == "send on closed channel", "a send panics: %v", value)
	})
}

// A select looks at all its cases, and a send on a closed channel is a ready one.
func TestASelectOnADoneChannelDoesNotHelp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newBarechan(1)
		done := make(chan struct{})
		close(done)
		p.Shutdown()
		var value any
		for range 100 { // each has an even chance
			v := panicOf(func() {
				select {
				case <-done:
				case p.tasks <- nothing:
				}
			})
			if v != nil {
				value = v
			}
		}
		so(t, fmt.Sprint(value) == "send on closed channel", "a send panics: %v", value)
	})
}

func TestAChannelPoolPanicsAtItsSecondShutdown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newBarechan(1)
		p.Shutdown()
		value := panicOf(p.Shutdown)
		so(t, fmt.Sprint(value) == "close of closed channel", "it panics: %v", value)
	})
}

func TestAChannelPoolTakesTheProgramWithItWhenATaskPanics(t *testing.T) {
	crashes(t, `panic: of a task`, func() {
		p := newBarechan(1)
		p.SubmitWait(func() { panic("of a task") })
		p.Shutdown()
	})
}

func TestAChannelPoolLosesAWorkerAtEachGoexit(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newBarechan(1)
		p.SubmitWait(runtime.Goexit)
		synctest.Wait()
		ran := false
		p.SubmitWait(func() { ran = true })
		p.Shutdown() // returns, since the worker is gone
		so(t, !ran, "the only worker is gone, and its queue is left")
	})
}

// ants

// Made before the init of contestants.go, which releases the default pool.
var stacksAtStart = stacks()

func TestAntsStartsAPoolWithTwoTickersWhenImported(t *testing.T) {
	for _, ticker := range []string{"goPurge", "goTicktock"} {
		so(t, strings.Contains(stacksAtStart, "created by github.com/panjf2000/ants/v2.(*poolCommon)."+ticker), "%s started one", ticker)
	}
}

// newAntsPool also closes the pool at the end of the test.
func newAntsPool(t *testing.T, size int, options ...ants.Option) *ants.Pool {
	t.Helper()
	p, err := ants.NewPool(size, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !p.IsClosed() {
			must(p.ReleaseContext(context.Background()))
		}
	})
	return p
}

func TestAntsSubmitBlocksWhileAllWorkersAreBusy(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 1)
		task, release := held()
		must(p.Submit(task))
		second := async(func() { must(p.Submit(nothing)) })
		so(t, !second.returned(), "there is no queue: the second Submit blocks")
		so(t, p.Waiting() == 1, "Waiting counts the blocked submits: %d", p.Waiting())
		release()
		so(t, second.returned(), "it returns when the worker is free")
	})
}

func TestAntsNonblockingIsAModeOfTheWholePoolAndHasNoQueue(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 2, ants.WithNonblocking(true))
		task, release := held()
		must(p.Submit(task))
		must(p.Submit(task))
		err := p.Submit(nothing)
		so(t, errors.Is(err, ants.ErrPoolOverload), "the third Submit to a pool of two is refused: %v", err)
		release()
	})
}

func TestAntsMaxBlockingTasksBoundsTheBlockedSubmits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 1, ants.WithMaxBlockingTasks(1))
		task, release := held()
		must(p.Submit(task))
		second := async(func() { must(p.Submit(nothing)) })
		so(t, !second.returned(), "the second Submit blocks")
		err := p.Submit(nothing)
		so(t, errors.Is(err, ants.ErrPoolOverload), "the third Submit is refused: %v", err)
		release()
		<-second
	})
}

func TestAntsOfSizeZeroOrLessHasNoLimit(t *testing.T) {
	for _, size := range []int{0, -1} {
		bubble(t, func(t *testing.T) {
			p := newAntsPool(t, size)
			task, release := held()
			for range 1000 {
				must(p.Submit(task))
			}
			so(t, p.Running() == 1000, "1000 tasks run at once: %d", p.Running())
			release()
		})
	}
}

func TestAntsTaskThatSubmitsToItsFullPoolBlocks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 1)
		inner := make(chan error, 1)
		must(p.Submit(func() { inner <- p.Submit(nothing) }))
		synctest.Wait()
		so(t, len(inner) == 0, "the inner Submit blocks")
		p.Release()
		err := <-inner
		so(t, errors.Is(err, ants.ErrPoolClosed), "Release refuses who is blocked: %v", err)
	})
}

func TestAntsReleaseDoesNotWaitAndNothingCanWaitAfterIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 1)
		task, release := held()
		must(p.Submit(task))
		p.Release()
		so(t, p.Running() == 1, "the task runs on: %d", p.Running())
		err := p.ReleaseContext(context.Background())
		so(t, errors.Is(err, ants.ErrPoolClosed), "ReleaseContext after Release refuses to wait: %v", err)
		release()
	})
}

func TestAntsReleaseContextWaitsForRunningTasks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 1)
		task, release := held()
		must(p.Submit(task))
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		closed := async(func() { must(p.ReleaseContext(ctx)) })
		so(t, !closed.returned(), "it waits for the task")
		release()
		so(t, closed.returned(), "it returns when the task has ended")
	})
}

func TestAntsRebootOpensAClosedPoolAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 1)
		must(p.ReleaseContext(context.Background()))
		so(t, errors.Is(p.Submit(nothing), ants.ErrPoolClosed), "it is closed")
		p.Reboot()
		so(t, p.Submit(nothing) == nil, "it is open again")
	})
}

// A logger keeps what is printed.
type logger struct{ atomic.Value }

func (l *logger) Printf(format string, args ...any) { l.Store(fmt.Sprintf(format, args...)) }

func TestAntsLogsAPanicAndGoesOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var l logger
		p := newAntsPool(t, 1, ants.WithLogger(&l))
		must(p.Submit(func() { panic("of a task") }))
		must(p.Submit(nothing))
		synctest.Wait()
		text, _ := l.Load().(string)
		so(t, strings.Contains(text, "of a task") && strings.Contains(text, "migrating_test.go"), "value and stack are logged: %s", text)
	})
}

func TestAntsReleaseContextDoesNotWaitForThePanicHandler(t *testing.T) {
	bubble(t, func(t *testing.T) {
		wait, release := held()
		p := newAntsPool(t, 1, ants.WithPanicHandler(func(any) { wait() }))
		must(p.Submit(func() { panic("of a task") }))
		synctest.Wait()
		err := p.ReleaseContext(context.Background())
		so(t, err == nil, "ReleaseContext says that all is done while the handler runs: %v", err)
		release()
	})
}

func TestAntsTakesTheProgramWithItWhenThePanicHandlerPanics(t *testing.T) {
	crashes(t, `panic: of the handler`, func() {
		bubble(t, func(t *testing.T) {
			p := newAntsPool(t, 1, ants.WithPanicHandler(func(any) { panic("of the handler") }))
			must(p.Submit(func() { panic("of a task") }))
			synctest.Wait()
		})
	})
}

func TestAntsSurvivesGoexit(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 1)
		must(p.Submit(runtime.Goexit))
		ran := false
		must(p.Submit(func() { ran = true }))
		must(p.ReleaseContext(context.Background()))
		so(t, ran, "the next task runs")
	})
}

func TestAntsSubmitAcceptsANilTask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 1)
		err := p.Submit(nil)
		so(t, err == nil, "a nil task is no error: %v", err)
	})
}

func TestAntsRunningAndFreeCountIdleWorkersAsRunning(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 2)
		must(p.Submit(nothing))
		synctest.Wait()
		so(t, p.Running() == 1 && p.Free() == 1, "the idle worker counts: %d running, %d free", p.Running(), p.Free())
	})
}

func TestAntsWorkersKeepTheLabelsOfTheSubmitThatStartedThem(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 1)
		withLabel(func() { must(p.Submit(nothing)) })
		synctest.Wait()
		var later bool
		must(p.Submit(func() { later = labeled() }))
		synctest.Wait()
		so(t, !labeled() && later, "a task has labels that its submitter has not")
	})
}

func TestAntsLetsIdleWorkersGo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newAntsPool(t, 1)
		must(p.Submit(nothing))
		time.Sleep(3 * time.Second) // of the bubble; the default is to look every second
		so(t, p.Running() == 0, "the worker is gone: %d", p.Running())
	})
}

func TestAntsTuneChangesTheSizeButNotOfAPreallocatedPool(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, fixed := newAntsPool(t, 1), newAntsPool(t, 1, ants.WithPreAlloc(true))
		p.Tune(2)
		fixed.Tune(2)
		so(t, p.Cap() == 2 && fixed.Cap() == 1, "only the first changed: %d, %d", p.Cap(), fixed.Cap())
	})
}

// pond

// A pond.Pool without tasks has no goroutine, so a test need not stop it, and
// does better not to: see TestPondStopsInOneBubbleOnly.

func TestPondStopsInOneBubbleOnly(t *testing.T) {
	crashes(t, `fatal error: .*synctest.*bubble`, func() {
		for range 2 {
			bubble(t, func(*testing.T) { pond.NewPool(1).StopAndWait() })
		}
	})
}

func TestPondQueuesWithoutABoundByDefault(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1)
		task, release := held()
		for range 1000 {
			must(p.Go(task))
		}
		so(t, p.WaitingTasks() == 999, "all but one are queued: %d", p.WaitingTasks())
		release()
	})
}

func TestPondOfSizeZeroHasNoLimit(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(0)
		task, release := held()
		for range 1000 {
			must(p.Go(task))
		}
		so(t, p.RunningWorkers() == 1000, "1000 tasks run at once: %d", p.RunningWorkers())
		release()
	})
}

func TestPondQueueSizeZeroIsNoQueue(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1, pond.WithQueueSize(0))
		task, release := held()
		must(p.Go(task))
		second := async(func() { must(p.Go(nothing)) })
		so(t, !second.returned(), "there is no queue: the second Go blocks")
		release()
		<-second
	})
}

func TestPondResultGroupReturnsAllResultsAtTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewResultPool[int](2)
		task, release := held()
		group := p.NewGroup()
		group.Submit(func() int { return 1 }, func() int { task(); return 2 })
		var results []int
		wait := async(func() { results, _ = group.Wait() })
		so(t, !wait.returned(), "it waits for the second")
		release()
		<-wait
		so(t, fmt.Sprint(results) == "[1 2]", "they are in order: %v", results)
	})
}

func TestPondGoAndSubmitBlockWhileTheBoundedQueueIsFull(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1, pond.WithQueueSize(2))
		task, release := held()
		for range 3 {
			must(p.Go(task))
		}
		submit := async(func() { p.Submit(nothing) })
		so(t, !submit.returned(), "the fourth task of a pool of 1+2 blocks its Submit")
		_, ok := p.TrySubmit(nothing)
		so(t, !ok, "TrySubmit refuses in any pool")
		release()
		<-submit
	})
}

func TestPondNonBlockingSubmitRefusesOnlyThroughItsTask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1, pond.WithQueueSize(1), pond.WithNonBlocking(true))
		task, release := held()
		must(p.Go(task))
		must(p.Go(task))
		err := p.Go(nothing)
		so(t, errors.Is(err, pond.ErrQueueFull), "Go says so at once: %v", err)
		err = p.Submit(nothing).Wait()
		so(t, errors.Is(err, pond.ErrQueueFull), "Submit says so in Wait: %v", err)
		release()
	})
}

func TestPondSubmitsBlockedAtStopAreRefusedWithEitherOfTwoErrors(t *testing.T) {
	bubbleInAProcess(t, func(t *testing.T) {
		p := pond.NewPool(1, pond.WithQueueSize(1))
		task, release := held()
		must(p.Go(task))
		must(p.Go(nothing))
		errs := make(chan error, 8)
		for range cap(errs) {
			go func() { errs <- p.Go(nothing) }()
		}
		synctest.Wait()
		stopped := p.Stop()
		synctest.Wait()
		so(t, len(errs) == 0, "they stay blocked while the pool drains: %d returned", len(errs))
		release()
		_ = stopped.Wait()
		var closed, cancelled int
		for range cap(errs) {
			switch err := <-errs; {
			case errors.Is(err, pond.ErrPoolStopped):
				closed++
			case errors.Is(err, context.Canceled):
				cancelled++
			}
		}
		so(t, closed+cancelled == cap(errs) && cancelled > 0, "%d got ErrPoolStopped, %d context.Canceled", closed, cancelled)
	})
}

func TestPondGoSwallowsAPanic(t *testing.T) {
	output, succeeded := inAProcess(t, func() {
		bubble(t, func(t *testing.T) {
			p := pond.NewPool(1)
			must(p.Go(func() { panic("of a task") }))
			synctest.Wait()
			so(t, p.FailedTasks() == 1, "it is counted: %d", p.FailedTasks())
		})
	})
	so(t, succeeded && !strings.Contains(output, "of a task"), "nothing is written: %s", output)
}

func TestPondSubmitReturnsAPanicFromWait(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1)
		err := p.Submit(func() { panic("of a task") }).Wait()
		so(t, errors.Is(err, pond.ErrPanic), "it is an ErrPanic: %v", err)
		so(t, strings.Contains(err.Error(), "of a task") && strings.Contains(err.Error(), "migrating_test.go"), "it has value and stack: %v", err)
	})
}

func TestPondWithoutPanicRecoveryCrashes(t *testing.T) {
	crashes(t, `panic: of a task`, func() {
		bubble(t, func(*testing.T) {
			p := pond.NewPool(1, pond.WithoutPanicRecovery())
			p.Submit(func() { panic("of a task") })
			synctest.Wait()
		})
	})
}

func TestPondWaitOfATaskThatCallsGoexitLastsUntilThePoolStops(t *testing.T) {
	bubbleInAProcess(t, func(t *testing.T) {
		p := pond.NewPool(1)
		task := p.Submit(runtime.Goexit)
		group := p.NewGroup().Submit(runtime.Goexit)
		var ofTask, ofGroup error
		waitTask := async(func() { ofTask = task.Wait() })
		waitGroup := async(func() { ofGroup = group.Wait() })
		must(p.Submit(nothing).Wait())
		so(t, !waitTask.returned(), "Task.Wait blocks, though other tasks have run")
		so(t, !waitGroup.returned(), "TaskGroup.Wait blocks, though other tasks have run")
		p.StopAndWait()
		<-waitTask
		<-waitGroup
		so(t, errors.Is(ofTask, pond.ErrPoolStopped), "the stop ends Task.Wait: %v", ofTask)
		so(t, errors.Is(ofGroup, pond.ErrPoolStopped), "the stop ends TaskGroup.Wait: %v", ofGroup)
	})
}

func TestPondSubpoolNeverStopsAfterGoexit(t *testing.T) {
	hangs(t, "pond/v2.(*pool).StopAndWait", func(*testing.T) {
		p := pond.NewPool(2)
		sub := p.NewSubpool(1)
		must(sub.Go(runtime.Goexit))
		synctest.Wait()
		sub.StopAndWait()
	})
}

func TestPondCancelledContextSkipsQueuedSubmitsButNotQueuedGos(t *testing.T) {
	bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		p := pond.NewPool(1, pond.WithContext(ctx))
		task, release := held()
		must(p.Go(task))
		var byGo, bySubmit atomic.Bool
		must(p.Go(func() { byGo.Store(true) }))
		p.Submit(func() { bySubmit.Store(true) })
		cancel()
		release()
		synctest.Wait()
		so(t, byGo.Load(), "the task of Go runs")
		so(t, !bySubmit.Load(), "the task of Submit does not")
		err := p.Go(nothing)
		so(t, errors.Is(err, pond.ErrPoolStopped), "new tasks are refused: %v", err)
	})
}

func TestPondStopAndWaitRunsWhatIsQueued(t *testing.T) {
	bubbleInAProcess(t, func(t *testing.T) {
		p := pond.NewPool(1)
		var ran atomic.Int64
		for range 100 {
			must(p.Go(func() { ran.Add(1) }))
		}
		p.StopAndWait()
		so(t, ran.Load() == 100, "all ran: %d", ran.Load())
		so(t, errors.Is(p.Go(nothing), pond.ErrPoolStopped), "the next one is refused")
	})
}

func TestPondGroupDropsItsQueuedTasksAtTheFirstError(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1)
		first, ran := errors.New("the first"), false
		task, release := held()
		must(p.Go(task))
		group := p.NewGroup()
		group.SubmitErr(func() error { return first })
		group.Submit(func() { ran = true })
		release()
		err := group.Wait()
		so(t, errors.Is(err, first) && !ran, "Wait gives the first error and the second task is dropped: %v, %v", err, ran)
	})
}

func TestPondNilTaskIsAPanicOfTheTask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1)
		err := p.Submit(nil).Wait()
		so(t, errors.Is(err, pond.ErrPanic), "it is accepted and panics: %v", err)
	})
}

func TestPondKeepsNoIdleWorker(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1)
		must(p.Go(nothing))
		synctest.Wait()
		so(t, p.RunningWorkers() == 0, "the worker is gone with its last task: %d", p.RunningWorkers())
	})
}

func TestPondCountsTheRefusedAsSubmittedToo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1, pond.WithQueueSize(1), pond.WithNonBlocking(true))
		task, release := held()
		must(p.Go(task))
		must(p.Go(task))
		so(t, p.Go(nothing) != nil, "the third is refused")
		so(t, p.SubmittedTasks() == 3 && p.DroppedTasks() == 1, "submitted: %d, and of these refused: %d",
			p.SubmittedTasks(), p.DroppedTasks())
		release()
	})
}

func TestPondCanceledTasksHadBeenAccepted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		p := pond.NewPool(1, pond.WithContext(ctx))
		task, release := held()
		must(p.Go(task))
		p.Submit(nothing)
		cancel()
		release()
		synctest.Wait()
		so(t, p.CanceledTasks() == 1 && p.DroppedTasks() == 0 && p.CompletedTasks() == 1,
			"canceled: %d, refused: %d, completed: %d", p.CanceledTasks(), p.DroppedTasks(), p.CompletedTasks())
	})
}

func TestPondCountsErrorsAndPanicsOfSubmitAsFailed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1)
		_ = p.SubmitErr(func() error { return errors.New("an error") }).Wait()
		_ = p.Submit(func() { panic("a value") }).Wait()
		synctest.Wait()
		so(t, p.FailedTasks() == 2 && p.CompletedTasks() == 2, "failed: %d of %d", p.FailedTasks(), p.CompletedTasks())
	})
}

func TestPondWorkersKeepTheLabelsOfTheSubmitThatStartedThem(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1)
		task, release := held()
		withLabel(func() { must(p.Go(task)) })
		var later bool
		must(p.Go(func() { later = labeled() }))
		release()
		synctest.Wait()
		so(t, !labeled() && later, "a task has labels that its submitter has not")
	})
}

func TestPondResizes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pond.NewPool(1)
		task, release := held()
		must(p.Go(task))
		must(p.Go(task))
		p.Resize(2)
		so(t, p.RunningWorkers() == 2, "the queued task runs as well: %d", p.RunningWorkers())
		release()
	})
}

// gammazero/workerpool

func TestGammazeroSubmitNeverBlocksAndItsQueueHasNoBound(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := gammazero.New(1)
		defer p.StopWait()
		task, release := held()
		defer release()
		for range 1000 {
			p.Submit(task)
		}
		synctest.Wait()
		so(t, p.WaitingQueueSize() == 999, "all but one are queued: %d", p.WaitingQueueSize())
	})
}

func TestGammazeroSubmitWaitWaitsForTheEndOfTheTask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := gammazero.New(2)
		defer p.StopWait()
		task, release := held()
		submit := async(func() { p.SubmitWait(task) })
		so(t, !submit.returned(), "SubmitWait blocks though a worker runs the task, and another is free")
		release()
		so(t, submit.returned(), "it returns when the task has ended")
	})
}

func TestGammazeroTakesASizeBelowOneForOne(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := gammazero.New(-5)
		defer p.StopWait()
		so(t, p.Size() == 1, "the size is one: %d", p.Size())
	})
}

func TestGammazeroIgnoresANilTask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := gammazero.New(1)
		defer p.StopWait()
		err := p.Do(nil)
		so(t, err == nil, "a nil task is no error: %v", err)
	})
}

func TestGammazeroSubmitPanicsAfterStopAndDoAndDoWaitRefuse(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := gammazero.New(1)
		p.Stop()
		value := panicOf(func() { p.Submit(nothing) })
		so(t, value == gammazero.ErrStopped, "Submit panics: %v", value)
		err := p.Do(nothing)
		so(t, errors.Is(err, gammazero.ErrStopped), "Do refuses: %v", err)
		err = p.DoWait(nothing)
		so(t, errors.Is(err, gammazero.ErrStopped), "DoWait refuses: %v", err)
	})
}

func TestGammazeroStopAbandonsWhatIsQueuedAndStopWaitRunsIt(t *testing.T) {
	for _, wait := range []bool{false, true} {
		bubble(t, func(t *testing.T) {
			p := gammazero.New(1)
			task, release := held()
			p.Submit(task)
			ran := false
			p.Submit(func() { ran = true })
			synctest.Wait()
			stop := async(func() {
				if wait {
					p.StopWait()
				} else {
					p.Stop()
				}
			})
			so(t, !stop.returned(), "both wait for the running task")
			release()
			<-stop
			so(t, ran == wait, "the queued task ran: %v, with StopWait: %v", ran, wait)
		})
	}
}

func TestGammazeroSubmitWaitPanicsWhenStopAbandonsItsTask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := gammazero.New(1)
		task, release := held()
		p.Submit(task)
		var value any
		submit := async(func() { value = panicOf(func() { p.SubmitWait(nothing) }) })
		synctest.Wait()
		stop := async(p.Stop)
		synctest.Wait()
		release()
		<-stop
		<-submit
		so(t, value == gammazero.ErrStopped, "it panics: %v", value)
	})
}

func TestGammazeroTakesTheProgramWithItWhenATaskPanics(t *testing.T) {
	crashes(t, `panic: of a task`, func() {
		p := gammazero.New(1)
		p.Submit(func() { panic("of a task") })
		p.StopWait()
	})
}

// withoutTimer makes a pool that can be seen to hang: the timer of an idle one
// would let time pass in the bubble for ever.
func withoutTimer(size int) *gammazero.WorkerPool {
	return gammazero.New(size, gammazero.WithIdleTimeout(-1))
}

func TestGammazeroNeverStopsAfterGoexit(t *testing.T) {
	hangs(t, "workerpool.(*WorkerPool).StopWait", func(*testing.T) {
		p := withoutTimer(2)
		p.Submit(runtime.Goexit)
		synctest.Wait()
		p.StopWait()
	})
}

func TestGammazeroSubmitWaitOfATaskThatCallsGoexitNeverReturns(t *testing.T) {
	hangs(t, "workerpool.(*WorkerPool).SubmitWait", func(*testing.T) {
		withoutTimer(2).SubmitWait(runtime.Goexit)
	})
}

func TestGammazeroRunsNothingMoreAfterAsManyGoexitsAsWorkers(t *testing.T) {
	hangs(t, "workerpool.(*WorkerPool).SubmitWait", func(*testing.T) {
		p := withoutTimer(2)
		p.Submit(runtime.Goexit)
		p.Submit(runtime.Goexit)
		synctest.Wait()
		p.SubmitWait(nothing)
	})
}

func TestGammazeroLetsOneIdleWorkerGoPerTimeout(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := gammazero.New(2)
		defer p.StopWait()
		task, release := held()
		p.Submit(task)
		p.Submit(task)
		synctest.Wait()
		release()
		// One timeout to see that the pool is idle, then one for each worker.
		for i, want := range []int{2, 2, 1, 0} {
			synctest.Wait()
			n := strings.Count(stacks(), "gammazero/workerpool.worker(")
			so(t, n == want, "after %d timeouts %d workers are left: %d", i, want, n)
			time.Sleep(gammazero.DefaultIdleTimeout + time.Millisecond) // of the bubble
		}
	})
}

func TestGammazeroWorkersHaveTheLabelsOfWhoMadeThePool(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var p *gammazero.WorkerPool
		withLabel(func() { p = gammazero.New(1) })
		defer p.StopWait()
		var later bool
		p.SubmitWait(func() { later = labeled() })
		so(t, !labeled() && later, "a task has labels that its submitter has not")
	})
}

func TestGammazeroPauses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := gammazero.New(1)
		defer p.StopWait()
		ctx, cancel := context.WithCancel(context.Background())
		p.Pause(ctx)
		submit := async(func() { p.SubmitWait(nothing) })
		so(t, !submit.returned(), "no task runs while it is paused")
		cancel()
		so(t, submit.returned(), "they run again when the context ends")
	})
}

// errgroup

func TestErrgroupGoBlocksAtTheLimitAndTryGoRefuses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var g errgroup.Group
		g.SetLimit(1)
		task, release := held()
		g.Go(func() error { task(); return nil })
		second := async(func() { g.Go(func() error { return nil }) })
		so(t, !second.returned(), "there is no queue: the second Go blocks")
		so(t, !g.TryGo(func() error { return nil }), "TryGo refuses")
		release()
		<-second
		must(g.Wait())
	})
}

func TestErrgroupOfLimitZeroAcceptsNothing(t *testing.T) {
	hangs(t, "errgroup.(*Group).Go", func(*testing.T) {
		var g errgroup.Group
		g.SetLimit(0)
		g.Go(func() error { return nil })
	})
}

func TestErrgroupGoInAFunctionOfAFullGroupBlocks(t *testing.T) {
	hangs(t, "errgroup.(*Group).Go", func(*testing.T) {
		var g errgroup.Group
		g.SetLimit(1)
		g.Go(func() error {
			g.Go(func() error { return nil })
			return nil
		})
		_ = g.Wait()
	})
}

func TestErrgroupWaitReturnsTheFirstErrorAfterTheLastFunction(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var g errgroup.Group
		first := errors.New("the first")
		task, release := held()
		g.Go(func() error { return first })
		synctest.Wait()
		g.Go(func() error { task(); return errors.New("the second") })
		var err error
		wait := async(func() { err = g.Wait() })
		so(t, !wait.returned(), "it waits for the second function")
		release()
		<-wait
		so(t, errors.Is(err, first), "it gives the error of the first: %v", err)
	})
}

func TestErrgroupPanicsWhenTheLimitChangesAtWork(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var g errgroup.Group
		g.SetLimit(1)
		task, release := held()
		g.Go(func() error { task(); return nil })
		value := panicOf(func() { g.SetLimit(2) })
		so(t, strings.Contains(fmt.Sprint(value), "still active"), "it panics: %v", value)
		release()
		must(g.Wait())
	})
}

func TestErrgroupStartsTasksAfterTheContextIsCancelled(t *testing.T) {
	bubble(t, func(t *testing.T) {
		first := errors.New("the first")
		g, ctx := errgroup.WithContext(context.Background())
		g.Go(func() error { return first })
		<-ctx.Done()
		ran := false
		g.Go(func() error { ran = true; return nil })
		err := g.Wait()
		so(t, ran, "the second runs")
		so(t, errors.Is(err, first), "Wait gives the first error: %v", err)
	})
}

func TestErrgroupCancelsItsContextWhenWaitReturns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		g, ctx := errgroup.WithContext(context.Background())
		g.Go(func() error { return nil })
		must(g.Wait())
		so(t, ctx.Err() != nil, "the context has ended, though there was no error: %v", ctx.Err())
	})
}

func TestErrgroupTakesTheProgramWithItWhenATaskPanics(t *testing.T) {
	crashes(t, `panic: of a task`, func() {
		var g errgroup.Group
		g.Go(func() error { panic("of a task") })
		_ = g.Wait()
	})
}

func TestErrgroupGoAfterWaitRuns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		g, ran := new(errgroup.Group), false
		must(g.Wait())
		g.Go(func() error { ran = true; return nil })
		must(g.Wait())
		so(t, ran, "the function runs")
	})
}

func TestErrgroupTakesGoexitForSuccess(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var g errgroup.Group
		g.Go(func() error { runtime.Goexit(); return nil })
		err := g.Wait()
		so(t, err == nil, "Wait returns no error: %v", err)
	})
}

// semaphore and a goroutine per task

func TestSemaphoreServesWaitersInOrderAndTryAcquireGoesBehindThem(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := semaphore.NewWeighted(2)
		must(s.Acquire(t.Context(), 1))
		big := async(func() { must(s.Acquire(t.Context(), 2)) })
		so(t, !big.returned(), "an Acquire of both waits")
		so(t, !s.TryAcquire(1), "TryAcquire does not overtake it, though one is free")
		s.Release(1)
		so(t, big.returned(), "it is served")
		s.Release(2)
	})
}

func TestSemaphoreAcquireRefusesAContextThatHasEnded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(errors.New("the cause"))
		err := semaphore.NewWeighted(1).Acquire(ctx, 1)
		so(t, err == context.Canceled, "it gives the context's Err, not its cause: %v", err)
	})
}
