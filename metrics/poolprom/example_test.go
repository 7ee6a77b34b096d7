package poolprom_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/seed62337844/workerpool/metrics/poolprom"
	"github.com/seed62337844/workerpool/ringpool"
)

// Register a pool, and let Prometheus scrape it.
func Example() {
	registry := prometheus.NewRegistry()
	p := ringpool.New(1)
	jobs, err := poolprom.Register(registry, "jobs", p)
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	defer server.Close()

	begun, leave := make(chan bool), make(chan bool)
	_ = p.Submit(func() { close(begun); <-leave })
	<-begun
	for range 3 {
		if err := p.Submit(func() {}); err != nil {
			fmt.Println(err)
		}
	}
	answer, err := http.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	for text := bufio.NewScanner(answer.Body); text.Scan(); {
		for _, name := range []string{"workerpool_worker_busy{", "workerpool_queue_size{", "workerpool_task_"} {
			if strings.HasPrefix(text.Text(), name) {
				fmt.Println(text.Text())
			}
		}
	}

	close(leave)
	p.Shutdown()
	registry.Unregister(jobs) // this pool is not coming back
	// Output:
	// workerpool: pool is full
	// workerpool_queue_size{pool="jobs"} 2
	// workerpool_task_caller_run_total{pool="jobs"} 0
	// workerpool_task_completed_total{pool="jobs"} 0
	// workerpool_task_expired_total{pool="jobs"} 0
	// workerpool_task_panicked_total{pool="jobs"} 0
	// workerpool_task_rejected_total{pool="jobs",reason="canceled"} 0
	// workerpool_task_rejected_total{pool="jobs",reason="closed"} 0
	// workerpool_task_rejected_total{pool="jobs",reason="full"} 1
	// workerpool_task_returned_total{pool="jobs"} 0
	// workerpool_task_submitted_total{pool="jobs"} 3
	// workerpool_worker_busy{pool="jobs"} 1
}

// One task in a hundred is observed.
func ExampleRegisterDurations() {
	registry := prometheus.NewRegistry()
	durations, err := poolprom.RegisterDurations(registry, "jobs", 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := ringpool.New(50, durations.Options()...)
	defer p.Shutdown()
	if _, err := poolprom.Register(registry, "jobs", p); err != nil {
		fmt.Println(err)
	}
	// Output:
}
