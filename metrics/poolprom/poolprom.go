// Package poolprom shows the pools of this module to Prometheus.
//
//	p := ringpool.New(50)
//	if _, err := poolprom.Register(prometheus.DefaultRegisterer, "jobs", p); err != nil {
//		log.Fatal(err)
//	}
//	http.Handle("/metrics", promhttp.Handler())
//
// It works with packages ringpool and chanpool. It is a module of its own, so that
// importing a pool does not import the Prometheus client. It is not called
// prometheus, because a program that imports it also needs the client's package of
// that name.
//
// # The metrics
//
// Each has the label pool, which is the name under which the pool was registered.
// The name that WithName gave the pool is a good choice.
//
//	workerpool_worker_limit           gauge    workers, the size of the pool
//	workerpool_worker_started         gauge    workers that have a goroutine
//	workerpool_worker_busy            gauge    workers that are not idle
//	workerpool_queue_capacity         gauge    tasks that can be queued
//	workerpool_queue_size             gauge    tasks accepted and not yet taken by a worker
//	workerpool_submit_waiting         gauge    calls that wait for room
//	workerpool_task_submitted_total   counter  tasks accepted
//	workerpool_task_completed_total   counter  tasks that have ended, also by a panic or a Goexit
//	workerpool_task_panicked_total    counter  tasks that have panicked
//	workerpool_task_expired_total     counter  tasks completed without a call: their context had ended
//	workerpool_task_returned_total    counter  tasks that ShutdownNow has returned
//	workerpool_task_rejected_total    counter  tasks not accepted, by reason:
//	    reason="full"                          with ErrPoolFull
//	    reason="closed"                        with ErrPoolClosed
//	    reason="canceled"                      because the submitter's context ended
//	workerpool_task_caller_run_total  counter  tasks that SubmitOrRun ran in its caller
//	workerpool_worker_parked_total    counter  times a worker became idle
//	workerpool_worker_woken_total     counter  times an idle worker was claimed
//
// The last two are 0 for chanpool, which does not count them. With
// [RegisterDurations] there are two histograms, too:
//
//	workerpool_task_wait_duration_seconds  from the submit of a task to its start
//	workerpool_task_run_duration_seconds   from the start of a task to its end
//
// Three examples of queries: how much of the pool is in use, how much load is shed,
// and how long most tasks wait before they start.
//
//	workerpool_worker_busy / workerpool_worker_limit
//	rate(workerpool_task_rejected_total{reason="full"}[5m])
//	histogram_quantile(0.95, sum by (pool, le) (rate(workerpool_task_wait_duration_seconds_bucket[5m])))
//
// Without histograms, the mean wait follows from Little's law:
//
//	avg_over_time(workerpool_queue_size[5m]) / rate(workerpool_task_submitted_total[5m])
//
// # The names
//
// They follow OpenTelemetry's conventions for the executors of the Java runtime,
// which are the closest that exist: a noun in the singular and what is counted, limit
// for a maximum, size and capacity for a queue. OpenTelemetry's rules translate the
// names of module poolotel into exactly these, so dashboards for one also work with
// the other. There is no workerpool_worker_count by state, because Prometheus
// reserves the ending _count for histograms. And the number of idle workers would be
// the difference of two figures from different moments, which could be negative.
//
// # What it costs
//
// A scrape calls Stats once for each pool, so all figures of a pool come from one
// snapshot: there are never more tasks completed than submitted. The pool keeps
// these figures anyway, so a registered pool does no additional work for each task.
// The histograms are optional, and cost what the options WithQueueWait and
// WithRunTime say.
package poolprom

import (
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed62337844/workerpool"
)

// A Pool is what a [Collector] needs of a pool. The types ringpool.Pool and
// chanpool.Pool implement it.
type Pool interface {
	Stats() workerpool.Stats
}

// A Collector shows one pool. Make one with [Register] or [NewCollector]. It is a
// [prometheus.Collector], and safe for concurrent use.
//
// Each pool has its own Collector, so that a registry refuses a second pool of the
// same name. Call the registry's Unregister with the Collector after the shutdown
// of the pool. Until then the Collector keeps the pool in memory, and reports its
// last figures. Unregister removes only this Collector. If it is not registered,
// Unregister returns false, even if another pool of the same name is registered.
type Collector struct {
	pool     Pool
	descs    []*prometheus.Desc // of the lines, in their order
	identity *prometheus.Desc
}

// collectors counts the collectors that were made.
var collectors atomic.Uint64

// newIdentity returns a description that no other collector has.
func newIdentity() *prometheus.Desc {
	return prometheus.NewDesc("workerpool_collector", "Never exposed.", nil,
		prometheus.Labels{"collector": strconv.FormatUint(collectors.Add(1), 10)})
}

// NewCollector returns a Collector that shows pool under name, which becomes the
// value of the label pool. It registers nothing. It calls the pool's Stats once.
//
// NewCollector panics if name is empty or not valid UTF-8, if pool is nil or a nil
// pointer, and if the pool's Stats panics, as in a pool that was not made by New.
func NewCollector(name string, pool Pool) *Collector {
	c, err := newCollector(name, pool)
	if err != nil {
		panic("poolprom: NewCollector: " + err.Error())
	}
	return c
}

// Register makes a Collector, as [NewCollector] does, and registers it with r. It
// returns nil and an error if r is nil or a nil pointer, if NewCollector would
// panic, and if the registry refuses the Collector because the name is in use. In
// the last case the error wraps that of the registry.
func Register(r prometheus.Registerer, name string, pool Pool) (*Collector, error) {
	if err := checkNotNil("registerer", r); err != nil {
		return nil, fmt.Errorf("poolprom: Register: %w", err)
	}
	c, err := newCollector(name, pool)
	if err != nil {
		return nil, fmt.Errorf("poolprom: Register: %w", err)
	}
	if err := r.Register(c); err != nil {
		return nil, fmt.Errorf("poolprom: Register: pool %q: %w", name, err)
	}
	return c, nil
}

func newCollector(name string, pool Pool) (*Collector, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if err := checkPool(pool); err != nil {
		return nil, fmt.Errorf("name %q: %w", name, err)
	}
	c := &Collector{pool: pool, identity: newIdentity()}
	for _, s := range lines {
		labels := prometheus.Labels{"pool": name}
		if s.reason != "" {
			labels["reason"] = s.reason
		}
		c.descs = append(c.descs, prometheus.NewDesc(s.name, s.help, nil, labels))
	}
	return c, nil
}

// Describe sends the descriptions of all metrics, which never change, and one
// more that no other Collector has. A registry treats two collectors with the
// same descriptions as one, so Unregister with one would remove the other.
func (c *Collector) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		descs <- d
	}
	descs <- c.identity
}

// Collect calls the pool's Stats once, and sends the figures. If Stats panics,
// Collect sends an error instead, which fails the scrape.
func (c *Collector) Collect(metrics chan<- prometheus.Metric) {
	stats, err := statsOf(c.pool)
	if err != nil {
		metrics <- prometheus.NewInvalidMetric(c.descs[0], fmt.Errorf("poolprom: Collect: %w", err))
		return
	}
	for i, s := range lines {
		metrics <- prometheus.MustNewConstMetric(c.descs[i], s.kind, s.value(&stats))
	}
}
