package workerpool_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// A service answers 429 to callers that it has no room for.
func Example_loadShedding() {
	p := ringpool.New(2, workerpool.WithQueueCapacity(1))
	release := make(chan struct{})
	codes := make(map[int]int)
	for range 5 {
		switch err := p.Submit(func() { <-release }); {
		case err == nil:
			codes[http.StatusAccepted]++
		case errors.Is(err, workerpool.ErrPoolFull):
			codes[http.StatusTooManyRequests]++
		default: // ErrPoolClosed: the service is about to end
			codes[http.StatusServiceUnavailable]++
		}
	}
	close(release)
	p.Shutdown()
	fmt.Println(codes, p.Submit(func() {}))
	// Output: map[202:3 429:2] workerpool: pool is closed
}

// An HTTP handler whose caller waits for the answer. If the pool is full, it answers 429 at
// once. If the caller has gone away before its turn, the work is not done.
func ExampleGo_request() {
	p := ringpool.New(1, workerpool.WithQueueCapacity(1))
	defer p.Shutdown()
	answer := func(ctx context.Context) (string, error) { return "the answer", nil }
	handler := func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context() // ends when the caller goes away (in HTTP/1, once the body was read)
		result, err := workerpool.Go(p, func() (string, error) {
			if ctx.Err() != nil {
				return "", ctx.Err()
			}
			return answer(ctx)
		})
		var text string
		if err == nil {
			text, err = result.Wait(ctx)
		}
		switch {
		case err == nil:
			fmt.Fprint(w, text)
		case errors.Is(err, workerpool.ErrPoolFull):
			http.Error(w, "too much to do", http.StatusTooManyRequests)
		case errors.Is(err, workerpool.ErrPoolClosed):
			http.Error(w, "going down", http.StatusServiceUnavailable)
		default:
			http.Error(w, "no answer", http.StatusInternalServerError)
		}
	}
	get := func() int {
		w := httptest.NewRecorder()
		handler(w, httptest.NewRequest(http.MethodGet, "/", nil))
		return w.Code
	}
	fmt.Println(get())

	release := make(chan struct{})
	for p.Submit(func() { <-release }) == nil { // until the pool is full
	}
	fmt.Println(get())
	close(release)
	// Output:
	// 200
	// 429
}

// An HTTP handler that waits for room, but answers 504 when its request has waited too
// long. Then the work is not done.
func ExampleGoContext() {
	p := ringpool.New(1)
	defer p.Shutdown()
	timeout := time.Minute
	handler := func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		answer, err := workerpool.GoContext(ctx, p, func(context.Context) (string, error) { return "the answer", nil })
		if err == nil {
			var text string
			if text, err = answer.Wait(ctx); err == nil {
				fmt.Fprint(w, text)
				return
			}
		}
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			http.Error(w, "too late", http.StatusGatewayTimeout)
		case errors.Is(err, workerpool.ErrPoolClosed):
			http.Error(w, "going down", http.StatusServiceUnavailable)
		default:
			http.Error(w, "internal error", http.StatusInternalServerError)
		}
	}
	get := func() int {
		w := httptest.NewRecorder()
		handler(w, httptest.NewRequest(http.MethodGet, "/", nil))
		return w.Code
	}
	fmt.Println(get())

	release := make(chan struct{})
	_ = p.Submit(func() { <-release }) // the only worker is busy
	timeout = 20 * time.Millisecond
	fmt.Println(get())
	close(release)
	_ = p.Wait(context.Background())
	s := p.Stats()
	fmt.Println("not done:", s.Expired+s.Canceled) // accepted and skipped, or not accepted
	// Output:
	// 200
	// 504
	// not done: 1
}

// A million lines, the results in their order, with progress, until the first error.
func ExampleMap() {
	p := ringpool.New(4)
	defer p.Shutdown()
	lines := func(n int) iter.Seq[string] { // from a file: bufio.Scanner
		return func(yield func(string) bool) {
			for i := range n {
				if !yield(fmt.Sprint("line ", i)) {
					return
				}
			}
		}
	}
	check := func(_ context.Context, line string) (length int, err error) {
		if line == "line 600000" {
			return 0, fmt.Errorf("%s is bad", line)
		}
		return len(line), nil
	}
	done, bytes := 0, 0
	for length, err := range workerpool.Map(context.Background(), p, lines(1_000_000), check) {
		if err != nil {
			fmt.Println(err, "after", done, "good ones")
			break
		}
		bytes += length
		if done++; done%250_000 == 0 {
			fmt.Println(done, "lines,", bytes, "bytes")
		}
	}
	// Output:
	// 250000 lines, 2638890 bytes
	// 500000 lines, 5388890 bytes
	// line 600000 is bad after 600000 good ones
}

// A crawler: each page gives the group the pages that it links to. Even a pool of
// one worker is never stuck.
func ExampleGroup_GoOrRun() {
	p := ringpool.New(4)
	defer p.Shutdown()
	links := func(page int) (to []int) { // of a site of 5,461 pages
		for link := 4*page + 1; link <= 4*page+4 && link < 5461; link++ {
			to = append(to, link)
		}
		return to
	}
	g := workerpool.NewGroup(context.Background(), p)
	var mu sync.Mutex
	seen := make(map[int]bool)
	var visit func(page int) error
	visit = func(page int) error {
		mu.Lock() // not held during GoOrRun, which may run the function
		again := seen[page]
		seen[page] = true
		mu.Unlock()
		if again {
			return nil
		}
		return g.GoOrRun(func(context.Context) error {
			for _, link := range links(page) {
				if err := visit(link); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := visit(0); err != nil {
		fmt.Println(err)
	}
	fmt.Println(g.Wait(), len(seen), "pages")
	// Output: <nil> 5461 pages
}

// A service stops its server first, so that no new requests come, and then its pool,
// both by one deadline. The tasks that have not begun by then are reported.
func Example_shutdown() {
	// ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, stop := context.WithCancel(context.Background())
	p := ringpool.New(1)
	server := httptest.NewServer(http.NotFoundHandler())
	stuck := make(chan struct{})
	_ = p.Submit(func() { <-stuck }) // a task that does not end in time
	for range 2 {
		_ = p.Submit(func() {})
	}
	stop() // in a service, a signal does this

	<-ctx.Done()
	stop() // from now on a second signal kills the process
	deadline, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if err := server.Config.Shutdown(deadline); err != nil {
		fmt.Println("server:", err)
	}
	half, cancelHalf := context.WithTimeout(deadline, 100*time.Millisecond)
	defer cancelHalf()
	if p.ShutdownContext(half) != nil { // tasks are left
		tasks, err := p.ShutdownNow(deadline)
		fmt.Println(len(tasks), "tasks have not begun;", err)
	}
	close(stuck)
	// Output: 2 tasks have not begun; context deadline exceeded
}
