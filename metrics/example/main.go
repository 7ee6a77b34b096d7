// Example is a service whose pools can be watched in every way that this module
// offers. Start it, in the directory metrics/example, with
//
//	go run .
//
// It prints its addresses. Requests go to the public one. The private one has what
// shows the pools: metrics for Prometheus, variables, a page, profiles. A load
// generator sends more requests than the service can serve, so it sheds load.
// Ctrl-C shuts it down.
//
//	go run . -rate 0                            without load
//	go run . -otlp http://localhost:4318        with OpenTelemetry, to a collector there
//	curl -X POST -w '%{http_code}\n' localhost:8080/thumbnails
//	curl localhost:8081/metrics
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	var c config
	flag.StringVar(&c.public, "public", "localhost:8080", "where work comes in")
	flag.StringVar(&c.private, "private", "localhost:8081", "where the service is watched")
	flag.StringVar(&c.otlp, "otlp", "", "the URL of an OTLP receiver; none without it")
	flag.IntVar(&c.rate, "rate", 150, "requests per second that the load generator sends; 0 for none")
	flag.Parse()
	if flag.NArg() > 0 || c.rate < 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, c, func(addresses) {}); err != nil {
		log.Fatal(err)
	}
}
