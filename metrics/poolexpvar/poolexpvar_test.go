package poolexpvar_test

import (
	"encoding/json"
	"expvar"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/metrics/poolexpvar"
	"github.com/seed62337844/workerpool/ringpool"
)

// A pool has the methods of the pools that the tests use.
type pool interface {
	poolexpvar.Pool
	Submit(task func()) error
	Shutdown()
}

// published has all pools of the tests, under the names of the tests.
var published = expvar.NewMap("published")

// forBoth runs test with each kind of pool, published, with one worker.
func forBoth(t *testing.T, test func(t *testing.T, p pool, e endpoint)) {
	for name, p := range map[string]pool{
		"ringpool": ringpool.New(1, workerpool.WithPanicHandler(func(any, []byte) {})),
		"chanpool": chanpool.New(1, workerpool.WithPanicHandler(func(any, []byte) {})),
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(expvar.Handler())
			defer server.Close()
			published.Set(t.Name(), poolexpvar.Var(p))
			defer published.Delete(t.Name())
			test(t, p, endpoint{server.URL, t.Name()})
		})
	}
}

// An endpoint is a server of all variables, and the name of a pool's variable.
type endpoint struct{ url, name string }

// read returns what the endpoint says of the pool.
func (e endpoint) read() (workerpool.Stats, error) {
	answer, err := http.Get(e.url)
	if err != nil {
		return workerpool.Stats{}, err
	}
	defer answer.Body.Close()
	var vars struct{ Published map[string]workerpool.Stats }
	if err := json.NewDecoder(answer.Body).Decode(&vars); err != nil {
		return workerpool.Stats{}, err
	}
	stats, found := vars.Published[e.name]
	if !found {
		return stats, fmt.Errorf("%q is not published", e.name)
	}
	return stats, nil
}

func TestVarShowsTheStateOfThePool(t *testing.T) {
	forBoth(t, func(t *testing.T, p pool, e endpoint) {
		var want workerpool.Stats
		requireShown := func(state string) {
			t.Helper()
			now := p.Stats()
			want.Parks, want.Wakes, want.Started = now.Parks, now.Wakes, now.Started // the pool's own affair
			got, err := e.read()
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Fatalf("%s: the endpoint says\n%+v, want\n%+v", state, got, want)
			}
		}
		requireSubmit := func(task func(), want error) {
			t.Helper()
			if err := p.Submit(task); err != want {
				t.Fatalf("Submit: %v, want %v", err, want)
			}
		}

		want.Size, want.Capacity = 1, 2
		requireShown("idle")

		begun, leave := make(chan bool), make(chan bool)
		task := func() { begun <- true; <-leave }
		requireSubmit(task, nil)
		<-begun
		requireSubmit(func() { panic("no such account") }, nil)
		requireSubmit(task, nil)
		requireSubmit(task, ringpool.ErrPoolFull)
		want.Busy, want.Submitted, want.Queued, want.Rejected = 1, 3, 2, 1
		requireShown("full")

		leave <- true
		<-begun
		want.Queued, want.Completed, want.Panicked = 0, 2, 1
		requireShown("after a panic")

		leave <- true
		p.Shutdown()
		want.Busy, want.Completed = 0, 3
		requireShown("shut down")
	})
}

// A reader reads the figures while submitters fill the pool and its worker
// empties it.
func TestVarOfAPoolAtWorkNeverGoesBack(t *testing.T) {
	reads := 200
	if testing.Short() {
		reads = 50
	}
	forBoth(t, func(t *testing.T, p pool, e endpoint) {
		var enough atomic.Bool
		var accepted atomic.Uint64
		var working sync.WaitGroup
		for range 2 {
			working.Go(func() {
				for !enough.Load() {
					if p.Submit(func() {}) == nil {
						accepted.Add(1)
					} else {
						runtime.Gosched()
					}
				}
			})
		}
		var last workerpool.Stats
		var err error
		for range reads {
			var next workerpool.Stats
			if next, err = e.read(); err != nil {
				break
			}
			if next.Submitted < last.Submitted || next.Completed < last.Completed ||
				next.Rejected < last.Rejected || next.Completed > next.Submitted {
				t.Errorf("after\n%+v came\n%+v", last, next)
			}
			last = next
		}
		enough.Store(true)
		working.Wait()
		p.Shutdown()
		if err == nil {
			last, err = e.read()
		}
		if err != nil {
			t.Fatal(err)
		}
		if last.Submitted != accepted.Load() || last.Completed != accepted.Load() {
			t.Errorf("%d tasks were accepted and have ended; the endpoint says\n%+v", accepted.Load(), last)
		}
	})
}
