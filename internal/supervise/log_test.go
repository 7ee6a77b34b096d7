package supervise_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/pooltest"
	"github.com/seed62337844/workerpool/internal/supervise"
)

func TestPanicHandlerIsOneErrorRecordByDefault(t *testing.T) {
	text := logToBuffer(t)
	supervise.LogPanic("p", "")("the value", []byte("the stack"))
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
