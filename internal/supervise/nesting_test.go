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

// dive runs tasks inside one another while MayDo allows it, and returns their
// number. There are a few other frames between them.
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

// Tasks that panic or call Goexit no longer count.
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
	require.Zero(t, supervise.InCallers())
	require.Equal(t, limit, dive(s))
}

// Tasks on other goroutines do not change the depth of this one.
func TestTasksInOtherCallersDoNotCount(t *testing.T) {
	s := supervisor()
	var begun, ended sync.WaitGroup
	release := make(chan struct{})
	for range 2 * limit {
		begun.Add(1)
		ended.Go(func() {
			s.Do(func() {
				if !s.MayDo() {
					t.Error("a task is refused that is inside only one other")
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

// The limit is for a goroutine's stack, and not for a pool: tasks of all pools count.
func TestTasksInCallersOfSeveralPoolsNestToOneLimit(t *testing.T) {
	for pools := 2; pools <= 5; pools++ {
		var all []*supervise.Supervisor
		for range pools {
			all = append(all, supervisor())
		}
		depth := 0
		var next func()
		next = func() {
			if s := all[depth%pools]; s.MayDo() {
				depth++
				s.Do(next)
			}
		}
		next()
		require.Equal(t, limit, depth, "tasks of %d pools inside one another", pools)
		for _, s := range all {
			require.Equal(t, limit, dive(s))
		}
	}
}

// A panic in a nested task ends that task, and not the task that it is inside
// of.
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
