package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed62337844/workerpool/adapters/poolnats"
	"github.com/seed62337844/workerpool/adapters/poolnats/natstest"
	"github.com/seed62337844/workerpool/ringpool"
)

const frontSize = 2

// front runs the whole example.
func front(ctx context.Context, f flags) (err error) {
	if f.dir, err = os.MkdirTemp("", "poolnats"); err != nil {
		return err
	}
	defer os.RemoveAll(f.dir)
	var server *natstest.Server
	if f.url == "" {
		if server, err = natstest.Start(f.dir + "/streams"); err != nil {
			return err
		}
		defer server.Stop()
		listener, err := server.ServeUnix(socket(f.dir))
		if err != nil {
			return err
		}
		defer listener.Close()
	}
	js, err := connect(f)
	if err != nil {
		return err
	}
	defer js.Conn().Close()
	if err := setUp(ctx, js); err != nil {
		return err
	}
	defer js.DeleteStream(context.WithoutCancel(ctx), stream)

	pool := ringpool.New(frontSize)
	defer pool.Shutdown()
	client, closeHTTP, err := serve(f.dir, pool, js)
	if err != nil {
		return err
	}
	defer closeHTTP()
	workers := &workers{flags: f}
	defer workers.stop()
	for range 2 {
		if err := workers.start(); err != nil {
			return err
		}
	}

	posted := make(chan error, 1)
	placements := &placements{counts: map[string]int{}}
	go func() { posted <- post(ctx, client, f.jobs, placements) }()

	if err := reach(ctx, f, f.jobs/4); err != nil {
		return err
	}
	fmt.Println("a quarter is done: killing a worker, and starting another")
	if err := workers.replace(); err != nil {
		return err
	}
	if err := reach(ctx, f, f.jobs/2); err != nil {
		return err
	}
	if server != nil {
		fmt.Println("half is done: restarting the server")
		if err := server.Restart(); err != nil {
			return err
		}
	}
	if err := <-posted; err != nil {
		return err
	}
	fmt.Printf("%d jobs posted: %v\n", f.jobs, placements)
	if err := reach(ctx, f, f.jobs); err != nil {
		return err
	}
	workers.stop()
	return report(f)
}

// report prints what happened to the jobs.
func report(f flags) error {
	counts, err := done(f.dir)
	if err != nil {
		return err
	}
	lost, again := 0, 0
	for i := range f.jobs {
		switch n := counts[strconv.Itoa(i)]; {
		case n == 0:
			lost++
		case n > 1:
			again++
		}
	}
	fmt.Printf("%d jobs: %d done once, %d done more than once, %d lost\n", f.jobs, f.jobs-lost-again, again, lost)
	if lost > 0 {
		return fmt.Errorf("%d jobs are lost", lost)
	}
	return nil
}

// reach waits until n jobs are done.
func reach(ctx context.Context, f flags, n int) error {
	for {
		counts, err := done(f.dir)
		if err != nil || len(counts) >= n {
			return err
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// serve starts the HTTP front end, on a socket in dir, and returns a client for it.
func serve(dir string, pool *ringpool.Pool, js jetstream.JetStream) (*http.Client, func(), error) {
	records, err := openRecords(dir)
	if err != nil {
		return nil, nil, err
	}
	path := dir + "/http.sock"
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, nil, err
	}
	submit := poolnats.Overflow(pool, js.PublishMsg)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /jobs/{id}", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		job := poolnats.Job{ID: id, Subject: subject, Data: []byte(id)}
		placement, err := submit(r.Context(), job, func() {
			if err := records.work(id); err != nil {
				fmt.Fprintln(os.Stderr, "front:", err) // the job counts as lost
			}
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprint(w, placement)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", path) },
	}}
	return client, func() { _ = server.Close() }, nil
}

// placements counts where the jobs went.
type placements struct {
	mu     sync.Mutex // guards counts
	counts map[string]int
}

func (p *placements) add(where string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[where]++
}

func (p *placements) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("%d run by the front end, %d published, %d published before",
		p.counts[poolnats.Local.String()], p.counts[poolnats.Published.String()], p.counts[poolnats.Duplicate.String()])
}

// posters is how many requests are made at a time.
const posters = 16

// post posts n jobs, and posts a job again if it was not accepted.
func post(ctx context.Context, client *http.Client, n int, placements *placements) error {
	ids := make(chan int)
	errs := make(chan error, posters)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for range posters {
		go func() {
			for id := range ids {
				if err := postOne(ctx, client, id, placements); err != nil {
					stop()
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for id := 0; id < n && ctx.Err() == nil; id++ {
		select {
		case ids <- id:
		case <-ctx.Done():
		}
	}
	close(ids)
	var err error
	for range posters {
		err = errors.Join(err, <-errs)
	}
	return err
}

func postOne(ctx context.Context, client *http.Client, id int, placements *placements) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://front/jobs/"+strconv.Itoa(id), nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			return err
		}
		if response.StatusCode == http.StatusAccepted {
			placements.add(strings.TrimSpace(string(answer)))
			return nil
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil { // the server restarts
			return err
		}
	}
}

// workers are processes that run this program as a worker.
type workers struct {
	flags   flags
	running []*exec.Cmd
}

func (w *workers) start() error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.Command(program, "-role", "worker", "-dir", w.flags.dir, "-url", w.flags.url)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		return err
	}
	w.running = append(w.running, command)
	return nil
}

// replace kills the first worker, which cannot finish anything, and starts another.
func (w *workers) replace() error {
	first := w.running[0]
	w.running = w.running[1:]
	if err := first.Process.Kill(); err != nil {
		return err
	}
	_ = first.Wait() // returns an error, because the process was killed
	return w.start()
}

// stop interrupts the workers. They finish what they have begun.
func (w *workers) stop() {
	for _, command := range w.running {
		_ = command.Process.Signal(os.Interrupt) // fails if it has ended
	}
	for _, command := range w.running {
		_ = command.Wait()
	}
	w.running = nil
}
