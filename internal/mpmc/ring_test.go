package mpmc_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/mpmc"
)

// starts has the laps at which the tests begin: the first laps, and those just
// before the 64 bits of a position overflow.
var starts = []struct {
	name string
	ring func(capacity int) *mpmc.Ring[int]
}{
	{"from zero", func(capacity int) *mpmc.Ring[int] { return mpmc.New[int](capacity) }},
	{"near wrap", func(capacity int) *mpmc.Ring[int] {
		return mpmc.NewAt[int](capacity, mpmc.LastLap-1)
	}},
}

func eachStart(t *testing.T, test func(t *testing.T, ring func(capacity int) *mpmc.Ring[int])) {
	for _, start := range starts {
		t.Run(start.name, func(t *testing.T) { test(t, start.ring) })
	}
}

func TestHoldsExactlyItsCapacity(t *testing.T) {
	eachStart(t, func(t *testing.T, ring func(int) *mpmc.Ring[int]) {
		for capacity := 1; capacity <= 70; capacity++ {
			r := ring(capacity)
			require.Equal(t, capacity, r.Cap())
			next := 0
			for lap := range 5 {
				require.Equal(t, mpmc.Empty, r.Peek(), "capacity %d, lap %d", capacity, lap)
				for i := range capacity {
					require.Equal(t, mpmc.OK, r.TryPush(next+i), "capacity %d, lap %d, push %d", capacity, lap, i)
				}
				require.Equal(t, mpmc.Full, r.TryPush(-1), "capacity %d, lap %d", capacity, lap)
				for i := range capacity {
					v, o := r.TryPop()
					require.Equal(t, mpmc.OK, o, "capacity %d, lap %d, pop %d", capacity, lap, i)
					require.Equal(t, next+i, v, "capacity %d, lap %d", capacity, lap)
				}
				_, o := r.TryPop()
				require.Equal(t, mpmc.Empty, o, "capacity %d, lap %d", capacity, lap)
				next += capacity
				require.EqualValues(t, next, r.Pushed())
				require.EqualValues(t, next, r.Popped())
			}
		}
	})
}

func TestPopMakesRoomForOnePush(t *testing.T) {
	eachStart(t, func(t *testing.T, ring func(int) *mpmc.Ring[int]) {
		for capacity := 1; capacity <= 70; capacity++ {
			r := ring(capacity)
			for i := range capacity {
				r.TryPush(i)
			}
			for i := range 5 * capacity {
				v, o := r.TryPop()
				require.Equal(t, mpmc.OK, o)
				require.Equal(t, i, v)
				require.Equal(t, mpmc.OK, r.TryPush(capacity+i), "capacity %d, push %d", capacity, i)
				require.Equal(t, mpmc.Full, r.TryPush(-1), "capacity %d, push %d", capacity, i)
			}
		}
	})
}

// Many goroutines each pop a value and push it again, on a ring that is full
// when no goroutine holds a value. So a push always has room, and must not
// return Full.
func TestPopThenPushOnAFullRingNeverFails(t *testing.T) {
	eachStart(t, func(t *testing.T, ring func(int) *mpmc.Ring[int]) {
		for _, capacity := range []int{1, 2, 3, 8, 100} {
			const movers = 8
			r := ring(capacity)
			for i := range capacity {
				r.TryPush(i)
			}
			var wg sync.WaitGroup
			var refused atomic.Int32
			for range movers {
				wg.Go(func() {
					for range 1000 {
						v, o := r.TryPop()
						for o != mpmc.OK {
							runtime.Gosched() // others hold all values, and will put them back
							v, o = r.TryPop()
						}
						if r.TryPush(v) != mpmc.OK {
							refused.Inc()
						}
					}
				})
			}
			wg.Wait()
			require.Zero(t, refused.Load(), "capacity %d: pushes refused", capacity)
			seen := make([]int, capacity)
			for range capacity {
				v, o := r.TryPop()
				require.Equal(t, mpmc.OK, o)
				seen[v]++
			}
			for v, n := range seen {
				require.Equal(t, 1, n, "capacity %d: value %d", capacity, v)
			}
		}
	})
}

// Producers push numbered values, and consumers pop them until the ring is
// drained. Each value must arrive exactly once, and those of each producer in
// order.
func TestEachValueArrivesOnceAndInOrder(t *testing.T) {
	const perProducer = 200
	eachStart(t, func(t *testing.T, ring func(int) *mpmc.Ring[int]) {
		for _, capacity := range []int{1, 2, 3, 64, 100} {
			for _, producers := range []int{1, 2, 5} {
				for _, consumers := range []int{1, 2, 5} {
					t.Run(fmt.Sprintf("capacity=%d/producers=%d/consumers=%d", capacity, producers, consumers), func(t *testing.T) {
						r := ring(capacity)
						arrived := make([]atomic.Int32, producers*perProducer)
						var disorder atomic.Int32
						var producing, consuming sync.WaitGroup
						for p := range producers {
							producing.Go(func() {
								for i := range perProducer {
									for r.TryPush(p*perProducer+i) != mpmc.OK {
										runtime.Gosched()
									}
								}
							})
						}
						for range consumers {
							consuming.Go(func() {
								last := make([]int, producers)
								for {
									v, o := r.TryPop()
									switch o {
									case mpmc.OK:
										arrived[v].Inc()
										if p := v / perProducer; v < last[p] {
											disorder.Inc()
										} else {
											last[p] = v
										}
									case mpmc.Drained:
										return
									default:
										runtime.Gosched()
									}
								}
							})
						}
						producing.Wait()
						r.Close()
						consuming.Wait()
						for v := range arrived {
							require.EqualValues(t, 1, arrived[v].Load(), "value %d", v)
						}
						require.Zero(t, disorder.Load(), "values that overtook one of the same producer")
					})
				}
			}
		}
	})
}

// Close races with pushes. Accepted values are popped once, and no others.
func TestCloseDecidesWhatIsAccepted(t *testing.T) {
	const producers, most = 4, 100
	eachStart(t, func(t *testing.T, ring func(int) *mpmc.Ring[int]) {
		for _, capacity := range []int{1, 2, 7, 100} {
			for round := range 25 {
				r := ring(capacity)
				accepted := make([]int, producers)
				arrived := make([]int, producers*most)
				closers := atomic.NewInt32(0)
				var wg sync.WaitGroup
				for p := range producers {
					wg.Go(func() {
						for accepted[p] < most {
							switch r.TryPush(p*most + accepted[p]) {
							case mpmc.OK:
								accepted[p]++
							case mpmc.Closed:
								return
							default:
								runtime.Gosched()
							}
						}
					})
				}
				wg.Go(func() {
					for {
						v, o := r.TryPop()
						switch o {
						case mpmc.OK:
							arrived[v]++
						case mpmc.Drained:
							return
						default:
							runtime.Gosched()
						}
					}
				})
				for range 2 {
					wg.Go(func() {
						for range round {
							runtime.Gosched()
						}
						if r.Close() {
							closers.Inc()
						}
					})
				}
				wg.Wait()
				require.EqualValues(t, 1, closers.Load(), "calls of Close that were the first")
				for p := range producers {
					for i := range most {
						if once := arrived[p*most+i] == 1; once != (i < accepted[p]) || arrived[p*most+i] > 1 {
							t.Fatalf("capacity %d: value %d of producer %d, which had %d accepted, arrived %d times",
								capacity, i, p, accepted[p], arrived[p*most+i])
						}
					}
				}
				require.Equal(t, mpmc.Closed, r.TryPush(0))
				require.Equal(t, mpmc.Drained, r.Peek())
			}
		}
	})
}

// A push stops before its value is written. Pops return Pending and do not
// wait, other pushes go on until the ring is full, and nothing is lost.
func TestAStalledPushDelaysOnlyItsOwnSlot(t *testing.T) {
	eachStart(t, func(t *testing.T, ring func(int) *mpmc.Ring[int]) {
		for _, capacity := range []int{1, 2, 3, 50} {
			r := ring(capacity)
			publish, o := r.StallPush(0)
			require.Equal(t, mpmc.OK, o)
			for i := 1; i < capacity; i++ {
				require.Equal(t, mpmc.OK, r.TryPush(i))
			}
			require.Equal(t, mpmc.Full, r.TryPush(-1), "the stalled push counts")
			_, o = r.TryPop()
			require.Equal(t, mpmc.Pending, o)
			require.Equal(t, mpmc.Pending, r.Peek())
			require.True(t, r.Close())
			_, o = r.TryPop()
			require.Equal(t, mpmc.Pending, o, "accepted before Close, so not drained")
			publish()
			for i := range capacity {
				v, o := r.TryPop()
				require.Equal(t, mpmc.OK, o)
				require.Equal(t, i, v)
			}
			_, o = r.TryPop()
			require.Equal(t, mpmc.Drained, o)
		}
	})
}

// A pop stops before its value is taken out. Other pops go on until the ring is
// empty. Pushes go on until they come to that slot again, and then wait, because
// the ring is not full.
func TestAStalledPopDelaysOnlyItsOwnSlot(t *testing.T) {
	eachStart(t, func(t *testing.T, ring func(int) *mpmc.Ring[int]) {
		for _, capacity := range []int{1, 2, 3, 50} {
			r := ring(capacity)
			for i := range capacity {
				r.TryPush(i)
			}
			release, o := r.StallPop()
			require.Equal(t, mpmc.OK, o)
			for i := 1; i < capacity; i++ {
				v, o := r.TryPop()
				require.Equal(t, mpmc.OK, o)
				require.Equal(t, i, v)
			}
			_, o = r.TryPop()
			require.Equal(t, mpmc.Empty, o)

			// capacity-1 slots are free. The next push needs the stalled one.
			pushed := make(chan mpmc.Outcome)
			var trying atomic.Bool
			go func() {
				trying.Store(true)
				pushed <- r.TryPush(capacity)
			}()
			for !trying.Load() {
				runtime.Gosched()
			}
			for range 100 {
				runtime.Gosched()
			}
			select {
			case o := <-pushed:
				require.Fail(t, "a push went past a slot that is being read", "outcome %d", o)
			default:
			}
			require.Equal(t, 0, release())
			require.Equal(t, mpmc.OK, <-pushed)
			v, o := r.TryPop()
			require.Equal(t, mpmc.OK, o)
			require.Equal(t, capacity, v)
		}
	})
}

func TestAPoppedValueIsNotKeptAlive(t *testing.T) {
	r := mpmc.New[*[64]byte](4)
	collected := make(chan struct{})
	func() {
		v := new([64]byte)
		runtime.AddCleanup(v, func(c chan struct{}) { close(c) }, collected)
		r.TryPush(v)
	}()
	r.TryPop()
	for range 100 {
		runtime.GC()
		select {
		case <-collected:
			runtime.KeepAlive(r)
			return
		default:
			runtime.Gosched()
		}
	}
	require.Fail(t, "the slot still refers to a value that was popped")
}

func TestNothingAllocates(t *testing.T) {
	r := mpmc.New[func()](3)
	f := func() {}
	run := []func(){f, f}
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		r.TryPush(f)
		r.TryPushBatch(run)
		for range 3 {
			r.TryPop()
		}
	}))
}

func TestNewRefusesABadCapacity(t *testing.T) {
	for _, capacity := range []int{0, -1} {
		require.PanicsWithValue(t, fmt.Sprintf("mpmc: New: capacity is %d, must be at least 1", capacity),
			func() { mpmc.New[int](capacity) })
	}
}

// FuzzAgainstSlice runs a sequence of operations on a ring and on a slice. Each
// byte is one operation; the first byte gives the capacity and the start.
func FuzzAgainstSlice(f *testing.F) {
	f.Add([]byte{0, 1, 1, 3, 3})
	f.Add([]byte{127, 240, 240, 3, 240, 4, 8})
	f.Add([]byte{130, 0, 0, 0, 0, 1, 0, 2, 1, 1, 1, 1, 0})
	f.Add([]byte(strings.Repeat("\x05\x00\x01", 40)))
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) == 0 {
			return
		}
		capacity := int(ops[0]&0x7f)%70 + 1
		r := starts[ops[0]>>7].ring(capacity)
		var model []int
		closed := false
		empty := func() mpmc.Outcome {
			if closed {
				return mpmc.Drained
			}
			return mpmc.Empty
		}
		check := func(i int, what string, got, want mpmc.Outcome) {
			if got != want {
				t.Fatalf("operation %d: %s: outcome %d, want %d", i, what, got, want)
			}
		}
		for i, op := range ops[1:] {
			switch op % 8 {
			case 0:
				run := make([]int, 1+int(op)) // of up to 249 values, more than are taken in one run
				for j := range run {
					run[j] = 1000*i + j
				}
				n, o := r.TryPushBatch(run)
				want, room := mpmc.OK, min(len(run), 64, capacity-len(model))
				switch {
				case closed:
					want, room = mpmc.Closed, 0
				case room == 0:
					want = mpmc.Full
				}
				check(i, "run", o, want)
				if n != room {
					t.Fatalf("operation %d: %d values of a run of %d were pushed, want %d", i, n, len(run), room)
				}
				model = append(model, run[:n]...)
			case 1, 2:
				want := mpmc.OK
				switch {
				case closed:
					want = mpmc.Closed
				case len(model) == capacity:
					want = mpmc.Full
				default:
					model = append(model, i)
				}
				check(i, "push", r.TryPush(i), want)
			case 3, 4, 5:
				v, o := r.TryPop()
				if len(model) == 0 {
					check(i, "pop", o, empty())
					continue
				}
				check(i, "pop", o, mpmc.OK)
				if v != model[0] {
					t.Fatalf("operation %d: popped %d, want %d", i, v, model[0])
				}
				model = model[1:]
			case 6:
				want := mpmc.OK
				if len(model) == 0 {
					want = empty()
				}
				check(i, "peek", r.Peek(), want)
				if n := r.Pushed() - r.Popped(); n != uint64(len(model)) {
					t.Fatalf("operation %d: %d values by count, want %d", i, n, len(model))
				}
			case 7:
				if op < 0xf8 {
					continue // rarely, or hardly anything happens
				}
				if first := r.Close(); first == closed {
					t.Fatalf("operation %d: Close is %t, closed before: %t", i, first, closed)
				}
				closed = true
			}
		}
	})
}
