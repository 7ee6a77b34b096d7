package poolotel_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/metrics/poolotel"
	"github.com/seed62337844/workerpool/ringpool"
)

// newTracer returns a tracer for the pool jobs, its provider, and a recorder of the
// spans that have ended.
func newTracer(t *testing.T) (*poolotel.Tracer, *sdk.TracerProvider, *tracetest.SpanRecorder) {
	t.Helper()
	spans := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
	tracer, err := poolotel.NewTracer(provider, "jobs")
	require.NoError(t, err)
	return tracer, provider, spans
}

func TestSpanOfATaskLinksToThatOfItsSubmit(t *testing.T) {
	tracer, provider, spans := newTracer(t)
	type valueKey struct{}
	ctx := context.WithValue(t.Context(), valueKey{}, "kept")
	ctx, submit := provider.Tracer("test").Start(ctx, "request")
	p := ringpool.New(1)
	var inside trace.SpanContext
	require.NoError(t, p.Submit(tracer.Task(ctx, "send mail", func(ctx context.Context) {
		inside = trace.SpanContextFromContext(ctx)
		require.Equal(t, "kept", ctx.Value(valueKey{}))
	})))
	p.Shutdown()
	submit.End()

	task := spans.Ended()[0]
	require.Equal(t, "send mail", task.Name())
	require.Equal(t, inside, task.SpanContext(), "f did not get the span of its task")
	require.False(t, task.Parent().IsValid())
	require.NotEqual(t, submit.SpanContext().TraceID(), task.SpanContext().TraceID())
	require.Len(t, task.Links(), 1)
	require.Equal(t, submit.SpanContext(), task.Links()[0].SpanContext)
	require.Equal(t, []attribute.KeyValue{attribute.String("workerpool.name", "jobs")}, task.Attributes())
	require.Equal(t, codes.Unset, task.Status().Code)
}

func TestTaskSubmittedOutsideOfASpanHasNoLink(t *testing.T) {
	tracer, _, spans := newTracer(t)
	tracer.Task(t.Context(), "send mail", func(context.Context) {})()
	require.Empty(t, spans.Ended()[0].Links())
}

func TestSpanOfATaskThatDoesNotReturnIsAnError(t *testing.T) {
	for name, end := range map[string]func(){"panic": boom, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			tracer, _, spans := newTracer(t)
			var values []any
			var place string
			p := ringpool.New(1, workerpool.WithPanicHandler(func(value any, stack []byte) {
				values, place = append(values, value), string(stack)
			}))
			require.NoError(t, p.Submit(tracer.Task(t.Context(), "send mail", func(context.Context) { end() })))
			p.Shutdown()
			require.Len(t, spans.Ended(), 1, "the span was not ended")
			require.Equal(t, codes.Error, spans.Ended()[0].Status().Code)
			if name == "panic" {
				require.Equal(t, []any{"boom"}, values)
				require.True(t, strings.Contains(place, "poolotel_test.boom"), "the stack begins elsewhere than the panic:\n%s", place)
			} else {
				require.Empty(t, values)
			}
		})
	}
}

func boom() { panic("boom") }

func TestTracerRefusesBadValues(t *testing.T) {
	for want, c := range map[string]struct {
		provider trace.TracerProvider
		name     string
	}{
		"provider is nil":                         {nil, "jobs"},
		"provider is a nil *trace.TracerProvider": {(*sdk.TracerProvider)(nil), "jobs"},
		"name is empty":                           {noop.NewTracerProvider(), ""},
		`name is "\xff", must be valid UTF-8`:     {noop.NewTracerProvider(), "\xff"},
	} {
		tracer, err := poolotel.NewTracer(c.provider, c.name)
		require.Nil(t, tracer)
		require.EqualError(t, err, "poolotel: NewTracer: "+want)
	}
	tracer, _, _ := newTracer(t)
	require.PanicsWithValue(t, "poolotel: Tracer.Task: f is nil", func() { tracer.Task(t.Context(), "send mail", nil) })
}
