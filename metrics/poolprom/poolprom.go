// Package poolprom shows the pools of this module to Prometheus.
//
//	p := ringpool.New(50)
//	if _, err := poolprom.Register(prometheus.DefaultRegisterer, "jobs", p); err != nil {
//		log.Fatal(err)
//	}
//	http.Handle("/metrics", promhttp.Handler())
//
// It serves packages ringpool and chanpool alike. It is a module of its own, so
// that whoever takes only a pool does not get the Prometheus client with it; and
// it isn't called prometheus, because whoever imports it needs the client's
// package of that name too.
//
// # The metrics
//
// Each has the label pool, the name under which the pool was registered. That need
// not be the one that the option WithName has given it, but p.Name() is a good choice.
//
//	workerpool_tasks_submitted_total  counter  tasks accepted
//	workerpool_tasks_completed_total  counter  tasks ended, by a panic or a Goexit too
//	workerpool_tasks_returned_total   counter  tasks handed back by ShutdownNow
//	workerpool_tasks_rejected_total   counter  tasks not accepted, by reason:
//	    reason="full"                          with ErrPoolFull
//	    reason="closed"                        with ErrPoolClosed
//	    reason="canceled"                      because the submitter's context ended
//	workerpool_caller_runs_total      counter  tasks that SubmitOrRun ran in its caller
//	workerpool_panics_total           counter  tasks ended by a panic
//	workerpool_queue_length           gauge    tasks accepted and not yet taken by a worker
//	workerpool_queue_capacity         gauge    tasks that can be queued
//	workerpool_workers                gauge    workers at most, the pool's size
//	workerpool_workers_started        gauge    workers that have a goroutine
//	workerpool_workers_busy           gauge    workers that are not idle
//	workerpool_submitters_waiting     gauge    calls that wait for room
//	workerpool_worker_parks_total     counter  times a worker became idle
//	workerpool_worker_wakes_total     counter  times an idle worker was claimed
//
// The last two are 0 for chanpool, whose workers the runtime parks.
//
// Three questions that they answer: how much of the pool is in use, how much load
// is shed, and how long a task now waits before it starts (by Little's law, from
// the queue's mean length and the rate at which tasks come).
//
//	workerpool_workers_busy / workerpool_workers
//	rate(workerpool_tasks_rejected_total{reason="full"}[5m])
//	avg_over_time(workerpool_queue_length[5m]) / rate(workerpool_tasks_submitted_total[5m])
//
// # What a scrape costs
//
// One call of Stats for each pool, so all figures of a pool are from one snapshot:
// never more tasks completed than submitted. The figures are kept anyway: a pool
// that is watched does nothing more for each task than one that is not. The Stats
// of the pools say what a snapshot of a pool at work is worth.
package poolprom

import (
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seed62337844/workerpool"
)

// A Pool is what a [Collector] needs of a pool. The types ringpool.Pool and
// chanpool.Pool both have it, for their Stats are one type.
type Pool interface {
	Stats() workerpool.Stats
}

// A Collector shows one pool. Make one with [Register] or [NewCollector]. It is a
// [prometheus.Collector], and safe for concurrent use.
//
// Each pool has a Collector of its own, so a registry does for pools what it does
// for everything else: it refuses a second pool of the same name, and forgets one
// that is gone. Call the registry's Unregister with the Collector after the
// shutdown of the pool. Until then the Collector keeps the pool's memory, and goes
// on to report its last figures. Unregister removes this Collector and no other: it
// returns false for one that is not registered, also if another pool of the same
// name is.
type Collector struct {
	pool     Pool
	descs    []*prometheus.Desc // of the lines, in their order
	identity *prometheus.Desc
}

// collectors counts the Collectors that were made.
var collectors atomic.Uint64

// NewCollector returns a Collector that shows pool under name, which becomes the
// value of the label pool. It registers nothing. It calls the pool's Stats once.
//
// NewCollector panics if name is empty or not valid UTF-8, if pool is nil or a nil
// pointer, and if the pool's Stats panics, as that of a pool that was not made by
// New does.
func NewCollector(name string, pool Pool) *Collector {
	c, err := newCollector(name, pool)
	if err != nil {
		panic("poolprom: NewCollector: " + err.Error())
	}
	return c
}

// Register makes a Collector, as [NewCollector] does, and registers it with r. It
// returns nil and an error if r is nil or a nil pointer, if NewCollector would
// panic, and if the registry refuses the Collector, because the name is in use.
// Then the registry's error is in the chain.
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
	c := &Collector{pool: pool}
	for _, s := range lines {
		labels := prometheus.Labels{"pool": name}
		if s.reason != "" {
			labels["reason"] = s.reason
		}
		c.descs = append(c.descs, prometheus.NewDesc(s.name, s.help, nil, labels))
	}
	c.identity = prometheus.NewDesc("workerpool_collector", "Never exposed.", nil,
		prometheus.Labels{"collector": strconv.FormatUint(collectors.Add(1), 10)})
	return c, nil
}

// Describe sends the descriptions of all lines, which never change, and one more
// that no other Collector has. A registry takes two collectors with the same
// descriptions for one, so that Unregister with either would remove the other.
func (c *Collector) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		descs <- d
	}
	descs <- c.identity
}

// Collect calls the pool's Stats once, and sends what it says. If Stats panics,
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
