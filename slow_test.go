package workerpool_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
)

// The report names the function that the user wrote, also if a task was made
// around it.
func TestASlowTaskHasTheNameOfTheUsersFunction(t *testing.T) {
	_, file, line, _ := runtime.Caller(0)
	task := func() { time.Sleep(time.Second) } // 1 below
	inGroup := func(context.Context) error { task(); return nil }
	inResult := func() (int, error) { task(); return 0, nil }
	withContext := func(context.Context) (int, error) { task(); return 0, nil }
	inMap := func(context.Context, int) (int, error) { task(); return 0, nil }
	inBubbles(t, func(t *testing.T, newPool makePool) {
		for _, timed := range []bool{false, true} {
			var slow []workerpool.SlowTask
			opts := []workerpool.Option{workerpool.WithSlowTask(time.Second, func(task workerpool.SlowTask) { slow = append(slow, task) })}
			if timed {
				opts = append(opts, workerpool.WithQueueWait(1, func(time.Duration) {}))
			}
			p := newPool(1, opts...)
			for i, submit := range []func() error{
				func() error { return p.Submit(task) },
				func() error { return workerpool.NewGroup(t.Context(), p).Go(inGroup) },
				func() error { _, err := workerpool.Go(p, inResult); return err },
				func() error { _, err := workerpool.GoContext(t.Context(), p, withContext); return err },
				func() error {
					for _, err := range workerpool.Map(t.Context(), mapPool(p), numbers(1, new(int)), inMap) {
						return err
					}
					return nil
				},
			} {
				require.NoError(t, submit())
				time.Sleep(time.Minute)
				synctest.Wait()
				require.Len(t, slow, i+1)
				require.Equal(t, time.Second, slow[i].Took)
				require.Contains(t, slow[i].Name, "workerpool_test.TestASlowTaskHasTheNameOfTheUsersFunction.func")
				require.Equal(t, file, slow[i].File)
				require.Equal(t, line+1+i, slow[i].Line)
			}
		}
	})
}
