package benchmarks

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/seed62337844/workerpool/benchmarks/internal/overload"
)

// serviceVariable is the environment variable that makes the test binary the service
// of the cell that it names.
const serviceVariable = "WORKERPOOL_BENCH_SERVICE"

func TestMain(m *testing.M) {
	if cell := os.Getenv(serviceVariable); cell != "" {
		serveOverload(cell)
		return
	}
	os.Exit(m.Run())
}

// serveOverload serves a cell until its standard input ends, and says first at
// which address.
func serveOverload(cell string) {
	for _, c := range Grid() {
		if c.String() != cell {
			continue
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		must(err)
		fmt.Println(listener.Addr())
		go func() { must(http.Serve(listener, newOverloadService(c))) }()
		_, err = io.Copy(io.Discard, os.Stdin)
		must(err)
		return
	}
	panic("benchmarks: no such cell: " + cell)
}

func newOverloadService(c Cell) *overload.Service {
	h := overloadHandlerOf(c)
	for _, a := range Admissions {
		if a.Name == c.Get("impl") {
			limits := Limits{Size: h.size, Queue: queueLength(c.Get("queue"), h.size), Budget: h.budget}
			admit, _ := a.New(limits) // the process ends without
			return overload.NewService(admit, h.work())
		}
	}
	panic("benchmarks: no such admission: " + c.Get("impl"))
}

// work returns what a request is for. Whoever waits needs one of as many
// connections as there are workers, and waits for that too, as with a pool of
// connections to a database.
func (h overloadHandler) work() overload.Work {
	if h.name == "compute" {
		compute := Work(h.task)
		return func(context.Context) error {
			compute()
			return nil
		}
	}
	connections := make(chan struct{}, h.size)
	return func(ctx context.Context) error {
		select {
		case connections <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		defer func() { <-connections }()
		time.Sleep(h.task) // is the work
		return nil
	}
}

// An overloadService is a running service, and the client of its callers.
type overloadService struct {
	cmd    *exec.Cmd
	input  io.Closer
	base   string
	client *http.Client
}

func startOverload(c Cell) (*overloadService, error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(),
		serviceVariable+"="+c.String(),
		fmt.Sprint("GOMAXPROCS=", overloadHandlerOf(c).processors),
		fmt.Sprintf("%s=%.2f", SpinVariable, RoundsPerMicrosecond()))
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &overloadService{cmd: cmd, input: input, client: &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: 1 << 20, // keep what there is
		DisableCompression:  true,
	}}}
	address, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the service did not say its address: %w", err), s.stop())
	}
	s.base = "http://" + strings.TrimSpace(address)
	return s, nil
}

// stop ends the process of the service, which also ends when this process does.
func (s *overloadService) stop() error {
	s.client.CloseIdleConnections()
	return errors.Join(s.input.Close(), s.cmd.Wait())
}

// call is a caller's request.
func (s *overloadService) call(ctx context.Context) (overload.Answer, error) {
	return answerOf(s.get(ctx, "/work", nil))
}

// answerOf returns what a caller makes of the status of an answer, or of the error of
// its request.
func answerOf(status int, err error) (overload.Answer, error) {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return overload.Unanswered, nil // a dial can notice the end of its context before that does
	case err != nil:
		return overload.Unanswered, err
	case status == http.StatusOK:
		return overload.Served, nil
	case status == http.StatusTooManyRequests, status == http.StatusGatewayTimeout:
		return overload.Refused, nil
	}
	return overload.Unanswered, fmt.Errorf("the service answered %d", status)
}

func (s *overloadService) peaks() (p overload.Peaks, err error) {
	_, err = s.get(context.Background(), "/peaks", &p)
	return p, err
}

// get returns the status of the answer, and decodes its body into v, if v is not nil.
func (s *overloadService) get(ctx context.Context, path string, v any) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, nil)
	if err != nil {
		return 0, err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if v != nil {
		return response.StatusCode, json.NewDecoder(response.Body).Decode(v)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}
