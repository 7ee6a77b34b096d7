package main

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed62337844/workerpool"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// A running is a service that runs until its test ends, or until end is called.
type running struct {
	addresses
	end func() error // may be called twice
}

// start starts the service, and shuts it down when the test ends.
func start(t *testing.T, c config) running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan addresses, 1), make(chan error, 1)
	go func() { ended <- run(ctx, c, func(at addresses) { ready <- at }) }()
	end := func() error {
		cancel()
		err := <-ended
		ended <- err
		return err
	}
	select {
	case at := <-ready:
		t.Cleanup(func() {
			if err := end(); err != nil {
				t.Errorf("the service did not end in order: %v", err)
			}
		})
		return running{at, end}
	case err := <-ended:
		t.Fatal(err)
		panic("not reached")
	}
}

func (r running) get(t *testing.T, path string) string {
	t.Helper()
	answer, err := http.Get("http://" + r.private + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s\n%s", path, answer.Status, text)
	}
	return string(text)
}

// stats reads the pools' Stats from the service's variables.
func (r running) stats(t *testing.T) map[string]workerpool.Stats {
	t.Helper()
	var vars struct{ Pools map[string]workerpool.Stats }
	if err := json.Unmarshal([]byte(r.get(t, "/debug/vars")), &vars); err != nil {
		t.Fatal(err)
	}
	return vars.Pools
}

func TestServiceTakesWorkAndRefusesWhatIsTooMuch(t *testing.T) {
	service := start(t, config{public: "127.0.0.1:0", private: "127.0.0.1:0"})
	codes := map[int]int{}
	for range 100 {
		answer, err := http.Post("http://"+service.public+"/mail", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusTooManyRequests && answer.Header.Get("Retry-After") == "" {
			t.Error("a refused client is not told when to come back")
		}
		codes[answer.StatusCode]++
	}
	if codes[http.StatusAccepted] == 0 || codes[http.StatusTooManyRequests] == 0 || len(codes) != 2 {
		t.Errorf("the answers are %v", codes)
	}
	s := service.stats(t)["mail"]
	if int(s.Submitted) != codes[http.StatusAccepted] || int(s.Rejected) != codes[http.StatusTooManyRequests] {
		t.Errorf("the answers are %v, the variables say %+v", codes, s)
	}
}

func TestLoadGeneratorBringsTheServiceToShedLoad(t *testing.T) {
	service := start(t, config{public: "127.0.0.1:0", private: "127.0.0.1:0", rate: 500})
	deadline := time.Now().Add(30 * time.Second)
	for {
		shed := 0
		for _, s := range service.stats(t) {
			if s.Rejected > 0 {
				shed++
			}
		}
		if shed == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of 2 pools shed load", shed)
		}
	}
	for path, want := range map[string]string{
		"/metrics":                       `workerpool_task_rejected_total{pool="mail",reason="full"}`,
		"/debug/vars":                    `"thumbnails": {"Size":4,`,
		"/debug/pools":                   "Worker pools",
		"/debug/pools?format=json":       `makeThumbnail"`,
		"/debug/pprof/":                  "goroutine",
		"/debug/pprof/goroutine?debug=1": `"pool":"mail"`,
	} {
		if text := service.get(t, path); !strings.Contains(text, want) {
			t.Errorf("%s has no %q:\n%s", path, want, text)
		}
	}
	if text := service.get(t, "/metrics"); !strings.Contains(text, `workerpool_task_wait_duration_seconds_count{pool="thumbnails"}`) {
		t.Errorf("no histogram in\n%s", text)
	}
	if err := service.end(); err != nil {
		t.Errorf("the service did not end in order: %v", err)
	}
}

func TestServiceSendsOpenTelemetryToAReceiverAtTheLatestAtItsEnd(t *testing.T) {
	var metrics, traces atomic.Int32
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1/metrics":
			metrics.Add(1)
		case "/v1/traces":
			traces.Add(1)
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	defer receiver.Close()
	service := start(t, config{public: "127.0.0.1:0", private: "127.0.0.1:0", otlp: receiver.URL})
	answer, err := http.Post("http://"+service.public+"/mail", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if err := service.end(); err != nil {
		t.Errorf("the service did not end in order: %v", err)
	}
	if metrics.Load() == 0 || traces.Load() == 0 {
		t.Errorf("the receiver got metrics %d times and spans %d times", metrics.Load(), traces.Load())
	}
}

func TestAddressThatIsTakenIsAnError(t *testing.T) {
	service := start(t, config{public: "127.0.0.1:0", private: "127.0.0.1:0"})
	for _, c := range []config{
		{public: service.public, private: "127.0.0.1:0"},
		{public: "127.0.0.1:0", private: service.private},
	} {
		if err := run(t.Context(), c, func(addresses) {}); err == nil || !strings.Contains(err.Error(), "address already in use") {
			t.Errorf("run returns %v", err)
		}
	}
}
