package main

import (
	"context"
	"errors"
	"expvar"
	"net/http"
	"net/http/pprof"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	metricsdk "go.opentelemetry.io/otel/sdk/metric"
	tracesdk "go.opentelemetry.io/otel/sdk/trace"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/metrics/poolexpvar"
	"github.com/seed62337844/workerpool/metrics/poolotel"
	"github.com/seed62337844/workerpool/metrics/poolpage"
	"github.com/seed62337844/workerpool/metrics/poolprom"
)

// The histograms observe one task in this many.
const every = 10

// A watch has everything that shows the pools of the service.
type watch struct {
	registry *prometheus.Registry
	vars     *expvar.Map
	page     poolpage.Page

	// OpenTelemetry, if there is a receiver.
	meters *metricsdk.MeterProvider
	traces *tracesdk.TracerProvider

	// By the pool's name. Written before the first request.
	tracers map[string]*poolotel.Tracer
	entries map[string]*poolpage.Entry
}

// newWatch returns a watch. If otlp is not empty, it is the address of a receiver
// of OpenTelemetry.
func newWatch(ctx context.Context, otlp string) (*watch, error) {
	w := &watch{
		registry: prometheus.NewRegistry(),
		vars:     new(expvar.Map),
		tracers:  map[string]*poolotel.Tracer{},
		entries:  map[string]*poolpage.Entry{},
	}
	w.registry.MustRegister(collectors.NewGoCollector())
	if otlp == "" {
		return w, nil
	}
	metrics, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(otlp+"/v1/metrics"))
	if err != nil {
		return nil, err
	}
	traces, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(otlp+"/v1/traces"))
	if err != nil {
		return nil, err
	}
	w.meters = metricsdk.NewMeterProvider(metricsdk.WithReader(metricsdk.NewPeriodicReader(metrics)))
	w.traces = tracesdk.NewTracerProvider(tracesdk.WithBatcher(traces))
	return w, nil
}

// options returns the options of a pool that is shown under name. A pool has only
// one observer of its durations, so with OpenTelemetry there are no histograms for
// Prometheus.
func (w *watch) options(name string) ([]workerpool.Option, error) {
	options := []workerpool.Option{workerpool.WithName(name), workerpool.WithProfileLabel()}
	if w.meters != nil {
		durations, err := poolotel.NewDurations(w.meters, name, every)
		if err != nil {
			return nil, err
		}
		tracer, err := poolotel.NewTracer(w.traces, name)
		w.tracers[name] = tracer
		return append(options, durations.Options()...), err
	}
	durations, err := poolprom.RegisterDurations(w.registry, name, every)
	if err != nil {
		return nil, err
	}
	return append(options, durations.Options()...), nil
}

// add adds the pool to everything that shows pools.
func (w *watch) add(p workerpool.Pool) error {
	_, err := poolprom.Register(w.registry, p.Name(), p)
	w.vars.Set(p.Name(), poolexpvar.Var(p))
	entry, pageErr := w.page.Add(p.Name(), p)
	w.entries[p.Name()] = entry
	err = errors.Join(err, pageErr)
	if w.meters != nil {
		_, otelErr := poolotel.Register(w.meters, p.Name(), p)
		err = errors.Join(err, otelErr)
	}
	return err
}

// task returns a task that calls f, is on the page while it runs, and has a span if
// there is a receiver. The page shows the name of f, so it comes first.
func (w *watch) task(ctx context.Context, pool string, f func()) func() {
	task := w.entries[pool].Task(f)
	if tracer := w.tracers[pool]; tracer != nil {
		return tracer.Task(ctx, pool, func(context.Context) { task() })
	}
	return task
}

// handler returns the handler of the private port.
func (w *watch) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(w.registry, promhttp.HandlerOpts{Registry: w.registry, EnableOpenMetrics: true}))
	mux.HandleFunc("GET /debug/vars", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = rw.Write([]byte(`{"pools": ` + w.vars.String() + "}\n"))
	})
	mux.Handle("GET /debug/pools", &w.page)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// shutdown sends what has not been sent to the receiver yet.
func (w *watch) shutdown(ctx context.Context) error {
	if w.meters == nil {
		return nil
	}
	return errors.Join(w.meters.Shutdown(ctx), w.traces.Shutdown(ctx))
}
