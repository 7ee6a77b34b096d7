package poolotel_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	collectmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collecttraces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	metricsdk "go.opentelemetry.io/otel/sdk/metric"
	tracesdk "go.opentelemetry.io/otel/sdk/trace"

	"github.com/seed62337844/workerpool/metrics/poolotel"
	"github.com/seed62337844/workerpool/ringpool"
)

// A receiver takes OTLP by HTTP, as a collector does.
type receiver struct {
	mu      sync.Mutex // guards what follows
	metrics []*collectmetrics.ExportMetricsServiceRequest
	traces  []*collecttraces.ExportTraceServiceRequest
	err     error
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, err := io.ReadAll(request.Body)
	if err == nil {
		switch request.URL.Path {
		case "/v1/metrics":
			m := new(collectmetrics.ExportMetricsServiceRequest)
			err = proto.Unmarshal(text, m)
			r.metrics = append(r.metrics, m)
		case "/v1/traces":
			m := new(collecttraces.ExportTraceServiceRequest)
			err = proto.Unmarshal(text, m)
			r.traces = append(r.traces, m)
		default:
			http.NotFound(w, request)
			return
		}
	}
	if err != nil {
		r.err = err
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func TestMetricsAndSpansArriveAtAnOTLPReceiver(t *testing.T) {
	r := new(receiver)
	server := httptest.NewServer(r)
	defer server.Close()
	ctx := context.Background()

	metrics, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(server.URL+"/v1/metrics"))
	require.NoError(t, err)
	meters := metricsdk.NewMeterProvider(metricsdk.WithReader(metricsdk.NewPeriodicReader(metrics)))
	traces, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(server.URL+"/v1/traces"))
	require.NoError(t, err)
	tracers := tracesdk.NewTracerProvider(tracesdk.WithBatcher(traces))

	durations, err := poolotel.NewDurations(meters, "jobs", 1)
	require.NoError(t, err)
	tracer, err := poolotel.NewTracer(tracers, "jobs")
	require.NoError(t, err)
	p := ringpool.New(2, durations.Options()...)
	_, err = poolotel.Register(meters, "jobs", p)
	require.NoError(t, err)

	submitCtx, submit := tracers.Tracer("test").Start(ctx, "request")
	for range 3 {
		require.NoError(t, p.Submit(tracer.Task(submitCtx, "send mail", func(context.Context) {})))
	}
	submit.End()
	p.Shutdown()
	require.NoError(t, meters.Shutdown(ctx))
	require.NoError(t, tracers.Shutdown(ctx))

	r.mu.Lock()
	defer r.mu.Unlock()
	require.NoError(t, r.err)
	var completed, waits int
	for _, request := range r.metrics {
		for _, resource := range request.GetResourceMetrics() {
			for _, scope := range resource.GetScopeMetrics() {
				for _, m := range scope.GetMetrics() {
					switch m.GetName() {
					case "workerpool.task.completed":
						completed = int(m.GetSum().GetDataPoints()[0].GetAsInt())
						require.True(t, m.GetSum().GetIsMonotonic())
					case "workerpool.task.wait.duration":
						waits = int(m.GetHistogram().GetDataPoints()[0].GetCount())
					}
				}
			}
		}
	}
	require.Equal(t, 3, completed)
	require.Equal(t, 3, waits)

	linked := 0
	want := submit.SpanContext().SpanID()
	for _, request := range r.traces {
		for _, resource := range request.GetResourceSpans() {
			for _, scope := range resource.GetScopeSpans() {
				for _, s := range scope.GetSpans() {
					if s.GetName() == "send mail" {
						require.Len(t, s.GetLinks(), 1)
						require.Equal(t, want[:], s.GetLinks()[0].GetSpanId())
						linked++
					}
				}
			}
		}
	}
	require.Equal(t, 3, linked)
}
