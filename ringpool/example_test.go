package ringpool_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"time"

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

// A full pool says so at once, and the caller decides what to do about it.
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

// A pool that runs gets room for more.
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

// A burst needs many goroutines, which go when they have had nothing to do for long.
func ExampleWithIdleTimeout() {
	p := ringpool.New(100, ringpool.WithIdleTimeout(time.Millisecond)) // rather a minute
	defer p.Shutdown()
	release := make(chan struct{})
	var begun sync.WaitGroup
	begun.Add(100)
	for range 100 {
		_ = p.Submit(func() { begun.Done(); <-release })
	}
	begun.Wait()
	fmt.Println("goroutines:", p.Stats().Started)
	close(release)
	for p.Stats().Started > 0 {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("goroutines:", p.Stats().Started, "of size", p.Size())
	// Output:
	// goroutines: 100
	// goroutines: 0 of size 100
}

// A panic in a task goes to the handler, and the pool goes on.
func ExampleWithPanicHandler() {
	p := ringpool.New(1, ringpool.WithPanicHandler(func(value any, stack []byte) {
		fmt.Println("a task panicked:", value)
	}))
	_ = p.Submit(func() { panic("no such account") })
	_ = p.Submit(func() { fmt.Println("the next task runs") })
	p.Shutdown()
	// Output:
	// a task panicked: no such account
	// the next task runs
}

// How long tasks wait, as a histogram: one task in ten is put into the first bucket
// whose bound it does not exceed. A metrics library has such a type of its own, and
// its Observe goes in the place of the loop.
func ExampleWithQueueWait() {
	bounds := []time.Duration{time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, math.MaxInt64}
	buckets := make([]atomic.Uint64, len(bounds))
	p := ringpool.New(4, ringpool.WithQueueWait(10, func(waited time.Duration) {
		for i := range bounds {
			if waited <= bounds[i] {
				buckets[i].Add(1)
				return
			}
		}
	}))
	for range 10_000 {
		_ = p.SubmitWait(func() {})
	}
	p.Shutdown()

	observed := uint64(0)
	for i := range buckets {
		observed += buckets[i].Load()
	}
	fmt.Println("about a thousand:", 700 < observed && observed < 1300)
	// Output: about a thousand: true
}

// A pool with a name, which tells of tasks that take a second or longer.
func ExampleWithSlowTask() {
	p := ringpool.New(4, ringpool.WithName("mail"), ringpool.WithProfileLabel(),
		ringpool.WithSlowTask(time.Second, func(took time.Duration) {
			slog.Warn("slow task", "pool", "mail", "took", took)
		}))
	defer p.Shutdown()
	fmt.Println(p.Name())
	// Output: mail
}

// A handler that accepts work for later. When the pool is full it sheds load
// and says when to come back; when the service is going down it says so.
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

// How much of a pool is in use: for a health check, say.
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
