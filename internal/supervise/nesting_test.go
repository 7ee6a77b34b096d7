package supervise_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/options"
	"github.com/seed62337844/workerpool/internal/supervise"
)

const limit = 1000

// dive runs tasks inside one another as long as it may, and returns how many. Each
// is below a few other frames.
func dive(s *supervise.Supervisor) (depth int) {
	var next func(frames int)
	next = func(frames int) {
		if frames > 0 {
			next(frames - 1)
			return
		}
		if s.MayDo() {
			depth++
			s.Do(func() { next(depth % 7) })
		}
	}
	next(0)
	return depth
}

func supervisor() *supervise.Supervisor {
	s := new(supervise.Supervisor)
	s.Init("p", options.Options{PanicHandler: func(any, []byte) {}})
	return s
}

func TestTasksInCallersNestToTheLimitAndNoDeeper(t *testing.T) {
	s := supervisor()
	for range 3 {
		require.Equal(t, limit, dive(s))
	}
}

// Tasks that end in other ways leave no trace.
func TestTasksInCallersThatDoNotReturnAreOver(t *testing.T) {
	s := supervisor()
	for range 2 * limit {
		s.Do(func() { panic("boom") })
	}
	var exits sync.WaitGroup
	for range 2 * limit {
		exits.Go(func() { s.Do(runtime.Goexit) })
	}
	exits.Wait()
	require.Zero(t, supervise.InCallers(s))
	require.Equal(t, limit, dive(s))
}

// Many goroutines that run one task each are as good as none.
func TestTasksInOtherCallersDoNotCount(t *testing.T) {
	s := supervisor()
	var begun, ended sync.WaitGroup
	release := make(chan struct{})
	for range 2 * limit {
		begun.Add(1)
		ended.Go(func() {
			s.Do(func() {
				if !s.MayDo() {
					t.Error("a task is refused that is in one other")
				}
				begun.Done()
				<-release
			})
		})
	}
	begun.Wait()
	require.Equal(t, limit, dive(s))
	close(release)
	ended.Wait()
}

// It is the goroutine's stack that has a limit, and not the pool.
func TestTasksInCallersOfSeveralPoolsHaveALimitToo(t *testing.T) {
	one, other := supervisor(), supervisor()
	depth := 0
	var next func(a, b *supervise.Supervisor)
	next = func(a, b *supervise.Supervisor) {
		if a.MayDo() {
			depth++
			a.Do(func() { next(b, a) })
		}
	}
	next(one, other)
	require.Equal(t, 2*limit, depth)
}

// No panic in a task may be without effect on those that it is in.
func TestAPanicInANestedTaskEndsThatTaskAlone(t *testing.T) {
	s := supervisor()
	after := false
	s.Do(func() {
		s.Do(func() { panic("boom") })
		after = true
	})
	require.True(t, after)
	require.EqualValues(t, 1, s.Panicked.Load())
}
