package benchmarks

// What ../MIGRATING.md says about the pools of this module, a test for each claim.

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// both calls claim with a pool of either package, in a bubble, and shuts it down.
func both(t *testing.T, size int, opts []workerpool.Option, claim func(t *testing.T, p workerpool.Pool)) {
	t.Helper()
	for name, make := range map[string]func() workerpool.Pool{
		"ringpool": func() workerpool.Pool { return ringpool.New(size, opts...) },
		"chanpool": func() workerpool.Pool { return chanpool.New(size, opts...) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := make()
				synctest.Wait() // the workers of chanpool have begun
				claim(t, p)
				p.Shutdown()
			})
		})
	}
}

// fillUp makes a pool full of tasks that wait for release.
func fillUp(p workerpool.Pool) (accepted int, release func()) {
	task, release := held()
	for p.Submit(task) == nil {
		synctest.Wait() // the task has begun, or all workers are busy
		accepted++
	}
	return accepted, release
}

// logTo keeps what is logged until the end of the test.
func logTo(t *testing.T) (logged func() string) {
	var text lockedBuffer
	logger, output := slog.Default(), log.Writer()
	slog.SetDefault(slog.New(slog.NewTextHandler(&text, nil)))
	t.Cleanup(func() {
		slog.SetDefault(logger)
		log.SetOutput(output)
	})
	return text.String
}

type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestHereThreeTimesTheSizeIsAcceptedAndTheNextRefused(t *testing.T) {
	both(t, 2, nil, func(t *testing.T, p workerpool.Pool) {
		accepted, release := fillUp(p)
		so(t, accepted == 6, "3×size is accepted: %d", accepted)
		so(t, errors.Is(p.Submit(nothing), workerpool.ErrPoolFull), "the next is refused with ErrPoolFull")
		release()
	})
}

func TestHereTheQueueCapacityCanBeSet(t *testing.T) {
	for _, n := range []int{0, 1, 7} {
		both(t, 2, []workerpool.Option{workerpool.WithQueueCapacity(n)}, func(t *testing.T, p workerpool.Pool) {
			accepted, release := fillUp(p)
			so(t, accepted == 2+n, "size and %d are accepted: %d", n, accepted)
			so(t, p.Stats().Capacity == n && p.Stats().Queued == n, "Stats says so: %+v", p.Stats())
			release()
		})
	}
}

func TestHereSubmitWaitWaitsForRoomAndNotForTheEnd(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		task, release := held()
		wait := async(func() { must(p.SubmitWait(task)) })
		so(t, wait.returned(), "there is room: it returns while the task runs")
		must(p.Submit(task))
		must(p.Submit(task))
		wait = async(func() { must(p.SubmitWait(nothing)) })
		so(t, !wait.returned(), "there is none: it waits")
		so(t, p.Stats().Waiting == 1, "Stats counts it: %+v", p.Stats())
		release()
		<-wait
	})
}

func TestHereWithoutAQueueSubmitWaitWaitsForAWorker(t *testing.T) {
	both(t, 1, []workerpool.Option{workerpool.WithQueueCapacity(0)}, func(t *testing.T, p workerpool.Pool) {
		_, release := fillUp(p)
		begun := false
		wait := async(func() { must(p.SubmitWait(func() { begun = true })) })
		so(t, !wait.returned(), "it waits, as Acquire does")
		release()
		<-wait
		synctest.Wait()
		so(t, begun, "the task has a worker")
	})
}

func TestHereSubmitContextGivesUpWithTheCauseAndTheError(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		_, release := fillUp(p)
		why := errors.New("the cause")
		ctx, cancel := context.WithCancelCause(context.Background())
		var err error
		wait := async(func() { err = p.SubmitContext(ctx, nothing) })
		so(t, !wait.returned(), "it waits for room")
		cancel(why)
		<-wait
		so(t, errors.Is(err, why) && errors.Is(err, context.Canceled), "the error is both: %v", err)
		so(t, p.Stats().Canceled == 1, "it is counted: %+v", p.Stats())
		release()
		synctest.Wait()
		err = p.SubmitContext(ctx, nothing)
		so(t, errors.Is(err, why), "a context that has ended is refused first: %v", err)
	})
}

func TestHereSubmitBatchWaitSaysHowManyWereAccepted(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		ctx, cancel := context.WithCancel(context.Background())
		task, release := held()
		tasks := slices.Repeat([]func(){task}, 5)
		var n int
		var err error
		wait := async(func() { n, err = p.SubmitBatchWait(ctx, tasks) })
		so(t, !wait.returned(), "it waits for room")
		cancel()
		<-wait
		so(t, n == 3 && errors.Is(err, context.Canceled), "3 were accepted: %d, %v", n, err)
		n, err = p.SubmitBatch(tasks)
		so(t, n == 0 && errors.Is(err, workerpool.ErrPoolFull), "SubmitBatch does not wait: %d, %v", n, err)
		release()
	})
}

func TestHereSubmitOrRunRunsInItsCallerWhenThePoolIsFull(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		_, release := fillUp(p)
		ran := false
		must(p.SubmitOrRun(func() { ran = true }))
		so(t, ran, "the task has run")
		release()
	})
}

func TestHereTasksBeginInTheOrderOfTheirSubmits(t *testing.T) {
	both(t, 1, []workerpool.Option{workerpool.WithQueueCapacity(100)}, func(t *testing.T, p workerpool.Pool) {
		task, release := held()
		must(p.Submit(task))
		var order []int
		for i := range 100 {
			must(p.Submit(func() { order = append(order, i) }))
		}
		release()
		must(p.Wait(context.Background()))
		so(t, len(order) == 100 && slices.IsSorted(order), "they are in order: %v", order)
	})
}

func TestHereBadSizesPanicAndNilTasksAreRefused(t *testing.T) {
	for _, size := range []int{0, -1} {
		so(t, strings.Contains(fmt.Sprint(panicOf(func() { ringpool.New(size) })), "ringpool: New: size"), "ringpool panics for %d", size)
		so(t, strings.Contains(fmt.Sprint(panicOf(func() { chanpool.New(size) })), "chanpool: New: size"), "chanpool panics for %d", size)
	}
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		so(t, errors.Is(p.Submit(nil), workerpool.ErrNilTask), "Submit refuses nil")
	})
}

func TestHereAPanicGoesToTheHandlerAndIsTheErrorOfAGroupAndAResult(t *testing.T) {
	var mu sync.Mutex
	var told []any
	handler := workerpool.WithPanicHandler(func(value any, stack []byte) {
		mu.Lock()
		defer mu.Unlock()
		if len(stack) > 0 {
			told = append(told, value)
		}
		panic("of the handler") // which is logged
	})
	logged := logTo(t)
	both(t, 1, []workerpool.Option{handler}, func(t *testing.T, p workerpool.Pool) {
		told = nil
		must(p.Submit(func() { panic("of a task") }))
		r, err := workerpool.Go(p, func() (int, error) { panic("of a result") })
		must(err)
		g := workerpool.NewGroup(context.Background(), p)
		must(g.Go(func(context.Context) error { panic("of a group") }))
		_, err = r.Wait(context.Background())
		panicked := new(workerpool.PanicError)
		so(t, errors.As(err, &panicked) && panicked.Value == "of a result", "the Result has it: %v", err)
		err = g.Wait()
		so(t, errors.As(err, &panicked) && panicked.Value == "of a group", "the Group has it: %v", err)
		must(p.Wait(context.Background()))
		so(t, slices.Equal(told, []any{"of a task", "of a result", "of a group"}), "the handler was told: %v", told)
		so(t, p.Stats().Panicked == 3, "they are counted: %+v", p.Stats())
	})
	so(t, strings.Contains(logged(), "of the handler"), "a panic of the handler is logged: %s", logged())
}

func TestHereGoexitCostsNothing(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		must(p.Submit(runtime.Goexit))
		r, err := workerpool.Go(p, func() (int, error) { runtime.Goexit(); return 0, nil })
		must(err)
		_, err = r.Wait(context.Background())
		so(t, errors.Is(err, workerpool.ErrGoexit), "the Result says so: %v", err)
		g := workerpool.NewGroup(context.Background(), p)
		must(g.Go(func(context.Context) error { runtime.Goexit(); return nil }))
		err = g.Wait()
		so(t, errors.Is(err, workerpool.ErrGoexit), "the Group says so: %v", err)
		must(p.Wait(context.Background()))
	})
}

func TestHereAClosedPoolRefusesAndEachShutdownWaits(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		_, release := fillUp(p)
		var err error
		blocked := async(func() { err = p.SubmitWait(nothing) })
		synctest.Wait()
		first, second := async(p.Shutdown), async(p.Shutdown)
		so(t, !first.returned() && !second.returned(), "both calls of Shutdown wait")
		so(t, blocked.returned() && errors.Is(err, workerpool.ErrPoolClosed), "a blocked submit is refused at once: %v", err)
		so(t, errors.Is(p.Submit(nothing), workerpool.ErrPoolClosed), "so is a later one")
		release()
		<-first
		<-second
		s := p.Stats()
		so(t, s.Completed == 3 && s.RejectedClosed == 2, "what was accepted has run: %+v", s)
	})
}

func TestHereShutdownsKeepToADeadlineAndReturnWhatHasNotBegun(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		task, release := held()
		must(p.Submit(task))
		synctest.Wait()
		var order []int
		for i := range 2 {
			must(p.Submit(func() { order = append(order, i) }))
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // of the bubble
		defer cancel()
		err := p.ShutdownContext(ctx)
		so(t, errors.Is(err, context.DeadlineExceeded), "ShutdownContext gives up: %v", err)
		tasks, err := p.ShutdownNow(ctx)
		so(t, len(tasks) == 2 && errors.Is(err, context.DeadlineExceeded), "ShutdownNow returns two tasks: %d, %v", len(tasks), err)
		so(t, p.Stats().Returned == 2, "they are counted: %+v", p.Stats())
		for _, task := range tasks {
			task()
		}
		so(t, slices.Equal(order, []int{0, 1}), "in order: %v", order)
		release()
	})
}

func TestHereWaitAndGroupLeaveThePoolOpen(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		must(p.Wait(context.Background()))
		must(workerpool.NewGroup(context.Background(), p).Wait())
		must(p.Submit(nothing))
	})
}

func TestHereAGroupEndsAtItsFirstError(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		first := errors.New("the first")
		task, release := held()
		must(p.Submit(task))
		g := workerpool.NewGroup(context.Background(), p)
		must(g.Go(func(context.Context) error { return first }))
		called := false
		must(g.Go(func(context.Context) error { called = true; return nil }))
		release()
		<-g.Context().Done()
		err := g.Go(func(context.Context) error { return nil })
		so(t, errors.Is(err, first), "Go says why the function will never run: %v", err)
		err = g.Wait()
		so(t, errors.Is(err, first) && !called, "what had not begun was not called: %v, %v", err, called)
		g = workerpool.NewGroup(context.Background(), p)
		must(g.Wait())
		err = g.Go(func(context.Context) error { return nil })
		so(t, errors.Is(err, workerpool.ErrGroupDone), "Go after Wait says so: %v", err)
		so(t, g.Context().Err() != nil, "Wait has ended the context")
	})
}

func TestHereGoInAFunctionWaitsUntilTheContextEndsAndGoOrRunDoesNotWait(t *testing.T) {
	both(t, 1, []workerpool.Option{workerpool.WithQueueCapacity(0)}, func(t *testing.T, p workerpool.Pool) {
		ctx, cancel := context.WithCancel(context.Background())
		g := workerpool.NewGroup(ctx, p)
		must(g.Go(func(context.Context) error {
			return g.Go(func(context.Context) error { return nil })
		}))
		wait := async(func() { _ = g.Wait() })
		so(t, !wait.returned(), "Go waits for the only worker, which it occupies")
		cancel()
		<-wait

		synctest.Wait()
		ran := false
		g = workerpool.NewGroup(context.Background(), p)
		must(g.Go(func(context.Context) error {
			return g.GoOrRun(func(context.Context) error { ran = true; return nil })
		}))
		must(g.Wait())
		so(t, ran, "GoOrRun runs the function itself")
	})
}

func TestHereGoContextSkipsWhatNobodyWaitsFor(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		task, release := held()
		must(p.Submit(task))
		ctx, cancel := context.WithCancel(context.Background())
		called := false
		r, err := workerpool.GoContext(ctx, p, func(context.Context) (int, error) { called = true; return 1, nil })
		must(err)
		cancel()
		release()
		_, err = r.Wait(context.Background())
		so(t, errors.Is(err, context.Canceled) && !called, "the function is not called: %v, %v", err, called)
		synctest.Wait()
		so(t, p.Stats().Expired == 1, "it is counted: %+v", p.Stats())
	})
}

func TestHereGoRefusesAtOnce(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		_, release := fillUp(p)
		_, err := workerpool.Go(p, func() (int, error) { return 1, nil })
		so(t, errors.Is(err, workerpool.ErrPoolFull), "an error says why: %v", err)
		release()
	})
}

func TestHereMapGivesResultsInTheOrderOfAnEndlessInput(t *testing.T) {
	both(t, 3, nil, func(t *testing.T, p workerpool.Pool) {
		endless := func(yield func(int) bool) {
			for i := 0; yield(i); i++ {
			}
		}
		double := func(_ context.Context, i int) (int, error) { return 2 * i, nil }
		var results []int
		for r, err := range workerpool.Map(context.Background(), p, endless, double) {
			must(err)
			if results = append(results, r); len(results) == 5 {
				break
			}
		}
		so(t, slices.Equal(results, []int{0, 2, 4, 6, 8}), "they are in order: %v", results)
	})
}

func TestHereResizeMovesTheQueueUnlessItsCapacityIsGiven(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, fixed := ringpool.New(1), ringpool.New(1, workerpool.WithQueueCapacity(5))
		p.Resize(3)
		fixed.Resize(3)
		so(t, p.Stats().Capacity == 6 && fixed.Stats().Capacity == 5, "6 and 5: %d, %d", p.Stats().Capacity, fixed.Stats().Capacity)
		so(t, p.Size() == 3, "the size is 3: %d", p.Size())
	})
}

func TestHereIdleWorkersGoWithTheOption(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := ringpool.New(2, workerpool.WithIdleTimeout(time.Second))
		stay := ringpool.New(2)
		defer stay.Shutdown()
		for _, p := range []*ringpool.Pool{p, stay} {
			_, release := fillUp(p)
			release()
		}
		synctest.Wait()
		so(t, p.Stats().Started == 2 && p.Stats().Busy == 0, "idle workers have goroutines: %+v", p.Stats())
		time.Sleep(2*time.Second + time.Millisecond) // of the bubble
		so(t, p.Stats().Started == 0, "all go, after twice the time at the latest: %+v", p.Stats())
		so(t, stay.Stats().Started == 2, "without the option they stay: %+v", stay.Stats())
	})
	so(t, panicOf(func() { chanpool.New(1, workerpool.WithIdleTimeout(time.Second)) }) != nil, "chanpool refuses the option")
}

func TestHereWorkersBeginWithoutLabels(t *testing.T) {
	both(t, 1, nil, func(t *testing.T, p workerpool.Pool) {
		var later bool
		withLabel(func() { must(p.Submit(nothing)) })
		must(p.Submit(func() { later = labeled() }))
		must(p.Wait(context.Background()))
		so(t, !later, "a task has no label of another's submitter")
	})
}

func TestHereOptionsTellOfTasks(t *testing.T) {
	var waited, ran []time.Duration
	var slow []workerpool.SlowTask
	opts := []workerpool.Option{
		workerpool.WithName("mail"),
		workerpool.WithQueueWait(1, func(d time.Duration) { waited = append(waited, d) }),
		workerpool.WithRunTime(1, func(d time.Duration) { ran = append(ran, d) }),
		workerpool.WithSlowTask(time.Second, func(s workerpool.SlowTask) { slow = append(slow, s) }),
	}
	both(t, 1, opts, func(t *testing.T, p workerpool.Pool) {
		waited, ran, slow = nil, nil, nil
		must(p.Submit(func() { time.Sleep(time.Second) })) // of the bubble
		must(p.Submit(runtime.Goexit))
		must(p.Wait(context.Background()))
		so(t, p.Name() == "mail", "the pool has its name: %q", p.Name())
		so(t, slices.Equal(waited, []time.Duration{0, time.Second}), "they waited: %v", waited)
		so(t, slices.Equal(ran, []time.Duration{time.Second, 0}), "they ran: %v", ran)
		so(t, len(slow) == 1 && strings.Contains(slow[0].Name, t.Name()[:len("TestHereOptions")]), "the slow one has a name: %+v", slow)
	})
}
