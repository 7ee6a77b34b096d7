package ringpool_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/seed62337844/workerpool/ringpool"
)

// Make a pool, submit tasks, and let Shutdown wait for them.
func Example() {
	p := ringpool.New(4)
	squares := make([]int, 5)
	for i := range squares {
		if err := p.SubmitWait(func() { squares[i] = i * i }); err != nil {
			fmt.Println("not accepted:", err)
		}
	}
	p.Shutdown()
	fmt.Println(squares)
	// Output: [0 1 4 9 16]
}

// A full pool refuses at once, and the caller decides what to do.
func ExamplePool_Submit() {
	p := ringpool.New(1)
	release := make(chan struct{})
	accepted := 0
	for {
		err := p.Submit(func() { <-release })
		if errors.Is(err, ringpool.ErrPoolFull) {
			break
		}
		accepted++
	}
	fmt.Println("accepted:", accepted, "of size", p.Size())
	close(release)
	p.Shutdown()
	fmt.Println(p.Submit(func() {}))
	// Output:
	// accepted: 3 of size 1
	// workerpool: pool is closed
}

// A running pool can be made larger.
func ExamplePool_Resize() {
	p := ringpool.New(1)
	release := make(chan struct{})
	fill := func() (accepted int) {
		for p.Submit(func() { <-release }) == nil {
			accepted++
		}
		return accepted
	}
	fmt.Println("accepted:", fill(), "of size", p.Size())
	p.Resize(4)
	fmt.Println("and then:", fill(), "of size", p.Size())
	close(release)
	p.Shutdown()
	// Output:
	// accepted: 3 of size 1
	// and then: 9 of size 4
}

// A handler that accepts work for later. If the pool is full, it sheds load and
// says when to come back. If the service is shutting down, it says so.
func Example_httpHandler() {
	p := ringpool.New(1)
	release := make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch err := p.Submit(func() { <-release }); {
		case err == nil:
			w.WriteHeader(http.StatusAccepted)
		case errors.Is(err, ringpool.ErrPoolFull):
			w.Header().Set("Retry-After", "1")
			http.Error(w, "too much to do", http.StatusTooManyRequests)
		case errors.Is(err, ringpool.ErrPoolClosed):
			http.Error(w, "shutting down", http.StatusServiceUnavailable)
		default:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})

	post := func() {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/jobs", nil))
		fmt.Printf("%d %q\n", answer.Code, answer.Header().Get("Retry-After"))
	}
	post() // the worker takes it
	post() // queued
	post() // queued
	post() // no room
	close(release)
	p.Shutdown()
	post()
	// Output:
	// 202 ""
	// 202 ""
	// 202 ""
	// 429 "1"
	// 503 ""
}

// One pool for the whole application, sized by WORKER_POOL_SIZE, and shut down
// after the server, when no more requests can come. A real program would take
// the context from signal.NotifyContext and call ListenAndServe.
func ExampleSizeFromEnv() {
	os.Setenv("WORKER_POOL_SIZE", "20")
	defer os.Unsetenv("WORKER_POOL_SIZE")
	size, err := ringpool.SizeFromEnv()
	if err != nil {
		fmt.Println(err) // and exit: a wrong setting is no reason to guess
		return
	}
	p := ringpool.New(size)

	ctx, stop := context.WithCancel(context.Background())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.Submit(func() { stop() }) != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	if answer, err := http.Get(server.URL); err == nil {
		answer.Body.Close()
	}

	<-ctx.Done()   // the signal to stop
	server.Close() // no more submits
	p.Shutdown()   // all accepted tasks have run
	fmt.Println(size, p.Stats().Completed)
	// Output: 20 1
}

// How much of a pool is in use, for example for a health check.
func ExamplePool_Stats() {
	p := ringpool.New(1)
	begun, release := make(chan struct{}), make(chan struct{})
	_ = p.Submit(func() { close(begun); <-release })
	<-begun
	for range 3 { // two are queued
		_ = p.Submit(func() {})
	}
	s := p.Stats()
	fmt.Println("workers busy:", s.Busy, "of", s.Size)
	fmt.Println("tasks queued:", s.Queued, "of", s.Capacity)
	fmt.Println("tasks refused:", s.Rejected, "beside", s.Submitted, "accepted")
	close(release)
	p.Shutdown()
	// Output:
	// workers busy: 1 of 1
	// tasks queued: 2 of 2
	// tasks refused: 1 beside 3 accepted
}
