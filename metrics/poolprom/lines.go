package poolprom

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed62337844/workerpool"
)

// A line is a metric that is exposed for each pool.
type line struct {
	name, reason, help string
	kind               prometheus.ValueType
	value              func(*workerpool.Stats) float64
}

const (
	counter = prometheus.CounterValue
	gauge   = prometheus.GaugeValue
)

// Three lines share these, because Prometheus has one help text for each name.
const (
	rejected     = "workerpool_task_rejected_total"
	rejectedHelp = "Tasks not accepted, because the pool was full, or closed, or because their submitter's context ended."
)

// The counts become floating-point numbers, like all values in Prometheus. They
// are exact up to 2^53 tasks.
var lines = []line{
	{
		name:  "workerpool_task_submitted_total",
		help:  "Tasks accepted.",
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.Submitted) },
	},
	{
		name:  "workerpool_task_completed_total",
		help:  "Tasks that have ended, also by a panic or a runtime.Goexit.",
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.Completed) },
	},
	{
		name:  "workerpool_task_expired_total",
		help:  "Tasks completed without a call of their function, because their context had ended.",
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.Expired) },
	},
	{
		name:  "workerpool_task_returned_total",
		help:  "Tasks that ShutdownNow has returned, and that the pool has not run.",
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.Returned) },
	},
	{
		name: rejected, reason: "full",
		help:  rejectedHelp,
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.Rejected) },
	},
	{
		name: rejected, reason: "closed",
		help:  rejectedHelp,
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.RejectedClosed) },
	},
	{
		name: rejected, reason: "canceled",
		help:  rejectedHelp,
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.Canceled) },
	},
	{
		name:  "workerpool_task_caller_run_total",
		help:  "Tasks that SubmitOrRun ran in its caller, because the pool was full; not counted as submitted, completed or rejected.",
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.CallerRuns) },
	},
	{
		name:  "workerpool_task_panicked_total",
		help:  "Tasks that have panicked.",
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.Panicked) },
	},
	{
		name:  "workerpool_queue_size",
		help:  "Tasks accepted and not yet taken by a worker.",
		kind:  gauge,
		value: func(s *workerpool.Stats) float64 { return float64(s.Queued) },
	},
	{
		name:  "workerpool_queue_capacity",
		help:  "Tasks that can be queued.",
		kind:  gauge,
		value: func(s *workerpool.Stats) float64 { return float64(s.Capacity) },
	},
	{
		name:  "workerpool_worker_limit",
		help:  "Workers, the size of the pool.",
		kind:  gauge,
		value: func(s *workerpool.Stats) float64 { return float64(s.Size) },
	},
	{
		name:  "workerpool_worker_started",
		help:  "Workers that have a goroutine, or had one at the shutdown.",
		kind:  gauge,
		value: func(s *workerpool.Stats) float64 { return float64(s.Started) },
	},
	{
		name:  "workerpool_worker_busy",
		help:  "Workers that are not idle.",
		kind:  gauge,
		value: func(s *workerpool.Stats) float64 { return float64(s.Busy) },
	},
	{
		name:  "workerpool_submit_waiting",
		help:  "Calls that wait for room in the queue.",
		kind:  gauge,
		value: func(s *workerpool.Stats) float64 { return float64(s.Waiting) },
	},
	{
		name:  "workerpool_worker_parked_total",
		help:  "Times that a worker became idle; always 0 for chanpool.",
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.Parks) },
	},
	{
		name:  "workerpool_worker_woken_total",
		help:  "Times that an idle worker was claimed for a task; always 0 for chanpool.",
		kind:  counter,
		value: func(s *workerpool.Stats) float64 { return float64(s.Wakes) },
	},
}
