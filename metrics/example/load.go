package main

import (
	"context"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// startLoad sends rate requests per second to the service at base, until ctx ends.
// It does not wait for an answer before it sends the next request, because the
// clients of a service do not wait for each other. The load rises and falls, so
// that there is something to see. The result can be waited for.
func startLoad(ctx context.Context, rate int, base string) *sync.WaitGroup {
	var all sync.WaitGroup
	if rate == 0 {
		return &all
	}
	client := &http.Client{Timeout: 5 * time.Second}
	began := time.Now()
	all.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if time.Since(began)/(20*time.Second)%2 == 1 && rand.IntN(3) > 0 {
				continue // a third of the load for twenty seconds
			}
			path := "/thumbnails"
			if rand.IntN(2) == 0 {
				path = "/mail"
			}
			all.Go(func() { post(ctx, client, base+path) })
		}
	})
	return &all
}

func post(ctx context.Context, client *http.Client, url string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
	if err == nil {
		var response *http.Response
		if response, err = client.Do(request); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			err = response.Body.Close()
		}
	}
	if err != nil && ctx.Err() == nil {
		log.Printf("load: %v", err)
	}
}
