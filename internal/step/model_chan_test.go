//go:build modelcheck

package step_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"
	"pgregory.net/rapid"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

var never step.Latch

// text returns what f panics with, or "" if it returns.
func text(f func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}

func TestAValueGoesToTheReceiverThatHasWaitedLongest(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		c := step.NewChan[int](1)
		var got [2]int
		r.Prepare(func() {
			for i := range got {
				r.Go("receiver", func() { got[i], _ = c.Receive() })
				r.Settle()
			}
		})
		r.Go("sender", func() { c.TrySend(1) })
		r.Settle()
		sent := c.TrySend(2)
		r.Settle()
		report(got, sent, c.Len())
	}, "[1 2] true 0")
}

// The channel has no room, so TrySend needs a receiver that is already waiting.
func TestATrySendMeetsAReceiverOrFails(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		c := step.NewChan[int](0)
		received := false
		r.Go("receiver", func() { _, received = c.Receive() })
		sent := c.TrySend(1)
		if !sent {
			c.Close()
		}
		r.Settle()
		report(sent, received)
	}, "true true", "false false")
}

func TestAReceiverMakesRoomForTheSenderThatHasWaitedLongest(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		c := step.NewChan[int](1)
		c.TrySend(0)
		r.Prepare(func() {
			for i := range 2 {
				r.Go("sender", func() { c.SendOr(i+1, never, context.Background()) })
				r.Settle()
			}
		})
		r.Go("rival", func() { c.TrySend(7) })
		var got []int
		for range 3 {
			v, _ := c.Receive()
			got = append(got, v)
		}
		report(got)
	}, "[0 1 2]")
}

func TestASelectPicksAmongWhatIsReady(t *testing.T) {
	open := func() step.Latch { l := step.NewLatch(); l.Open(); return l }
	ended := func() *step.Context { c := new(step.Context); c.Cancel(); return c }
	for _, c := range []struct {
		room  int
		latch func() step.Latch
		ctx   func() *step.Context
		want  []string
	}{
		{1, open, ended, []string{"0", "1", "2"}},
		{0, open, ended, []string{"1", "2"}},
		{1, step.NewLatch, ended, []string{"0", "2"}},
		{1, open, func() *step.Context { return new(step.Context) }, []string{"0", "1"}},
	} {
		wantOutcomes(t, func(r *explore.Run, report func(...any)) {
			report(int(step.NewChan[int](c.room).SendOr(1, c.latch(), c.ctx())))
		}, c.want...)
	}
}

// Either the value is received, or the sender returns without having sent it.
// Both are possible, and other goroutines may see it at once or later.
func TestASenderThatLeavesIsPassedOver(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		c, latch := step.NewChan[string](0), step.NewLatch()
		var taken step.Case
		var returned step.Bool
		r.Prepare(func() {
			r.Go("first sender", func() {
				taken = c.SendOr("first", latch, context.Background())
				returned.Store(true)
			})
			r.Settle()
			r.Go("second sender", func() { c.SendOr("second", never, context.Background()) })
		})
		r.Go("opener", latch.Open)
		v, _ := c.Receive()
		seen := returned.Load()
		r.Settle()
		report(v, int(taken), seen)
		if taken == step.Sent {
			c.Receive()
		}
	}, "first 0 false", "first 0 true", "second 1 false", "second 1 true")
}

// A sender that returns for another reason has not sent.
func TestASenderReturnsForAnyOfItsReasons(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		c, latch, ctx := step.NewChan[string](0), step.NewLatch(), new(step.Context)
		var taken step.Case
		received := false
		r.Go("sender", func() { taken = c.SendOr("x", latch, ctx) })
		r.Go("canceler", ctx.Cancel)
		r.Go("opener", latch.Open)
		r.Go("receiver", func() { _, received = c.Receive() })
		r.Settle()
		report(int(taken), received)
		if !received {
			c.Close()
		}
	}, "0 true", "1 false", "2 false")
}

func TestClosingReleasesReceivers(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		c := step.NewChan[int](1)
		values, open := 0, 0
		for range 2 {
			r.Go("receiver", func() {
				v, ok := c.Receive()
				values += v
				if ok {
					open++
				}
			})
		}
		c.TrySend(1)
		c.Close()
		r.Settle()
		report(values, open)
	}, "1 1")
}

func TestClosingMakesSendersPanic(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		c := step.NewChan[int](0)
		var why string
		r.Go("sender", func() { why = text(func() { c.SendOr(1, never, context.Background()) }) })
		c.Close()
		r.Settle()
		report(why, "and", text(func() { c.TrySend(1) }), "and", text(c.Close))
	}, "send on closed channel and send on closed channel and close of closed channel")
}

// A select can choose a send that panics like any other case that is ready.
func TestASelectMaySendOnAClosedChannel(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		c, latch := step.NewChan[int](1), step.NewLatch()
		latch.Open()
		c.Close()
		report(text(func() { c.SendOr(1, latch, context.Background()) }))
	}, "", "send on closed channel")
}

func TestANilChannelBlocksInARun(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var c step.Chan[int]
		ctx := new(step.Context)
		r.Go("canceler", ctx.Cancel)
		report(c.TrySend(1), c.Len(), int(c.SendOr(1, never, ctx)), text(c.Close))
	}, "false 0 2 close of nil channel")
}

// The checks of a run can see what a channel holds.
func TestLookSeesTheLengthOfAChannel(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		c := step.NewChan[int](2)
		c.TrySend(1)
		r.Look(func() { report(c.Len(), c.Cap()) })
	}, "1 2")
}

// The readers are in at once, and the writer is not.
func TestALockHasManyReadersOrOneWriter(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var mu step.RWMutex
		var readers, most, writers int
		for range 2 {
			r.Go("reader", func() {
				mu.RLock()
				readers++
				most = max(most, readers)
				if writers > 0 {
					r.Failf("a reader beside a writer")
				}
				new(step.Uint32).Load() // a step, at which other goroutines can run
				readers--
				mu.RUnlock()
			})
		}
		mu.Lock()
		writers++
		if readers > 0 {
			r.Failf("a writer beside %d readers", readers)
		}
		new(step.Uint32).Load()
		writers--
		mu.Unlock()
		r.Settle()
		report(most)
	}, "1", "2")
}

// A writer that waits keeps readers out, so a reader that locks twice is in a
// deadlock.
func TestAReaderThatLocksTwiceMayBeStuck(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var mu step.RWMutex
		held, stuck := step.NewLatch(), true
		r.Go("reader", func() {
			mu.RLock()
			held.Open()
			mu.RLock()
			stuck = false
			mu.RUnlock()
		})
		r.Go("writer", func() {
			held.Wait()
			mu.Lock()
			defer mu.Unlock()
		})
		r.Settle()
		report(stuck)
		mu.RUnlock() // for the reader's first RLock, or the run would not end
	}, "true", "false")
}

func TestWaitReturnsEvenIfTheCountDoesNotStayZero(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var group step.WaitGroup
		done := 0
		for range 2 {
			group.Add(1)
			r.Go("worker", func() { done++; group.Done() })
		}
		group.Wait()
		report(done)
	}, "2")
}

func TestAWaitGroupThatIsReusedTooEarlyPanics(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var group step.WaitGroup
		group.Add(1)
		var why string
		r.Go("waiter", func() { why = text(group.Wait) })
		group.Done()
		group.Add(1)
		r.Settle()
		group.Done()
		r.Settle()
		report(why)
	}, "", "sync: WaitGroup is reused before previous Wait has returned")
}

// An action is what one goroutine does with a channel, or with the latch or context
// of a sender.
type action struct {
	do string
	to int // the earlier action whose latch or context it opens or ends
}

var actions = []string{"receive", "receive", "receive", "try", "send", "send", "send", "open", "cancel", "close"}

// A channelScript is a list of actions, each on a goroutine of its own. Each
// begins when no other goroutine can go on. So the result is determined: a select
// never has two reasons to return.
//
// A search tries all orders of goroutines that can go on at the same time, and n of them
// have 2^n states. So no more than mostReleased goroutines may go on at once: if more than
// that are waiting, the script does not close its channel.
type channelScript struct {
	capacity int
	actions  []action
}

const mostReleased = 6

// play plays s, and returns what can be observed after each action. start starts
// a goroutine, and settle returns when all goroutines are blocked or have ended.
func (s channelScript) play(start func(func()), settle func(), newContext func() (context.Context, func())) (observed []string) {
	c := step.NewChan[int](s.capacity)
	results := make([]string, len(s.actions))
	latches, ends := make([]step.Latch, len(s.actions)), make([]func(), len(s.actions))
	var running atomic.Int32
	for i, d := range s.actions {
		ctx, end := newContext()
		latches[i], ends[i] = step.NewLatch(), end
		mayClose := running.Load() <= mostReleased
		running.Inc()
		start(func() {
			defer running.Dec()
			why := text(func() {
				switch d.do {
				case "receive":
					v, ok := c.Receive()
					results[i] = fmt.Sprint(v, ok)
				case "try":
					results[i] = fmt.Sprint(c.TrySend(i))
				case "send":
					results[i] = fmt.Sprint("case ", int(c.SendOr(i, latches[i], ctx)))
				case "open":
					latches[d.to%(i+1)].Open()
				case "cancel":
					ends[d.to%(i+1)]()
				case "close":
					if mayClose {
						c.Close()
					}
				}
			})
			results[i] += why
		})
		settle()
		observed = append(observed, fmt.Sprintf("after %v: %q, and %d queued", d, results, c.Len()))
	}
	for i := range s.actions { // release the senders, one by one
		ends[i]()
		settle()
	}
	for running.Load() > 0 { // and the receivers
		c.TrySend(0)
		settle()
	}
	return observed
}

// For every script, a channel of a run does what a real channel does.
func TestAChannelOfARunWorksLikeARealOne(t *testing.T) {
	rapid.Check(t, func(check *rapid.T) {
		s := channelScript{capacity: rapid.IntRange(0, 2).Draw(check, "capacity")}
		check.Repeat(map[string]func(*rapid.T){"action": func(check *rapid.T) {
			s.actions = append(s.actions, action{rapid.SampledFrom(actions).Draw(check, "do"), rapid.IntRange(0, 20).Draw(check, "to")})
		}})
		var want []string
		synctest.Test(t, func(*testing.T) {
			want = s.play(func(f func()) { go f() }, synctest.Wait, func() (context.Context, func()) {
				return context.WithCancel(context.Background())
			})
		})
		got := want
		s.explore(t, func(observed []string) {
			if !slices.Equal(observed, want) {
				got = observed
			}
		})
		require.Equal(check, want, got)
	})
}

// explore plays s under all schedules without a preemption, and calls see with what can be
// observed in each.
func (s channelScript) explore(t *testing.T, see func(observed []string)) {
	explore.Check(t, explore.Effort{Whole: true}, func(r *explore.Run) {
		see(s.play(func(f func()) { r.Go("", f) }, r.Settle, func() (context.Context, func()) {
			ctx := new(step.Context)
			return ctx, ctx.Cancel
		}))
	})
}

// With 30 goroutines that go on at once, a search would not end in a lifetime.
func TestAScriptOfManyGoroutinesHasFewSchedules(t *testing.T) {
	for _, do := range []string{"receive", "send"} {
		for _, waiting := range []int{mostReleased, 30} {
			s := channelScript{actions: append(slices.Repeat([]action{{do: do}}, waiting), action{do: "close"}, action{do: "try"})}
			runs := 0
			s.explore(t, func([]string) { runs++ })
			require.LessOrEqual(t, runs, 2000, "%d goroutines %s", waiting, do)
			t.Log(waiting, do, runs)
		}
	}
}
