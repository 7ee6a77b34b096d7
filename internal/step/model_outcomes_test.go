//go:build modelcheck

package step_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/await"
	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// These tests list the outcomes that a program has in a run: it has all of them,
// and no others.

// wantOutcomes compares what program reports, under all its schedules, with want.
func wantOutcomes(t *testing.T, program func(r *explore.Run, report func(outcome ...any)), want ...string) {
	t.Helper()
	reported := make(map[string]bool)
	all(t, func(r *explore.Run) {
		program(r, func(outcome ...any) { reported[fmt.Sprintln(outcome...)] = true })
	})
	var got []string
	for outcome := range reported {
		got = append(got, outcome[:len(outcome)-1])
	}
	require.ElementsMatch(t, want, got)
}

func TestALatchMayReturnForEitherReason(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		latch, ctx := step.NewLatch(), new(step.Context)
		r.Go("waiter", func() {
			err := latch.WaitContext(ctx)
			r.Settle()
			report(err)
		})
		latch.Open()
		ctx.CancelCause(errEnough)
	}, "<nil>", "enough")
}

func TestALatchThatWasOpenBeforeTheCallComesFirst(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		latch, ctx := step.NewLatch(), new(step.Context)
		ctx.Cancel()
		latch.Open()
		report(latch.WaitContext(ctx))
	}, "<nil>")
}

func TestALatchReturnsTheCauseOfAContextThatEnds(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		ctx := new(step.Context)
		r.Go("canceler", ctx.Expire)
		report(step.NewLatch().WaitContext(ctx))
	}, "context deadline exceeded")
}

func TestALatchIgnoresAContextThatCannotEnd(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		latch := step.NewLatch()
		r.Go("opener", latch.Open)
		err := latch.WaitContext(context.Background())
		stop := step.AfterFunc(context.Background(), func() { r.Failf("called") })
		report(err, stop(), stop(), await.Cause(context.Background()))
	}, "<nil> true false <nil>")
}

func TestAContextHasAnErrorAndACause(t *testing.T) {
	for _, c := range []struct {
		end  func(*step.Context)
		want string
	}{
		{(*step.Context).Cancel, "context canceled, context canceled"},
		{(*step.Context).Expire, "context deadline exceeded, context deadline exceeded"},
		{func(c *step.Context) { c.CancelCause(errEnough) }, "context canceled, enough"},
	} {
		ends := func() string {
			ctx := new(step.Context)
			before := fmt.Sprint(ctx.Err(), await.Cause(ctx), ctx.Ended())
			c.end(ctx)
			ctx.Cancel() // changes nothing
			<-ctx.Done()
			return fmt.Sprint(before, " ", ctx.Ended(), " ", ctx.Err(), ", ", await.Cause(ctx))
		}
		want := "<nil> <nil> false true " + c.want
		require.Equal(t, want, ends(), "outside a run")
		wantOutcomes(t, func(r *explore.Run, report func(...any)) { report(ends()) }, want)
	}
}

// Package context can work with a Context outside a run, too.
func TestAContextWorksOutsideARun(t *testing.T) {
	ctx := new(step.Context)
	called := make(chan struct{})
	stop := step.AfterFunc(ctx, func() { close(called) })
	ctx.Cancel()
	<-called
	require.False(t, stop())
	require.Equal(t, context.Canceled, step.NewLatch().WaitContext(ctx))
}

// In the third outcome the stop comes between the end and the start of the
// function.
func TestAStopMayComeInTimeAfterTheEnd(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		ctx := new(step.Context)
		called := false
		stop := step.AfterFunc(ctx, func() { called = true })
		r.Go("canceler", ctx.Cancel)
		ended := ctx.Err() != nil
		stopped := stop()
		r.Settle()
		if called == stopped {
			r.Failf("called: %v, stopped: %v", called, stopped)
		}
		report("ended:", ended, "stopped:", stopped)
	},
		"ended: false stopped: true",
		"ended: false stopped: false",
		"ended: true stopped: true",
		"ended: true stopped: false",
	)
}

// The functions are started in any order, with other steps between them. A stop
// that comes in time returns when all others have been started.
func TestFunctionsAreStartedOneByOneInAnyOrder(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		ctx := new(step.Context)
		first := step.AfterFunc(ctx, func() {})
		second := step.AfterFunc(ctx, func() {})
		r.Go("canceler", ctx.Cancel)
		var ended, one, other bool
		r.Go("stopper", func() {
			one = first()
			ended = ctx.Ended()
			other = second()
		})
		r.Settle()
		if ended {
			report("first stopped:", one, "second stopped:", other)
		}
	},
		"first stopped: true second stopped: false",
		"first stopped: false second stopped: true",
		"first stopped: false second stopped: false",
	)
}

func TestTheCauseWaitsForTheFunctionsToBeStarted(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		ctx := new(step.Context)
		stop := step.AfterFunc(ctx, func() {})
		r.Go("canceler", ctx.Cancel)
		if await.Cause(ctx) != nil {
			report(stop())
		}
	}, "false")
}

func TestAFunctionThatComesLateIsCalledAtOnce(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		ctx := new(step.Context)
		ctx.Cancel()
		called := false
		stop := step.AfterFunc(ctx, func() { called = true })
		stopped := stop()
		r.Settle()
		report("called:", called, "stopped:", stopped)
	}, "called: true stopped: false")
}

func TestAPoolMayLoseAnItemOrHandItOutLate(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		pool := step.Pool{New: func() any { return "new" }}
		pool.Put("put")
		report(pool.Get(), pool.Get())
	}, "put new", "new put", "new new")
}

// To lose an item forever is one unusual outcome, and not one for each Get.
func TestAPoolLosesAnItemWithOnePreemption(t *testing.T) {
	lost := false
	explore.Check(t, explore.Effort{Preemptions: 1, Whole: true}, func(*explore.Run) {
		var pool step.Pool
		pool.Put(1)
		first, second := pool.Get(), pool.Get()
		lost = lost || first == nil && second == nil
	})
	require.True(t, lost)
}

func TestAPoolDoesNotKeepNil(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		r.Prepare(func() {
			var pool step.Pool
			pool.Put(1)
			pool.Put(nil)
			report(pool.Get())
		})
	}, "1")
}

func TestAPoolMayHandOutAnyItemOfAnyGoroutine(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var pool step.Pool
		for i := range 3 {
			r.Go("putter", func() { pool.Put(i) })
		}
		r.Settle()
		report(pool.Get())
	}, "<nil>", "0", "1", "2")
}

func TestAPoolHandsOutAnItemOnce(t *testing.T) {
	all(t, func(r *explore.Run) {
		var pool step.Pool
		pool.Put(nil)
		pool.Put(new(int))
		got := 0
		for range 2 {
			r.Go("getter", func() {
				if pool.Get() != nil {
					got++
				}
			})
		}
		r.Settle()
		if got > 1 {
			r.Failf("one item was put, %d were got", got)
		}
	})
}

func TestATimerGoesOffOrIsStopped(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		off := 0
		timer := step.AfterTime(1, func() { off++ })
		stopped := timer.Stop()
		r.Settle()
		report("off:", off, "stopped:", stopped, timer.Stop())
	}, "off: 1 stopped: false false", "off: 0 stopped: true false")
}

func TestATimerThatIsResetGoesOffOnceMore(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		off := 0
		timer := step.AfterTime(1, func() { off++ })
		active := timer.Reset(1)
		r.Settle()
		report("off:", off, "was active:", active)
	}, "off: 2 was active: false", "off: 1 was active: true")
}

func TestTimersGoOffInAnyOrder(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var order []int
		step.AfterTime(1, func() { order = append(order, 1) })
		step.AfterTime(2, func() { order = append(order, 2) })
		r.Settle()
		report(order)
	}, "[1 2]", "[2 1]")
}

func TestATryLockSucceedsOrFails(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var mu step.Mutex
		latch := step.NewLatch()
		r.Go("holder", func() { mu.Lock(); latch.Wait(); mu.Unlock() })
		locked := mu.TryLock()
		if locked {
			mu.Unlock()
		}
		latch.Open()
		report(locked)
	}, "true", "false")
}

// An ignored object works as outside a run, at least on one goroutine.
func TestIgnoredObjectsWork(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var ignored struct {
			mu    step.Mutex
			cond  step.Cond
			n     step.Uint64
			pool  step.Pool
			timer step.Timer
		}
		explore.Ignore(r, &ignored)
		ignored.mu.Lock()
		locked := ignored.mu.TryLock()
		ignored.mu.Unlock()
		ignored.cond.Signal()
		ignored.cond.Broadcast()
		ignored.pool.Put(nil)
		report(locked, ignored.n.Inc(), ignored.pool.Get())
	}, "false 1 <nil>")
}
