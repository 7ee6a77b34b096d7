package workerpool_test

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/ringpool"
)

func TestWithRunTimeObservesHowLongATaskRanAndNotHowLongItWaited(t *testing.T) {
	for name, newPool := range map[string]func(...workerpool.Option) workerpool.Pool{
		"ringpool": func(opts ...workerpool.Option) workerpool.Pool { return ringpool.New(1, opts...) },
		"chanpool": func(opts ...workerpool.Option) workerpool.Pool { return chanpool.New(1, opts...) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ran []time.Duration
				p := newPool(
					workerpool.WithPanicHandler(func(any, []byte) {}),
					workerpool.WithRunTime(1, func(d time.Duration) { ran = append(ran, d) }),
				)
				for i, end := range []func(){func() {}, func() { panic("boom") }, runtime.Goexit} {
					require.NoError(t, p.SubmitWait(func() { time.Sleep(time.Duration(i+1) * time.Second); end() }))
				}
				require.NoError(t, p.Wait(t.Context()))
				require.Equal(t, []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}, ran)
				p.Shutdown()
			})
		})
	}
}

func TestWithRunTimeRefusesBadValues(t *testing.T) {
	ignore := func(time.Duration) {}
	for want, option := range map[string]func(){
		`workerpool: WithRunTime: n is 0, must be at least 1`:  func() { workerpool.WithRunTime(0, ignore) },
		`workerpool: WithRunTime: n is -1, must be at least 1`: func() { workerpool.WithRunTime(-1, ignore) },
		`workerpool: WithRunTime: observe is nil`:              func() { workerpool.WithRunTime(1, nil) },
	} {
		require.PanicsWithValue(t, want, option)
	}
}
