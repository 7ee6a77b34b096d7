package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed62337844/workerpool/benchmarks/internal/overload"
)

// eachAdmission runs a test on each admission with each of its queues that the test is about.
func eachAdmission(t *testing.T, about func(name, queue string) bool, run func(t *testing.T, a Admission, queue string)) {
	for _, a := range Admissions {
		for _, queue := range a.Queues {
			if !about(a.Name, queue) {
				continue
			}
			t.Run(a.Name+"/queue="+queue, func(t *testing.T) { run(t, a, queue) })
		}
	}
}

func TestAnAdmissionLetsInSizeAndItsQueueAndNoMore(t *testing.T) {
	const size, more = 4, 3
	refusesAtOnce := func(name, queue string) bool {
		return queueLength(queue, size) != Unbounded && name != "result"
	}
	eachAdmission(t, refusesAtOnce, func(t *testing.T, a Admission, queue string) {
		n := queueLength(queue, size)
		admit, closed := a.New(Limits{Size: size, Queue: n, Budget: time.Minute})
		defer closed()
		begun, release := make(chan struct{}), make(chan struct{})
		work := func(context.Context) error {
			begun <- struct{}{}
			<-release
			return nil
		}
		ended := make(chan error)
		request := func() { ended <- admit(t.Context(), work) }
		for range size {
			go request()
			select {
			case <-begun:
			case err := <-ended:
				t.Fatalf("a request ended with %v while there was room", err)
			}
		}
		for range n + more {
			go request()
		}
		for range more {
			if err := <-ended; !errors.Is(err, overload.ErrRefused) {
				t.Errorf("a request beyond the queue ended with %v, want ErrRefused", err)
			}
		}
		close(release)
		for left := size + n; left > 0; {
			select {
			case <-begun:
			case err := <-ended:
				left--
				if err != nil {
					t.Errorf("a request within the queue ended with %v", err)
				}
			}
		}
	})
}

func TestARequestThatWaitsEndsWhenItsCallerLeaves(t *testing.T) {
	const size = 2
	canLeave := func(name, queue string) bool {
		return queueLength(queue, size) != 0 && name != "go" && name != "ants" && name != "conc"
	}
	eachAdmission(t, canLeave, func(t *testing.T, a Admission, queue string) {
		n := queueLength(queue, size)
		admit, closed := a.New(Limits{Size: size, Queue: n, Budget: time.Minute})
		begun, release := make(chan struct{}), make(chan struct{})
		ended := make(chan error)
		for range size {
			go func() {
				ended <- admit(t.Context(), func(context.Context) error {
					begun <- struct{}{}
					<-release
					return nil
				})
			}()
			<-begun
		}
		ctx, leave := context.WithCancel(t.Context())
		waiting := make(chan error)
		go func() { waiting <- admit(ctx, func(ctx context.Context) error { return ctx.Err() }) }()
		leave()
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Errorf("the request ended with %v, want context.Canceled", err)
		}
		close(release)
		for range size {
			if err := <-ended; err != nil {
				t.Errorf("a request that did not leave ended with %v", err)
			}
		}
		closed()
	})
}

// The scenario in the time of a bubble, where nothing takes time but the work: what a
// queue does to goodput is arithmetic, and not due to a machine or a library.
func TestGoodputDependsOnTheQueue(t *testing.T) {
	h := overloadHandlers[0]
	loads := []int{50, 200}
	if testing.Short() {
		loads = []int{200}
	}
	for _, load := range loads {
		t.Run(fmt.Sprint("load=", load), func(t *testing.T) {
			all := func(string, string) bool { return true }
			eachAdmission(t, all, func(t *testing.T, a Admission, queue string) {
				run := bubble
				if a.Name == "pond" {
					run = bubbleInAProcess // all its pools share one, which is of the first bubble
				}
				run(t, func(t *testing.T) {
					goodput := 100 * inABubble(t, a, queue, load)
					inTime := load < 100 || queueLength(queue, h.size) <= h.size && queue != "inf" || a.Name == "result"
					if inTime && goodput < 90 || !inTime && goodput > 10 {
						t.Errorf("goodput is %.0f %%; want most of what is possible: %v", goodput, inTime)
					}
				})
			})
		})
	}
}

// inABubble runs the scenario, without a network and processes, and returns the share
// of what is possible that was served.
func inABubble(t *testing.T, a Admission, queue string, load int) float64 {
	h := overloadHandlers[0]
	admit, closed := a.New(Limits{Size: h.size, Queue: queueLength(queue, h.size), Budget: h.budget})
	service := overload.NewService(admit, h.work())
	tally, err := h.offer(load, func(ctx context.Context) (overload.Answer, error) {
		w := httptest.NewRecorder()
		service.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/work", nil).WithContext(ctx))
		return answerOf(w.Code, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	closed()
	time.Sleep(h.task) // not all can be closed; all work that has begun then ends
	return float64(len(tally.Served)) / float64(tally.Possible)
}
