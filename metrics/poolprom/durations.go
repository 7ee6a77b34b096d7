package poolprom

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed62337844/workerpool"
)

// Durations has two histograms of one pool: how long its tasks wait, and how long
// they run. Make one with [RegisterDurations]. Durations is a
// [prometheus.Collector], and safe for concurrent use.
type Durations struct {
	every     int
	wait, run prometheus.Histogram
	identity  *prometheus.Desc
}

// RegisterDurations registers two histograms with r, for the pool that will be
// registered under name, which is the value of their label pool. Pass their
// options to New:
//
//	durations, err := poolprom.RegisterDurations(registry, "jobs", 100)
//	if err != nil {
//		return err
//	}
//	p := ringpool.New(50, durations.Options()...)
//
// One task in n is observed, chosen at random; 1 means all tasks. So the counts
// of the histograms are those of a sample. The number of tasks is
// workerpool_task_completed_total.
//
// Each is both a native and a classic histogram, with buckets from ten microseconds
// to five minutes. A server that takes native histograms drops the classic ones,
// unless it is configured to keep both: then queries must not use _bucket and le.
// Tasks that panic are observed, too. The price is that of
// [workerpool.WithQueueWait] and [workerpool.WithRunTime], and the update of a
// histogram for each observed task.
//
// RegisterDurations returns nil and an error if r is nil or a nil pointer, if name is
// empty or not valid UTF-8, if n is less than 1, and if the registry refuses the
// histograms because the name is in use. In the last case the error wraps that of the
// registry.
func RegisterDurations(r prometheus.Registerer, name string, n int) (*Durations, error) {
	if err := checkNotNil("registerer", r); err != nil {
		return nil, fmt.Errorf("poolprom: RegisterDurations: %w", err)
	}
	if err := checkName(name); err != nil {
		return nil, fmt.Errorf("poolprom: RegisterDurations: %w", err)
	}
	if n < 1 {
		return nil, fmt.Errorf("poolprom: RegisterDurations: name %q: n is %d, must be at least 1", name, n)
	}
	d := &Durations{
		every:    n,
		wait:     newHistogram("workerpool_task_wait_duration_seconds", "Time from the submit of a task to its start, of a sample of tasks.", name),
		run:      newHistogram("workerpool_task_run_duration_seconds", "Time from the start of a task to its end, of a sample of tasks.", name),
		identity: newIdentity(),
	}
	if err := r.Register(d); err != nil {
		return nil, fmt.Errorf("poolprom: RegisterDurations: pool %q: %w", name, err)
	}
	return d, nil
}

// newHistogram returns a histogram of one pool. The factor comes from the client's
// documentation: each bucket's bound is 10 % larger than the one before. The limits
// keep a histogram of very different durations from growing without end.
func newHistogram(metric, help, pool string) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:        metric,
		Help:        help,
		ConstLabels: prometheus.Labels{"pool": pool},
		Buckets: []float64{
			.00001, .0001, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300,
		},
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  160,
		NativeHistogramMinResetDuration: time.Hour,
	})
}

// Options returns the options that make a pool observe its tasks. They are
// [workerpool.WithQueueWait] and [workerpool.WithRunTime], and replace earlier
// options of these names. Pass them to one pool only, because a histogram shows the
// tasks of one pool.
func (d *Durations) Options() []workerpool.Option {
	return []workerpool.Option{
		workerpool.WithQueueWait(d.every, func(waited time.Duration) { d.wait.Observe(waited.Seconds()) }),
		workerpool.WithRunTime(d.every, func(ran time.Duration) { d.run.Observe(ran.Seconds()) }),
	}
}

// Describe sends the descriptions of both histograms, and one that no other
// collector has; see [Collector.Describe].
func (d *Durations) Describe(descs chan<- *prometheus.Desc) {
	d.wait.Describe(descs)
	d.run.Describe(descs)
	descs <- d.identity
}

// Collect sends both histograms.
func (d *Durations) Collect(metrics chan<- prometheus.Metric) {
	d.wait.Collect(metrics)
	d.run.Collect(metrics)
}
