package main

import (
	"context"
	"errors"
	"log"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// pools has the pools of the service, one for each of two kinds of request.
type pools struct {
	thumbnails, mail workerpool.Pool

	watch *watch
}

// newPools makes the pools and adds them to watch.
func newPools(w *watch) (*pools, error) {
	p := &pools{watch: w}
	options, err := w.options("thumbnails")
	if err != nil {
		return nil, err
	}
	p.thumbnails = ringpool.New(4, options...)
	if options, err = w.options("mail"); err != nil {
		return nil, err
	}
	p.mail = chanpool.New(2, append(options, workerpool.WithPanicHandler(func(value any, _ []byte) {
		log.Printf("mail: a task panicked: %v", value)
	}))...)
	return p, errors.Join(w.add(p.thumbnails), w.add(p.mail))
}

func (p *pools) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /thumbnails", func(w http.ResponseWriter, r *http.Request) {
		answer(w, p.thumbnails.Submit(p.watch.task(r.Context(), "thumbnails", makeThumbnail)))
	})
	mux.HandleFunc("POST /mail", func(w http.ResponseWriter, r *http.Request) {
		answer(w, p.mail.Submit(p.watch.task(r.Context(), "mail", sendMail)))
	})
	return mux
}

// answer answers a request. If the pool is full, the client learns that at once, and
// can come back.
func answer(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusAccepted)
	case errors.Is(err, workerpool.ErrPoolFull):
		w.Header().Set("Retry-After", "1")
		http.Error(w, "too much to do", http.StatusTooManyRequests)
	default:
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

// makeThumbnail takes as long as a picture might.
func makeThumbnail() { time.Sleep(time.Duration(20+rand.IntN(100)) * time.Millisecond) }

// sendMail takes as long as a mail server might. A few addresses are wrong.
func sendMail() {
	time.Sleep(time.Duration(5+rand.IntN(50)) * time.Millisecond)
	if rand.IntN(100) == 0 {
		panic("no such account")
	}
}

// shutdown ends both pools.
func (p *pools) shutdown(ctx context.Context) error {
	return errors.Join(shutdown(ctx, p.thumbnails), shutdown(ctx, p.mail))
}
