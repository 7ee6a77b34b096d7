package poolprom_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/metrics/poolprom"
	"github.com/seed62337844/workerpool/ringpool"
)

// A pool is what the tests use of the pools.
type pool interface {
	poolprom.Pool
	Submit(task func()) error
	SubmitWait(task func()) error
	SubmitOrRun(task func()) error
	SubmitContext(ctx context.Context, task func()) error
	Shutdown()
	ShutdownNow(ctx context.Context) ([]func(), error)
}

// forBoth runs test on either pool.
func forBoth(t *testing.T, test func(t *testing.T, newPool func(size int) pool)) {
	t.Run("ringpool", func(t *testing.T) {
		test(t, func(size int) pool {
			return ringpool.New(size, workerpool.WithPanicHandler(func(any, []byte) {}))
		})
	})
	t.Run("chanpool", func(t *testing.T) {
		test(t, func(size int) pool {
			return chanpool.New(size, workerpool.WithPanicHandler(func(any, []byte) {}))
		})
	})
}

// An endpoint is a server on this machine, with the handler that services use
// over a registry that checks more than theirs.
type endpoint struct {
	*prometheus.Registry
	url string
}

func newEndpoint(t *testing.T) endpoint {
	registry := prometheus.NewPedanticRegistry()
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	t.Cleanup(server.Close)
	return endpoint{registry, server.URL}
}

// register makes the pool part of what the endpoint exposes.
func (e endpoint) register(t *testing.T, name string, p poolprom.Pool) *poolprom.Collector {
	t.Helper()
	c, err := poolprom.Register(e, name, p)
	require.NoError(t, err)
	return c
}

// scrape returns all that the endpoint exposes, in Prometheus's text format.
func (e endpoint) scrape() (string, error) {
	answer, err := http.Get(e.url)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	return string(text), err
}

// requireExposed fails t unless the endpoint exposes one pool, called name, in
// the state s, and nothing else.
func (e endpoint) requireExposed(t *testing.T, name string, s workerpool.Stats) {
	t.Helper()
	text, err := e.scrape()
	require.NoError(t, err)
	require.Equal(t, exposition(name, s), text)
}

// exposition is the whole text that shows a pool, called name, in the state s.
func exposition(name string, s workerpool.Stats) string {
	return fmt.Sprintf(`# HELP workerpool_caller_runs_total Tasks that SubmitOrRun ran in its caller, because the pool was full; not counted as submitted, completed or rejected.
# TYPE workerpool_caller_runs_total counter
workerpool_caller_runs_total{pool=%[1]q} %[2]d
# HELP workerpool_panics_total Tasks ended by a panic.
# TYPE workerpool_panics_total counter
workerpool_panics_total{pool=%[1]q} %[3]d
# HELP workerpool_queue_capacity Tasks that can be queued at most.
# TYPE workerpool_queue_capacity gauge
workerpool_queue_capacity{pool=%[1]q} %[4]d
# HELP workerpool_queue_length Tasks accepted and not yet taken by a worker.
# TYPE workerpool_queue_length gauge
workerpool_queue_length{pool=%[1]q} %[5]d
# HELP workerpool_submitters_waiting Calls that wait for room in the queue.
# TYPE workerpool_submitters_waiting gauge
workerpool_submitters_waiting{pool=%[1]q} %[6]d
# HELP workerpool_tasks_completed_total Tasks ended, by a panic or a runtime.Goexit too.
# TYPE workerpool_tasks_completed_total counter
workerpool_tasks_completed_total{pool=%[1]q} %[7]d
# HELP workerpool_tasks_rejected_total Tasks not accepted, because the pool was full, or closed, or because their submitter's context ended.
# TYPE workerpool_tasks_rejected_total counter
workerpool_tasks_rejected_total{pool=%[1]q,reason="canceled"} %[8]d
workerpool_tasks_rejected_total{pool=%[1]q,reason="closed"} %[9]d
workerpool_tasks_rejected_total{pool=%[1]q,reason="full"} %[10]d
# HELP workerpool_tasks_returned_total Tasks accepted and then handed back by ShutdownNow, not run.
# TYPE workerpool_tasks_returned_total counter
workerpool_tasks_returned_total{pool=%[1]q} %[11]d
# HELP workerpool_tasks_submitted_total Tasks accepted, run or not.
# TYPE workerpool_tasks_submitted_total counter
workerpool_tasks_submitted_total{pool=%[1]q} %[12]d
# HELP workerpool_worker_parks_total Times that a worker became idle; always 0 for chanpool.
# TYPE workerpool_worker_parks_total counter
workerpool_worker_parks_total{pool=%[1]q} %[13]d
# HELP workerpool_worker_wakes_total Times that an idle worker was claimed for a task; always 0 for chanpool.
# TYPE workerpool_worker_wakes_total counter
workerpool_worker_wakes_total{pool=%[1]q} %[14]d
# HELP workerpool_workers Workers at most, the size of the pool.
# TYPE workerpool_workers gauge
workerpool_workers{pool=%[1]q} %[15]d
# HELP workerpool_workers_busy Workers that are not idle.
# TYPE workerpool_workers_busy gauge
workerpool_workers_busy{pool=%[1]q} %[16]d
# HELP workerpool_workers_started Workers that have a goroutine, or had one before the shutdown.
# TYPE workerpool_workers_started gauge
workerpool_workers_started{pool=%[1]q} %[17]d
`, name, s.CallerRuns, s.Panicked, s.Capacity, s.Queued, s.Waiting, s.Completed, s.Canceled, s.RejectedClosed,
		s.Rejected, s.Returned, s.Submitted, s.Parks, s.Wakes, s.Size, s.Busy, s.Started)
}
