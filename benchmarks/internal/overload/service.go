package overload

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
)

// ErrRefused is what an Admit returns if it has no room.
var ErrRefused = errors.New("overload: refused")

// An Admit decides about the work of one request, whose context is ctx. It
// returns the error of the work when that has ended, ErrRefused if the work is
// not to be done, and an error of the context if the request gives up before
// that.
type Admit func(ctx context.Context, work Work) error

// Work is what a request is for. It returns the error of the context if that
// ends before the work has begun.
type Work func(ctx context.Context) error

// held is what a request holds while its work is done.
const held = 1 << 20

// A Service answers each request for /work by letting the work in: with 200 if it
// has been done, with 429 if it is refused, with 504 if the time is over. A
// request for /peaks gets the service's Peaks.
type Service struct {
	admit Admit
	work  Work

	memory     atomic.Uint64
	goroutines atomic.Uint64
}

// Peaks are the most that a service has used so far.
type Peaks struct {
	Memory     uint64 // bytes that the process has from the system
	Goroutines uint64
}

// NewService returns a service that does work in the way of admit.
func NewService(admit Admit, work Work) *Service {
	return &Service{admit: admit, work: work}
}

// ServeHTTP implements [http.Handler].
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/work":
		w.WriteHeader(s.serve(r.Context()))
	case "/peaks":
		// An error of the connection is the caller's to notice.
		_ = json.NewEncoder(w).Encode(Peaks{s.memory.Load(), s.goroutines.Load()})
	default:
		http.NotFound(w, r)
	}
}

// serve returns the status of the answer.
func (s *Service) serve(ctx context.Context) int {
	raise(&s.goroutines, uint64(runtime.NumGoroutine()))
	switch err := s.admit(ctx, s.hold); {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, ErrRefused):
		return http.StatusTooManyRequests
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return http.StatusGatewayTimeout
	default:
		return http.StatusInternalServerError
	}
}

// hold does the work, with memory that it needs meanwhile. It does nothing for a
// caller who has left: any handler can look, whatever admits it.
func (s *Service) hold(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	memory := make([]byte, held)
	for i := 0; i < len(memory); i += 4096 { // on each page, or the system does not give it
		memory[i] = 1
	}
	raise(&s.memory, fromSystem())
	err := s.work(ctx)
	runtime.KeepAlive(memory)
	return err
}

// raise makes peak at least n.
func raise(peak *atomic.Uint64, n uint64) {
	for old := peak.Load(); n > old && !peak.CompareAndSwap(old, n); old = peak.Load() {
	}
}

// fromSystem returns how many bytes the runtime has from the system and has not
// given back.
func fromSystem() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() - sample[1].Value.Uint64()
}
