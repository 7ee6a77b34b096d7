package poolotel

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/seed62337844/workerpool"
)

// Durations has two histograms of one pool: how long its tasks wait, and how long
// they run. Make one with [NewDurations]. It is safe for concurrent use.
type Durations struct {
	every      int
	wait, run  metric.Float64Histogram
	attributes []metric.RecordOption
}

// NewDurations makes two histograms, with a meter of provider, for the pool called
// name, which is the value of the attribute workerpool.name. Pass their options to
// New:
//
//	durations, err := poolotel.NewDurations(provider, "jobs", 100)
//	if err != nil {
//		return err
//	}
//	p := ringpool.New(50, durations.Options()...)
//
// One task in n is observed, chosen at random; 1 means all tasks. So the counts
// are those of a sample. Tasks that panic are observed, too. The buckets are from ten
// microseconds to five minutes, unless a view of the provider says otherwise.
//
// NewDurations returns nil and an error if provider is nil or a nil pointer, if name
// is empty or not valid UTF-8, if n is less than 1, and if the provider refuses an
// instrument.
func NewDurations(provider metric.MeterProvider, name string, n int) (*Durations, error) {
	d, err := newDurations(provider, name, n)
	if err != nil {
		return nil, fmt.Errorf("poolotel: NewDurations: %w", err)
	}
	return d, nil
}

func newDurations(provider metric.MeterProvider, name string, n int) (d *Durations, err error) {
	if err := cmp.Or(checkNotNil("provider", provider), checkName(name)); err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, fmt.Errorf("name %q: n is %d, must be at least 1", name, n)
	}
	d = &Durations{
		every:      n,
		attributes: []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(nameKey.String(name)))},
	}
	meter := provider.Meter(scope)
	histogram := func(metricName, help string) (h metric.Float64Histogram) {
		if err == nil {
			h, err = meter.Float64Histogram(metricName, metric.WithUnit("s"), metric.WithDescription(help),
				metric.WithExplicitBucketBoundaries(bounds...))
		}
		return h
	}
	d.wait = histogram("workerpool.task.wait.duration", "Time from the submit of a task to its start, of a sample of tasks.")
	d.run = histogram("workerpool.task.run.duration", "Time from the start of a task to its end, of a sample of tasks.")
	if err != nil {
		return nil, fmt.Errorf("name %q: %w", name, err)
	}
	return d, nil
}

// bounds are the bounds of module poolprom, in seconds.
var bounds = []float64{.00001, .0001, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}

// Options returns the options that make a pool observe its tasks. They are
// [workerpool.WithQueueWait] and [workerpool.WithRunTime], and replace earlier
// options of these names. Pass them to one pool only, because a histogram shows the
// tasks of one pool.
func (d *Durations) Options() []workerpool.Option {
	return []workerpool.Option{
		workerpool.WithQueueWait(d.every, d.observer(d.wait)),
		workerpool.WithRunTime(d.every, d.observer(d.run)),
	}
}

func (d *Durations) observer(h metric.Float64Histogram) func(time.Duration) {
	return func(took time.Duration) { h.Record(context.Background(), took.Seconds(), d.attributes...) }
}
