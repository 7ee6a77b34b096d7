package pool_test

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/pool"
	"github.com/seed62337844/workerpool/internal/pooltest"
)

func TestOptionsApplyInOrder(t *testing.T) {
	var called string
	name := func(s string) pool.Option {
		return pool.WithPanicHandler(func(any, []byte) { called = s })
	}
	o := pool.MakeOptions("p", []pool.Option{name("first"), name("last")})
	o.PanicHandler(nil, nil)
	require.Equal(t, "last", called)
}

func TestNilOptionPanicsWithItsIndex(t *testing.T) {
	require.PanicsWithValue(t, "p: New: opts[1] is nil", func() {
		pool.MakeOptions("p", []pool.Option{pool.WithPanicHandler(func(any, []byte) {}), nil})
	})
}

func TestNilHandlerPanics(t *testing.T) {
	require.PanicsWithValue(t, "workerpool: WithPanicHandler: handler is nil", func() {
		pool.WithPanicHandler(nil)
	})
}

func TestPanicHandlerIsOneErrorRecordByDefault(t *testing.T) {
	text := logToBuffer(t)
	pool.MakeOptions("p", nil).PanicHandler("the value", []byte("the stack"))
	require.Equal(t, "level=ERROR msg=\"p: task panicked\" panic=\"the value\" stack=\"the stack\"\n", text.String())
}

// logToBuffer sends the default log, without the time, to the returned buffer
// until t ends.
func logToBuffer(t *testing.T) *bytes.Buffer {
	text := new(bytes.Buffer)
	pooltest.LogTo(t, slog.NewTextHandler(text, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	return text
}

func TestOptionsRefuseBadValues(t *testing.T) {
	ignore := func(time.Duration) {}
	for want, option := range map[string]func(){
		`workerpool: WithName: name is "", must be printable and not empty`:      func() { pool.WithName("") },
		`workerpool: WithName: name is "a\nb", must be printable and not empty`:  func() { pool.WithName("a\nb") },
		`workerpool: WithName: name is "a\xff", must be printable and not empty`: func() { pool.WithName("a\xff") },
		`workerpool: WithSlowTask: threshold is 0s, must be positive`:            func() { pool.WithSlowTask(0, ignore) },
		`workerpool: WithSlowTask: threshold is -1s, must be positive`:           func() { pool.WithSlowTask(-time.Second, ignore) },
		`workerpool: WithSlowTask: report is nil`:                                func() { pool.WithSlowTask(1, nil) },
		`workerpool: WithQueueWait: every is 0, must be at least 1`:              func() { pool.WithQueueWait(0, ignore) },
		`workerpool: WithQueueWait: every is -1, must be at least 1`:             func() { pool.WithQueueWait(-1, ignore) },
		`workerpool: WithQueueWait: observe is nil`:                              func() { pool.WithQueueWait(1, nil) },
		`workerpool: WithIdleTimeout: timeout is 0s, must be positive`:           func() { pool.WithIdleTimeout(0) },
		`workerpool: WithIdleTimeout: timeout is -1s, must be positive`:          func() { pool.WithIdleTimeout(-time.Second) },
	} {
		require.PanicsWithValue(t, want, option)
	}
	require.NotPanics(t, func() { pool.WithName("Grüße an 世界") })
}
