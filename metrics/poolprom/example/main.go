// Example is a service with a pool of two workers, its metrics, and nothing else:
//
//	go run ./example &
//	for i in $(seq 10); do curl -X POST -w '%{http_code}\n' localhost:8080/jobs; done
//	curl localhost:8080/metrics
package main

import (
	"errors"
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/seed62337844/workerpool/metrics/poolprom"
	"github.com/seed62337844/workerpool/ringpool"
)

func main() {
	address := flag.String("address", "localhost:8080", "where to listen")
	job := flag.Duration("job", 10*time.Second, "how long a job takes")
	flag.Parse()

	p := ringpool.New(2)
	if _, err := poolprom.Register(prometheus.DefaultRegisterer, "jobs", p); err != nil {
		log.Fatal(err)
	}
	http.Handle("GET /metrics", promhttp.Handler())
	http.HandleFunc("POST /jobs", func(w http.ResponseWriter, r *http.Request) {
		err := p.Submit(func() { time.Sleep(*job) })
		switch {
		case err == nil:
			w.WriteHeader(http.StatusAccepted)
		case errors.Is(err, ringpool.ErrPoolFull):
			http.Error(w, "too much to do", http.StatusTooManyRequests)
		default:
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	log.Fatal(http.ListenAndServe(*address, nil))
}
