package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	metricsdk "go.opentelemetry.io/otel/sdk/metric"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/metrics/poolotel"
	"github.com/seed62337844/workerpool/metrics/poolprom"
	"github.com/seed62337844/workerpool/ringpool"
)

// A dashboard for one module works with the other if the label is renamed.
func TestNamesOfPoolotelBecomeThoseOfPoolpromByOpenTelemetrysRules(t *testing.T) {
	ours := prometheus.NewRegistry()
	durations, err := poolprom.RegisterDurations(ours, "jobs", 1)
	must(t, err)
	p := ringpool.New(1, durations.Options()...)
	_, err = poolprom.Register(ours, "jobs", p)
	must(t, err)

	translated := prometheus.NewRegistry()
	reader, err := exporter.New(exporter.WithRegisterer(translated), exporter.WithoutTargetInfo(), exporter.WithoutScopeInfo())
	must(t, err)
	meters := metricsdk.NewMeterProvider(metricsdk.WithReader(reader))
	otherDurations, err := poolotel.NewDurations(meters, "jobs", 1)
	must(t, err)
	other := ringpool.New(1, otherDurations.Options()...)
	_, err = poolotel.Register(meters, "jobs", other)
	must(t, err)

	for _, p := range []workerpool.Pool{p, other} {
		must(t, p.Submit(func() {}))
		p.Shutdown()
	}
	want, got := families(t, ours), families(t, translated)
	if len(want) == 0 || !maps.Equal(want, got) {
		t.Errorf("poolprom has\n%s\npoolotel becomes\n%s", list(want), list(got))
	}
}

// families returns the kind and the help of each metric, by its name.
func families(t *testing.T, registry *prometheus.Registry) map[string]string {
	t.Helper()
	all, err := registry.Gather()
	must(t, err)
	found := map[string]string{}
	for _, family := range all {
		found[family.GetName()] = family.GetType().String() + " " + family.GetHelp()
	}
	return found
}

func list(families map[string]string) string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(families)) {
		text.WriteString(name + " " + families[name] + "\n")
	}
	return text.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
