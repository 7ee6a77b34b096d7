package poolotel_test

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/seed62337844/workerpool/metrics/poolotel"
	"github.com/seed62337844/workerpool/ringpool"
)

// The pool's figures and a sample of its durations, read like an exporter does.
func Example() {
	reader := metric.NewManualReader()
	provider := metric.NewMeterProvider(metric.WithReader(reader))

	durations, err := poolotel.NewDurations(provider, "jobs", 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := ringpool.New(4, durations.Options()...)
	jobs, err := poolotel.Register(provider, "jobs", p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		_ = p.Submit(func() {})
	}
	p.Shutdown()

	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range all.ScopeMetrics[0].Metrics {
		if m.Name == "workerpool.task.completed" {
			fmt.Println(m.Name, m.Data.(metricdata.Sum[int64]).DataPoints[0].Value)
		}
	}
	if err := jobs.Unregister(); err != nil { // this pool is not coming back
		fmt.Println(err)
	}
	// Output: workerpool.task.completed 3
}
