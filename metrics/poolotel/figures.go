package poolotel

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/seed62337844/workerpool"
)

// A figure is what one instrument shows of each pool. Some instruments have a figure
// for each reason.
type figure struct {
	name, unit, reason, help string
	counts                   bool // it never decreases
	value                    func(*workerpool.Stats) int64
}

// An observer observes one figure of one pool.
type observer struct {
	instrument metric.Int64Observable
	attributes metric.MeasurementOption
	value      func(*workerpool.Stats) int64
}

func (of observer) observe(o metric.Observer, s *workerpool.Stats) {
	o.ObserveInt64(of.instrument, of.value(s), of.attributes)
}

// make makes the observer of the figure, for the pool called name. A meter returns
// the same instrument for the same figure of another pool.
func (f figure) make(meter metric.Meter, name string) (of observer, err error) {
	attributes := []attribute.KeyValue{nameKey.String(name)}
	if f.reason != "" {
		attributes = append(attributes, reasonKey.String(f.reason))
	}
	of.attributes = metric.WithAttributeSet(attribute.NewSet(attributes...))
	of.value = f.value
	if f.counts {
		of.instrument, err = meter.Int64ObservableCounter(f.name, metric.WithUnit(f.unit), metric.WithDescription(f.help))
	} else {
		of.instrument, err = meter.Int64ObservableUpDownCounter(f.name, metric.WithUnit(f.unit), metric.WithDescription(f.help))
	}
	return of, err
}

// One instrument shows the three figures of this name.
const (
	rejected     = "workerpool.task.rejected"
	rejectedHelp = "Tasks not accepted, because the pool was full, or closed, or because their submitter's context ended."
)

var figures = []figure{
	{
		name: "workerpool.worker.limit", unit: "{worker}",
		help:  "Workers, the size of the pool.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Size) },
	},
	{
		name: "workerpool.worker.started", unit: "{worker}",
		help:  "Workers that have a goroutine, or had one at the shutdown.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Started) },
	},
	{
		name: "workerpool.worker.busy", unit: "{worker}",
		help:  "Workers that are not idle.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Busy) },
	},
	{
		name: "workerpool.queue.capacity", unit: "{task}",
		help:  "Tasks that can be queued.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Capacity) },
	},
	{
		name: "workerpool.queue.size", unit: "{task}",
		help:  "Tasks accepted and not yet taken by a worker.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Queued) },
	},
	{
		name: "workerpool.submit.waiting", unit: "{call}",
		help:  "Calls that wait for room in the queue.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Waiting) },
	},
	{
		name: "workerpool.task.submitted", unit: "{task}", counts: true,
		help:  "Tasks accepted.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Submitted) },
	},
	{
		name: "workerpool.task.completed", unit: "{task}", counts: true,
		help:  "Tasks that have ended, also by a panic or a runtime.Goexit.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Completed) },
	},
	{
		name: "workerpool.task.panicked", unit: "{task}", counts: true,
		help:  "Tasks that have panicked.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Panicked) },
	},
	{
		name: "workerpool.task.expired", unit: "{task}", counts: true,
		help:  "Tasks completed without a call of their function, because their context had ended.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Expired) },
	},
	{
		name: "workerpool.task.returned", unit: "{task}", counts: true,
		help:  "Tasks that ShutdownNow has returned, and that the pool has not run.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Returned) },
	},
	{
		name: rejected, unit: "{task}", reason: "full", counts: true,
		help:  rejectedHelp,
		value: func(s *workerpool.Stats) int64 { return int64(s.Rejected) },
	},
	{
		name: rejected, unit: "{task}", reason: "closed", counts: true,
		help:  rejectedHelp,
		value: func(s *workerpool.Stats) int64 { return int64(s.RejectedClosed) },
	},
	{
		name: rejected, unit: "{task}", reason: "canceled", counts: true,
		help:  rejectedHelp,
		value: func(s *workerpool.Stats) int64 { return int64(s.Canceled) },
	},
	{
		name: "workerpool.task.caller_run", unit: "{task}", counts: true,
		help:  "Tasks that SubmitOrRun ran in its caller, because the pool was full; not counted as submitted, completed or rejected.",
		value: func(s *workerpool.Stats) int64 { return int64(s.CallerRuns) },
	},
	{
		name: "workerpool.worker.parked", unit: "{park}", counts: true,
		help:  "Times that a worker became idle; always 0 for chanpool.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Parks) },
	},
	{
		name: "workerpool.worker.woken", unit: "{wake}", counts: true,
		help:  "Times that an idle worker was claimed for a task; always 0 for chanpool.",
		value: func(s *workerpool.Stats) int64 { return int64(s.Wakes) },
	},
}
