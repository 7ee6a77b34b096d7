package ringpool_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"
	"pgregory.net/rapid"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// A sketch is a simple model of a pool when nothing moves: lists of the tasks that run, of
// the queued tasks, and of the submits that wait.
type sketch struct {
	size                     int
	running, queued, waiting []int
	before                   int // how many of those queued were so before the last Resize
	ended                    int
}

// settle starts and admits tasks until nothing more can happen.
func (s *sketch) settle() {
	for {
		switch {
		case len(s.queued) > 0 && len(s.running) < s.size:
			s.running, s.queued = append(s.running, s.queued[0]), s.queued[1:]
			s.before = max(s.before-1, 0)
		case len(s.waiting) > 0 && len(s.queued)-s.before < 2*s.size:
			s.queued, s.waiting = append(s.queued, s.waiting[0]), s.waiting[1:]
		default:
			return
		}
	}
}

// accepts reports whether there is room for one more task.
func (s *sketch) accepts() bool {
	return len(s.running) < s.size || len(s.queued)-s.before < 2*s.size
}

// A sketched pool is a real pool, and the sketch that it should match.
type sketched struct {
	pool    *ringpool.Pool
	want    sketch
	gates   []chan struct{} // by task
	mu      sync.Mutex
	running []int // tasks
	begun   []int // all tasks that began, in that order
}

// task makes the next task, which runs until its gate is opened.
func (s *sketched) task() (n int, task func()) {
	n = len(s.gates)
	gate := make(chan struct{})
	s.gates = append(s.gates, gate)
	return n, func() {
		s.mu.Lock()
		s.running, s.begun = append(s.running, n), append(s.begun, n)
		s.mu.Unlock()
		<-gate
		s.mu.Lock()
		s.running = slices.DeleteFunc(s.running, func(m int) bool { return m == n })
		s.mu.Unlock()
	}
}

// check compares the pool with the sketch.
func (s *sketched) check(t *rapid.T) {
	synctest.Wait()
	s.want.settle()
	s.mu.Lock()
	defer s.mu.Unlock()
	running, want := slices.Sorted(slices.Values(s.running)), slices.Sorted(slices.Values(s.want.running))
	if !slices.Equal(running, want) {
		t.Fatalf("these tasks run: %v, want %v", running, want)
	}
	got := s.pool.Stats()
	want1 := workerpool.Stats{
		Size: s.want.size, Capacity: 2 * s.want.size,
		Queued: len(s.want.queued), Busy: len(s.want.running), Waiting: len(s.want.waiting),
		Submitted: uint64(s.want.ended + len(s.want.running) + len(s.want.queued)),
		Completed: uint64(s.want.ended),
	}
	if got.Started < got.Busy || got.Started > max(s.want.size, got.Busy) {
		t.Fatalf("%d workers have a goroutine: %+v", got.Started, got)
	}
	got.Started, got.Parks, got.Wakes, got.Rejected = 0, 0, 0, 0
	if got != want1 {
		t.Fatalf("Stats:\n%+v, want\n%+v", got, want1)
	}
}

// For any order of submits, ends of tasks and changes of the size, the oldest tasks run:
// as many as the size says, or as were already running. The next ones are queued, as many
// as there is room for. The others wait in the order in which they came.
func TestResizeChangesNothingButTheSize(t *testing.T) {
	rapid.Check(t, func(check *rapid.T) {
		size := rapid.IntRange(1, 5).Draw(check, "size")
		var options []ringpool.Option
		timeout := rapid.Bool().Draw(check, "timeout")
		if timeout {
			options = append(options, workerpool.WithIdleTimeout(time.Second))
		}
		var failure any
		synctest.Test(t, func(*testing.T) {
			s := &sketched{pool: ringpool.New(size, options...), want: sketch{size: size}}
			defer func() {
				if failure = recover(); failure != nil { // let the bubble end
					for _, gate := range s.gates {
						select {
						case <-gate:
						default:
							close(gate)
						}
					}
					s.pool.Shutdown()
				}
			}()
			s.play(check)
		})
		if failure != nil {
			panic(failure)
		}
	})
}

// play draws the steps.
func (s *sketched) play(t *rapid.T) {
	submit := func(t *rapid.T) {
		n, task := s.task()
		err := s.pool.Submit(task)
		if accepts := s.want.accepts(); accepts != (err == nil) || err != nil && err != ringpool.ErrPoolFull {
			t.Fatalf("Submit returned %v of a pool %+v", err, s.want)
		} else if accepts {
			s.want.queued = append(s.want.queued, n)
		}
	}
	wait := func(*rapid.T) {
		n, task := s.task()
		go func() { _ = s.pool.SubmitWait(task) }()
		s.want.waiting = append(s.want.waiting, n)
	}
	end := func(t *rapid.T) {
		if len(s.want.running) == 0 {
			t.Skip("nothing runs")
		}
		i := rapid.IntRange(0, len(s.want.running)-1).Draw(t, "which")
		close(s.gates[s.want.running[i]])
		s.want.running = slices.Delete(s.want.running, i, i+1)
		s.want.ended++
	}
	t.Repeat(map[string]func(*rapid.T){
		"":       s.check,
		"Submit": submit,
		"fill": func(t *rapid.T) {
			for s.want.accepts() {
				submit(t)
				s.check(t)
			}
		},
		"wait":    wait,
		"end":     end,
		"end one": end,
		"Resize": func(t *rapid.T) {
			size := rapid.IntRange(1, 7).Draw(t, "to")
			s.pool.Resize(size)
			if size != s.want.size {
				s.want.size, s.want.before = size, len(s.want.queued)
			}
		},
		"pause": func(*rapid.T) { time.Sleep(time.Second) },
	})
	s.finish(t)
}

// finish shuts the pool down, by either way.
func (s *sketched) finish(t *rapid.T) {
	now := rapid.Bool().Draw(t, "now")
	accepted := append(slices.Clone(s.want.running), s.want.queued...)
	queued := len(s.want.queued)
	var returned []func()
	over := make(chan struct{})
	go func() {
		defer close(over)
		if now {
			returned, _ = s.pool.ShutdownNow(context.Background())
		} else {
			s.pool.Shutdown()
		}
	}()
	synctest.Wait()
	for _, n := range accepted {
		close(s.gates[n])
		synctest.Wait()
	}
	<-over
	stats := s.pool.Stats()
	ended := s.want.ended + len(accepted)
	if now {
		ended -= queued
		if len(returned) != queued {
			t.Fatalf("ShutdownNow returned %d of %d queued tasks", len(returned), queued)
		}
		for i, task := range returned {
			task() // its gate is open
			if got, want := s.begun[len(s.begun)-1], accepted[len(accepted)-queued+i]; got != want {
				t.Fatalf("ShutdownNow returned task %d in place of task %d", got, want)
			}
		}
	}
	if stats.Completed != uint64(ended) || stats.Returned != uint64(len(returned)) || stats.Parks != stats.Wakes {
		t.Fatalf("after the shutdown, with %d tasks ended: %+v", ended, stats)
	}
}

// shrunk makes a pool of 5 with 5 tasks that run until gate is closed, and with 10
// queued tasks. Then it changes the size to 1. Each of the 10 adds its number to order.
func shrunk(t *testing.T) (p *ringpool.Pool, gate chan struct{}, order *[]int) {
	p, gate, order = ringpool.New(5), make(chan struct{}), new([]int)
	for range 5 {
		require.NoError(t, p.Submit(func() { <-gate }))
	}
	for i := range 10 {
		require.NoError(t, p.Submit(func() { *order = append(*order, i) }))
	}
	p.Resize(3)
	p.Resize(1)
	require.Equal(t, 10, p.Stats().Queued)
	return p, gate, order
}

// What was queued before does not count against the new capacity, and comes first.
func TestWhatWasQueuedBeforeResizeRunsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, gate, order := shrunk(t)
		for i := range 2 {
			require.NoError(t, p.Submit(func() { *order = append(*order, 10+i) }))
		}
		require.ErrorIs(t, p.Submit(func() {}), ringpool.ErrPoolFull)
		require.Equal(t, 12, p.Stats().Queued)
		for i := range 3 {
			go func() { _ = p.SubmitWait(func() { *order = append(*order, 12+i) }) }()
			synctest.Wait()
		}
		close(gate)
		require.NoError(t, p.Wait(t.Context()))
		require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}, *order)
		p.Shutdown()
	})
}

func TestShutdownNowReturnsInOrderWhatWasQueuedBeforeResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, gate, order := shrunk(t)
		p.Resize(2)
		require.NoError(t, p.Submit(func() { *order = append(*order, 10) }))
		go func() {
			synctest.Wait() // until ShutdownNow waits for the tasks that run
			close(gate)
		}()
		tasks, err := p.ShutdownNow(context.Background())
		require.NoError(t, err)
		for _, task := range tasks {
			task()
		}
		require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, *order)
	})
}

// After each Resize of a quiescent pool, the capacity is exact.
func TestCapacityIsExactAfterResize(t *testing.T) {
	withProcs(t, func(t *testing.T) {
		for range 20 {
			p := ringpool.New(3)
			for _, size := range []int{1, 5, 2, 2, 9, 1, 16, 3} {
				p.Resize(size)
				require.Equal(t, size, p.Size())
				gate := make(chan struct{})
				for i := range 3 * size {
					require.NoError(t, p.Submit(func() { <-gate }), "size %d, task %d", size, i)
				}
				require.ErrorIs(t, p.Submit(func() {}), ringpool.ErrPoolFull)
				close(gate)
				require.NoError(t, p.Wait(t.Context()))
			}
			p.Shutdown()
		}
	})
}

// Workers that are too many end their goroutines: idle workers at once, busy ones after
// their tasks.
func TestWorkersThatAreTooManyLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := ringpool.New(6)
		without := goroutines()
		wakeAll(t, p)
		gate := make(chan struct{})
		for range 3 {
			require.NoError(t, p.Submit(func() { <-gate }))
		}
		synctest.Wait()
		p.Resize(1)
		synctest.Wait()
		require.Equal(t, without+3, goroutines(), "the idle")
		require.Equal(t, 3, p.Stats().Started)
		require.Equal(t, 3, p.Stats().Busy)
		close(gate)
		synctest.Wait()
		require.Equal(t, without+1, goroutines(), "the busy")
		require.Equal(t, 1, p.Stats().Started)
		require.Zero(t, p.Stats().Busy)
		p.Shutdown()
		synctest.Wait()
		require.Equal(t, without, goroutines())
	})
}

// A worker whose index is reused keeps nothing of it.
func TestResizeToAndFroStartsWorkersAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := ringpool.New(100, workerpool.WithIdleTimeout(time.Second))
		for i := range 20 {
			wakeAll(t, p)
			p.Resize(1 + i%3)
			p.Resize(100 + i)
			if i%4 == 0 {
				time.Sleep(3 * time.Second)
			}
		}
		p.Shutdown()
		s := p.Stats()
		require.Equal(t, s.Wakes, s.Parks)
	})
}

func TestResizeAfterShutdownDoesNothing(t *testing.T) {
	p := ringpool.New(2)
	p.Shutdown()
	p.Resize(7)
	require.Equal(t, 2, p.Size())
	require.ErrorIs(t, p.Submit(func() {}), ringpool.ErrPoolClosed)
	require.Equal(t, 4, p.Stats().Capacity)
	p.Shutdown()
}

func TestResizeToABadSizePanics(t *testing.T) {
	p := ringpool.New(2)
	defer p.Shutdown()
	for size, want := range map[int]string{
		0:         "ringpool: Resize: size is 0, must be at least 1",
		-1:        "ringpool: Resize: size is -1, must be at least 1",
		1<<23 + 1: "ringpool: Resize: size is 8388609, must be at most 8388608",
	} {
		require.PanicsWithValue(t, want, func() { p.Resize(size) })
	}
	require.Equal(t, 2, p.Size())
}

// A task may change the size of its own pool.
func TestATaskMayResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := ringpool.New(1)
		var ran atomic.Int32
		for _, size := range []int{3, 1, 2} {
			require.NoError(t, p.SubmitWait(func() { p.Resize(size); ran.Inc() }))
		}
		require.NoError(t, p.Wait(t.Context()))
		require.EqualValues(t, 3, ran.Load())
		p.Shutdown()
	})
}

func TestATaskQueuedBeforeResizeIsNotKeptAlive(t *testing.T) {
	p := ringpool.New(4)
	gate := make(chan struct{})
	for range 4 {
		require.NoError(t, p.Submit(func() { <-gate }))
	}
	collected := make(chan struct{}, 8)
	for range 8 {
		big := new([1 << 16]byte)
		runtime.AddCleanup(big, func(struct{}) { collected <- struct{}{} }, struct{}{})
		require.NoError(t, p.Submit(func() { big[0]++ }))
	}
	p.Resize(1)
	close(gate)
	require.NoError(t, p.Wait(t.Context()))
	for range 8 {
		for collected := collected; collected != nil; {
			runtime.GC()
			select {
			case <-collected:
				collected = nil
			default:
				runtime.Gosched()
			}
		}
	}
	p.Shutdown()
}

// All kinds of submits, and tasks that panic, while the size keeps changing, workers are
// evicted, and a goroutine calls Wait and Stats. Each accepted task runs once or is
// returned.
func TestNoTaskIsLostWhileTheSizeChanges(t *testing.T) {
	rounds := 4000
	if testing.Short() {
		rounds = 400
	}
	withProcs(t, func(t *testing.T) {
		for _, now := range []bool{false, true} {
			t.Run(fmt.Sprintf("now=%v", now), func(t *testing.T) {
				const submitters = 4
				p := ringpool.New(3, workerpool.WithIdleTimeout(50*time.Microsecond), quiet())
				var runs, accepted [submitters][]atomic.Int32
				var wg sync.WaitGroup
				for s := range submitters {
					runs[s], accepted[s] = make([]atomic.Int32, rounds), make([]atomic.Int32, rounds)
					wg.Go(func() {
						var tasks []func()
						for i := range rounds {
							tasks = append(tasks, func() {
								runs[s][i].Inc()
								if i%97 == 0 {
									panic("on purpose")
								}
							})
						}
						for i, kind := 0, 0; i < rounds; kind = (kind + 1) % 5 {
							next, n := min(i+3, rounds), 0
							var err error
							switch kind {
							case 0:
								err = p.Submit(tasks[i])
							case 1:
								err = p.SubmitWait(tasks[i])
							case 2:
								err = p.SubmitContext(t.Context(), tasks[i])
							case 3:
								n, _ = p.SubmitBatch(tasks[i:next])
							case 4:
								n, _ = p.SubmitBatchWait(t.Context(), tasks[i:next])
							}
							if kind < 3 {
								next = i + 1
								if err == nil {
									n = 1
								}
							}
							for ; n > 0; n-- {
								accepted[s][i+n-1].Inc()
							}
							i = next
						}
					})
				}
				stop := make(chan struct{})
				var others sync.WaitGroup
				others.Go(func() {
					sizes := []int{1, 4, 2, 9, 1, 3}
					for i := 0; ; i++ {
						select {
						case <-stop:
							return
						default:
							p.Resize(sizes[i%len(sizes)])
							runtime.Gosched()
						}
					}
				})
				others.Go(func() {
					var last workerpool.Stats
					for {
						select {
						case <-stop:
							return
						default:
							s := p.Stats()
							if s.Submitted < last.Submitted || s.Completed < last.Completed || s.Completed > s.Submitted || s.Queued < 0 || s.Busy < 0 {
								t.Errorf("%+v, then %+v", last, s)
							}
							last = s
							runtime.Gosched()
						}
					}
				})
				others.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							if err := p.Wait(t.Context()); err != nil {
								t.Error(err)
							}
							runtime.Gosched()
						}
					}
				})
				if now {
					for p.Stats().Completed < uint64(rounds) {
						runtime.Gosched()
					}
					tasks, _ := p.ShutdownNow(context.Background())
					for _, task := range tasks {
						func() {
							defer func() { _ = recover() }()
							task()
						}()
					}
				}
				wg.Wait()
				p.Shutdown()
				close(stop)
				others.Wait()
				total := 0
				for s := range submitters {
					for i := range rounds {
						require.Equal(t, accepted[s][i].Load(), runs[s][i].Load(), "task %d of submitter %d", i, s)
						total += int(runs[s][i].Load())
					}
				}
				s := p.Stats()
				require.EqualValues(t, total, s.Submitted)
				require.EqualValues(t, total, s.Completed+s.Returned)
				require.Zero(t, s.Queued)
				require.Equal(t, s.Wakes, s.Parks)
			})
		}
	})
}
