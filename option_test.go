package workerpool_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/options"
)

func TestOptionsApplyInOrder(t *testing.T) {
	var called string
	name := func(s string) workerpool.Option {
		return workerpool.WithPanicHandler(func(any, []byte) { called = s })
	}
	o := options.Apply("p", []workerpool.Option{name("first"), name("last")})
	o.PanicHandler(nil, nil)
	require.Equal(t, "last", called)
}

func TestNilOptionPanicsWithItsIndex(t *testing.T) {
	require.PanicsWithValue(t, "p: New: opts[1] is nil", func() {
		options.Apply("p", []workerpool.Option{workerpool.WithPanicHandler(func(any, []byte) {}), nil})
	})
}

func TestNilHandlerPanics(t *testing.T) {
	require.PanicsWithValue(t, "workerpool: WithPanicHandler: handler is nil", func() {
		workerpool.WithPanicHandler(nil)
	})
}

func TestOptionsRefuseBadValues(t *testing.T) {
	ignore := func(time.Duration) {}
	ignoreSlow := func(workerpool.SlowTask) {}
	for want, option := range map[string]func(){
		`workerpool: WithName: name is "", must be printable and not empty`:      func() { workerpool.WithName("") },
		`workerpool: WithName: name is "a\nb", must be printable and not empty`:  func() { workerpool.WithName("a\nb") },
		`workerpool: WithName: name is "a\xff", must be printable and not empty`: func() { workerpool.WithName("a\xff") },
		`workerpool: WithSlowTask: threshold is 0s, must be positive`:            func() { workerpool.WithSlowTask(0, ignoreSlow) },
		`workerpool: WithSlowTask: threshold is -1s, must be positive`:           func() { workerpool.WithSlowTask(-time.Second, ignoreSlow) },
		`workerpool: WithSlowTask: report is nil`:                                func() { workerpool.WithSlowTask(1, nil) },
		`workerpool: WithQueueWait: n is 0, must be at least 1`:                  func() { workerpool.WithQueueWait(0, ignore) },
		`workerpool: WithQueueWait: n is -1, must be at least 1`:                 func() { workerpool.WithQueueWait(-1, ignore) },
		`workerpool: WithQueueWait: observe is nil`:                              func() { workerpool.WithQueueWait(1, nil) },
		`workerpool: WithIdleTimeout: timeout is 0s, must be positive`:           func() { workerpool.WithIdleTimeout(0) },
		`workerpool: WithIdleTimeout: timeout is -1s, must be positive`:          func() { workerpool.WithIdleTimeout(-time.Second) },
	} {
		require.PanicsWithValue(t, want, option)
	}
	require.NotPanics(t, func() { workerpool.WithName("Grüße an 世界") })
}
