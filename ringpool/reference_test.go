package ringpool_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"
	"pgregory.net/rapid"

	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/internal/pooltest"
	"github.com/seed62337844/workerpool/ringpool"
)

// difference plays a script on a pool and on chanpool, and returns an error as soon as
// they differ.
func difference(t *testing.T, s script, under func(size int) pooltest.Pool) (err error) {
	synctest.Test(t, func(*testing.T) {
		reference := &player{stage: bubble, pool: newChanpool(s.size)}
		tested := &player{stage: bubble, pool: under(s.size)}
		synctest.Wait() // chanpool keeps the promise of its capacity once its workers have started
		compare := func(when string) {
			if want, got := reference.see(), tested.see(); err == nil && !want.equals(got) {
				err = fmt.Errorf("after %s:\nwant %+v\ngot  %+v", when, want, got)
			}
		}
		compare("New")
		for i, move := range s.moves {
			if err != nil {
				break
			}
			reference.play(move)
			tested.play(move)
			compare(fmt.Sprintf("step %d, %v", i, move))
		}
		reference.finish()
		tested.finish()
		compare("the end")
		if err == nil {
			err = tested.miscounted()
		}
	})
	return err
}

func newRingpool(size int) pooltest.Pool { return ringpool.New(size, quiet()) }
func newChanpool(size int) pooltest.Pool { return chanpool.New(size, quiet()) }

// scripts generates scripts for a pool of the given size, of 30 steps on the
// average; Repeat, unlike a slice, makes long ones and shrinks them well.
func scripts(size int) *rapid.Generator[script] {
	return rapid.Custom(func(t *rapid.T) script {
		s := script{size: size}
		t.Repeat(map[string]func(*rapid.T){"step": func(t *rapid.T) {
			s.moves = append(s.moves, move{rapid.SampledFrom(actions).Draw(t, "do"), rapid.IntRange(0, 3*size+7).Draw(t, "arg")})
		}})
		return s
	})
}

// For every script, ringpool does what chanpool does.
func TestRingpoolIsAsChanpool(t *testing.T) {
	for _, size := range []int{1, 2, 3, 7} {
		t.Run(fmt.Sprintf("size=%d", size), func(t *testing.T) {
			rapid.Check(t, func(check *rapid.T) {
				if err := difference(t, scripts(size).Draw(check, "script"), newRingpool); err != nil {
					check.Fatal(err)
				}
			})
		})
	}
}

// FuzzAgainstChanpool plays scripts that the fuzzer writes, one byte a step after
// the first, which says the size.
func FuzzAgainstChanpool(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 5, 8, 8, 15, 12})
	f.Add([]byte("\x01\x83\x05\x05\x16\x36\x56\x08\x08\x0c\x00\x0f"))
	f.Add([]byte("\x02\xf3\x05\x25\x45\x65\x0c\x0c\x0f\x05"))
	f.Fuzz(func(t *testing.T, bytes []byte) {
		if len(bytes) == 0 || len(bytes) > 100 {
			return
		}
		s := script{size: 1 + int(bytes[0]%8)}
		for _, b := range bytes[1:] {
			s.moves = append(s.moves, move{actions[int(b)%len(actions)], int(b) / len(actions)})
		}
		if err := difference(t, s, newRingpool); err != nil {
			t.Fatalf("%v\n%v", s, err)
		}
	})
}

// A wrongPool is a ringpool with a fault.
type wrongPool struct {
	*ringpool.Pool
	fault   string
	submits atomic.Int32
}

const (
	refusesOne     = "refuses one submit in ten"
	dropsOne       = "drops one task in ten"
	runsOneTwice   = "runs one task in ten twice"
	neverWaits     = "says full instead of waiting"
	takesNil       = "takes a nil task"
	shutsDownEarly = "returns from Shutdown at once"
	countsWaiters  = "counts waiting submits as refused"
)

func (p *wrongPool) Submit(task func()) error { return p.submit(p.Pool.Submit, task) }

func (p *wrongPool) SubmitWait(task func()) error {
	switch p.fault {
	case neverWaits:
		return p.submit(p.Pool.Submit, task)
	case countsWaiters:
		if err := p.Pool.Submit(task); err != ringpool.ErrPoolFull {
			return err
		}
	}
	return p.submit(p.Pool.SubmitWait, task)
}

func (p *wrongPool) submit(method func(func()) error, task func()) error {
	strikes := task != nil && p.submits.Inc()%10 == 0
	switch {
	case p.fault == takesNil && task == nil:
		task = func() {}
	case p.fault == refusesOne && strikes:
		return ringpool.ErrPoolFull
	case p.fault == dropsOne && strikes:
		task = func() {}
	case p.fault == runsOneTwice && strikes:
		return method(func() { defer task(); task() })
	}
	return method(task)
}

func (p *wrongPool) Shutdown() {
	if p.fault == shutsDownEarly {
		go p.Pool.Shutdown()
		return
	}
	p.Pool.Shutdown()
}

// A wrong pool differs from chanpool, and a script shows it.
func TestAWrongPoolIsNotAsChanpool(t *testing.T) {
	const most = 200
	for _, fault := range []string{refusesOne, dropsOne, runsOneTwice, neverWaits, takesNil, shutsDownEarly, countsWaiters} {
		t.Run(fault, func(t *testing.T) {
			for i := range most {
				if err := difference(t, scripts(2).Example(i), func(size int) pooltest.Pool {
					return &wrongPool{Pool: ringpool.New(size, quiet()), fault: fault}
				}); err != nil {
					require.Regexp(t, "^(after |task )", err)
					t.Logf("found with script %d", i+1)
					return
				}
			}
			t.Errorf("%d scripts do not tell the wrong pool from the right one", most)
		})
	}
}
