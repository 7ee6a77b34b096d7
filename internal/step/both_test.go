package step_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/step"
)

// These tests run in both builds: outside a run the types with the tag modelcheck
// must do what the types of the normal build do.

// Every exported method and field of a type in the normal build exists with the
// tag, too, with the same signature.
func TestTypesHaveTheMethodsOfTheNormalBuild(t *testing.T) {
	for _, c := range []struct{ want, got reflect.Type }{
		{reflect.TypeFor[*atomic.Uint64](), reflect.TypeFor[*step.Uint64]()},
		{reflect.TypeFor[*atomic.Uint32](), reflect.TypeFor[*step.Uint32]()},
		{reflect.TypeFor[*atomic.Int32](), reflect.TypeFor[*step.Int32]()},
		{reflect.TypeFor[*atomic.Bool](), reflect.TypeFor[*step.Bool]()},
		{reflect.TypeFor[*atomic.Pointer[int]](), reflect.TypeFor[*step.Pointer[int]]()},
		{reflect.TypeFor[*sync.Mutex](), reflect.TypeFor[*step.Mutex]()},
		{reflect.TypeFor[*sync.Cond](), reflect.TypeFor[*step.Cond]()},
		{reflect.TypeFor[*sync.Pool](), reflect.TypeFor[*step.Pool]()},
		{reflect.TypeFor[*time.Timer](), reflect.TypeFor[*step.Timer]()},
	} {
		for i := range c.want.NumMethod() {
			want := c.want.Method(i)
			if want.Name == "CAS" {
				continue // deprecated
			}
			got, ok := c.got.MethodByName(want.Name)
			require.True(t, ok, "%v has no method %s", c.got, want.Name)
			require.Equal(t, signature(want), signature(got), "%v.%s", c.got, want.Name)
		}
		for _, want := range reflect.VisibleFields(c.want.Elem()) {
			if !want.IsExported() {
				continue
			}
			got, ok := c.got.Elem().FieldByName(want.Name)
			require.True(t, ok, "%v has no field %s", c.got, want.Name)
			require.Equal(t, want.Type, got.Type, "%v.%s", c.got, want.Name)
		}
	}
}

// signature returns the types of a method, without the receiver.
func signature(m reflect.Method) (types []reflect.Type) {
	for i := 1; i < m.Type.NumIn(); i++ {
		types = append(types, m.Type.In(i))
	}
	for i := range m.Type.NumOut() {
		types = append(types, m.Type.Out(i))
	}
	return types
}

func TestValuesArePrintedAndEncoded(t *testing.T) {
	var words struct {
		U step.Uint64
		V step.Uint32
		I step.Int32
		B step.Bool
		P step.Pointer[string]
	}
	text := `{"U":18446744073709551615,"V":2,"I":-3,"B":true,"P":"x"}`
	require.NoError(t, json.Unmarshal([]byte(text), &words))
	require.Equal(t, "18446744073709551615 2 -3 true", fmt.Sprint(&words.U, " ", &words.V, " ", &words.I, " ", &words.B))
	require.Equal(t, fmt.Sprint(words.P.Load()), words.P.String())
	again, err := json.Marshal(&words)
	require.NoError(t, err)
	require.Equal(t, text, string(again))
	require.Error(t, json.Unmarshal([]byte(`-1`), &words.U))
	require.Error(t, json.Unmarshal([]byte(`4294967296`), &words.V))
	require.Error(t, json.Unmarshal([]byte(`1`), &words.B))
	require.Error(t, json.Unmarshal([]byte(`1`), &words.P))
}

func TestBoolsAndPointersSwap(t *testing.T) {
	var b step.Bool
	require.False(t, b.Swap(true))
	require.True(t, b.Swap(true))
	require.False(t, b.CompareAndSwap(false, true))
	require.True(t, b.CompareAndSwap(true, false))
	require.False(t, b.Toggle())
	require.True(t, b.Toggle())
	require.False(t, b.Load())

	var p step.Pointer[int]
	first, second := new(int), new(int)
	require.Nil(t, p.Swap(first))
	require.False(t, p.CompareAndSwap(second, second))
	require.True(t, p.CompareAndSwap(first, second))
	require.Same(t, second, p.Swap(nil))
	require.Nil(t, p.Load())
}

var errEnough = errors.New("enough")

func canceled() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errEnough)
	return ctx
}

// In every round there are both reasons to return.
func TestAnOpenLatchComesBeforeTheEndOfAContext(t *testing.T) {
	latch := step.NewLatch()
	latch.Open()
	for range 1000 {
		require.NoError(t, latch.WaitContext(canceled()))
	}
}

func TestALatchReturnsWhenItsContextEnds(t *testing.T) {
	require.ErrorIs(t, step.NewLatch().WaitContext(canceled()), errEnough)
	require.ErrorIs(t, await.Cause(canceled()), errEnough)
	require.NoError(t, await.Cause(context.Background()))
}

func TestALatchWaitsWithAContextThatCannotEnd(t *testing.T) {
	latch := step.NewLatch()
	step.Go(latch.Open)
	require.NoError(t, latch.WaitContext(context.Background()))
}

func TestAZeroLatchNeverOpens(t *testing.T) {
	var latch step.Latch
	require.PanicsWithError(t, "close of nil channel", latch.Open)
	require.ErrorIs(t, latch.WaitContext(canceled()), errEnough)
}

func TestALatchOpensOnce(t *testing.T) {
	latch := step.NewLatch()
	latch.Open()
	require.PanicsWithError(t, "close of closed channel", latch.Open)
	latch.Wait()
}

func TestTryLockFailsIfTheMutexIsLocked(t *testing.T) {
	var mu step.Mutex
	require.True(t, mu.TryLock())
	require.False(t, mu.TryLock())
	mu.Unlock()
	mu.Lock()
	require.False(t, mu.TryLock())
	mu.Unlock()
}

func TestACopiedCondPanics(t *testing.T) {
	cond := &step.Cond{L: new(step.Mutex)}
	cond.Signal()
	copied := reflect.New(reflect.TypeOf(cond).Elem())
	copied.Elem().Set(reflect.ValueOf(cond).Elem()) // go vet would report an assignment
	require.PanicsWithValue(t, "sync.Cond is copied", copied.Interface().(*step.Cond).Signal)
}

func TestAPoolHandsOutNoNil(t *testing.T) {
	pool := step.Pool{New: func() any { return 7 }}
	pool.Put(nil)
	require.Equal(t, 7, pool.Get())
	require.Nil(t, new(step.Pool).Get())
}

func TestAStoppedAfterFuncIsNotCalled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	stop := step.AfterFunc(ctx, func() { t.Error("called") })
	require.True(t, stop())
	require.False(t, stop())
	cancel()

	called := step.NewLatch()
	stop = step.AfterFunc(canceled(), called.Open)
	called.Wait()
	require.False(t, stop())
}

func TestATimerKeepsTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var after time.Duration
		timer := step.AfterTime(time.Hour, func() { after = time.Since(start) })
		stopped := step.AfterTime(time.Hour, func() { t.Error("a timer goes off that was stopped") })
		require.True(t, stopped.Stop())
		require.False(t, stopped.Stop())
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		require.Equal(t, time.Hour, after)
		require.False(t, timer.Stop())

		require.False(t, timer.Reset(time.Hour))
		require.True(t, timer.Reset(3*time.Hour))
		time.Sleep(4 * time.Hour)
		synctest.Wait()
		require.Equal(t, 5*time.Hour, after)
		require.Nil(t, timer.C)
	})
}

func TestAZeroTimerPanics(t *testing.T) {
	var timer step.Timer
	require.PanicsWithValue(t, "time: Stop called on uninitialized Timer", func() { timer.Stop() })
	require.PanicsWithValue(t, "time: Reset called on uninitialized Timer", func() { timer.Reset(1) })
}

// The tests of the pools require calls that do not allocate.
func TestNothingIsAllocated(t *testing.T) {
	var mu step.Mutex
	cond := step.Cond{L: &mu}
	var n step.Uint64
	var b step.Bool
	var p step.Pointer[int]
	var pool step.Pool
	latch := step.NewLatch()
	latch.Open()
	item, ctx := any(new(int)), context.Background()
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		mu.Lock()
		cond.Signal()
		mu.Unlock()
		cond.Broadcast()
		n.Store(n.Add(1) + n.Sub(1) + n.Inc() + n.Dec() + n.Load())
		n.CompareAndSwap(0, n.Swap(1))
		b.Store(b.Load())
		p.Store(p.Load())
		pool.Put(item)
		_ = pool.Get()
		latch.Wait()
		_ = latch.WaitContext(ctx)
		step.Relax(1)
	}))
}

func TestAWaitOnACondDoesNotAllocate(t *testing.T) {
	var mu step.Mutex
	cond := step.Cond{L: &mu}
	turn, rounds := 0, 0
	pass := func(from int) {
		mu.Lock()
		for turn != from {
			cond.Wait()
		}
		turn = 1 - from
		rounds++
		mu.Unlock()
		cond.Signal()
	}
	const calls = 1000
	var wg sync.WaitGroup
	wg.Go(func() {
		for range calls + 1 {
			pass(1)
		}
	})
	require.Zero(t, testing.AllocsPerRun(calls, func() { pass(0) }))
	wg.Wait()
	require.Equal(t, 2*(calls+1), rounds)
}

func TestEverythingWorksWithManyGoroutines(t *testing.T) {
	var mu step.Mutex
	cond := step.Cond{L: &mu}
	var n step.Uint64
	var b step.Bool
	var p step.Pointer[int]
	pool := step.Pool{New: func() any { return 7 }}
	latch := step.NewLatch()
	turn := 0
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 100 {
				mu.Lock()
				for turn%8 != i {
					cond.Wait()
				}
				turn++
				mu.Unlock()
				cond.Broadcast()
				n.Inc()
				pool.Put(pool.Get())
			}
		})
	}
	step.Go(func() {
		wg.Wait()
		b.Store(true)
		p.Store(&turn)
		latch.Open()
	})
	latch.Wait()
	require.True(t, b.Load())
	require.Equal(t, 800, *p.Load())
	require.EqualValues(t, 800, n.Load())
}

// On one processor the other goroutine runs only if this one yields.
func TestRelaxYieldsTheProcessor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var ready step.Bool
	step.Go(func() { ready.Store(true) })
	attempt := 0
	for ; attempt < 1000 && !ready.Load(); attempt++ {
		step.Relax(attempt)
	}
	require.Less(t, attempt, 1000)
}
