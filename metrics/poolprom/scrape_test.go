package poolprom_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/metrics/poolprom"
	"github.com/seed62337844/workerpool/ringpool"
)

// A pool has the methods of the pools that the tests use.
type pool interface {
	poolprom.Pool
	Submit(task func()) error
	SubmitWait(task func()) error
	SubmitOrRun(task func()) error
	SubmitContext(ctx context.Context, task func()) error
	Shutdown()
	ShutdownNow(ctx context.Context) ([]func(), error)
}

// forBoth runs test with each kind of pool.
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
// and a registry with additional checks.
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

// register adds the pool to what the endpoint exposes.
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

// exposition returns the whole text for a pool called name, in the state s.
func exposition(name string, s workerpool.Stats) string {
	var text strings.Builder
	family := func(metric, kind, help string, samples ...any) {
		fmt.Fprintf(&text, "# HELP %s %s\n# TYPE %[1]s %[3]s\n", metric, help, kind)
		for i := 0; i < len(samples); i += 2 {
			fmt.Fprintf(&text, "%s{pool=%q%s} %v\n", metric, name, samples[i], samples[i+1])
		}
	}
	family("workerpool_queue_capacity", "gauge", "Tasks that can be queued.", "", s.Capacity)
	family("workerpool_queue_size", "gauge", "Tasks accepted and not yet taken by a worker.", "", s.Queued)
	family("workerpool_submit_waiting", "gauge", "Calls that wait for room in the queue.", "", s.Waiting)
	family("workerpool_task_caller_run_total", "counter", "Tasks that SubmitOrRun ran in its caller, because the pool was full; not counted as submitted, completed or rejected.", "", s.CallerRuns)
	family("workerpool_task_completed_total", "counter", "Tasks that have ended, also by a panic or a runtime.Goexit.", "", s.Completed)
	family("workerpool_task_expired_total", "counter", "Tasks completed without a call of their function, because their context had ended.", "", s.Expired)
	family("workerpool_task_panicked_total", "counter", "Tasks that have panicked.", "", s.Panicked)
	family("workerpool_task_rejected_total", "counter", "Tasks not accepted, because the pool was full, or closed, or because their submitter's context ended.",
		`,reason="canceled"`, s.Canceled, `,reason="closed"`, s.RejectedClosed, `,reason="full"`, s.Rejected)
	family("workerpool_task_returned_total", "counter", "Tasks that ShutdownNow has returned, and that the pool has not run.", "", s.Returned)
	family("workerpool_task_submitted_total", "counter", "Tasks accepted.", "", s.Submitted)
	family("workerpool_worker_busy", "gauge", "Workers that are not idle.", "", s.Busy)
	family("workerpool_worker_limit", "gauge", "Workers, the size of the pool.", "", s.Size)
	family("workerpool_worker_parked_total", "counter", "Times that a worker became idle; always 0 for chanpool.", "", s.Parks)
	family("workerpool_worker_started", "gauge", "Workers that have a goroutine, or had one at the shutdown.", "", s.Started)
	family("workerpool_worker_woken_total", "counter", "Times that an idle worker was claimed for a task; always 0 for chanpool.", "", s.Wakes)
	return text.String()
}
