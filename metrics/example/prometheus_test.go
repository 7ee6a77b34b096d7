package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// need returns the path of a program, and skips the test if there is none.
func need(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skipf("there is no %s (on Debian: apt install prometheus)", strings.Join(names, " or "))
	return ""
}

func TestAlertsFireWhenTheyShouldAndOnlyThen(t *testing.T) {
	promtool := need(t, "promtool")
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}} {
		command := exec.CommandContext(t.Context(), promtool, args...)
		command.Dir = "../prometheus"
		if output, err := command.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, output)
		}
	}
}

// The unit tests can fail: they notice each alert that is missing, and each that fires
// all the time.
func TestUnitTestsOfTheAlertsNoticeEachBrokenOne(t *testing.T) {
	promtool := need(t, "promtool")
	rules, err := os.ReadFile("../prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := os.ReadFile("../prometheus/alerts_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	alert := regexp.MustCompile(`(- alert: )(\w+)(\n +expr: \|\n)`)
	alerts := alert.FindAllSubmatchIndex(rules, -1)
	if len(alerts) == 0 {
		t.Fatal("there are no alerts")
	}
	for _, at := range alerts {
		name := string(rules[at[4]:at[5]])
		for how, broken := range map[string][]byte{
			"missing":      slices.Concat(rules[:at[4]], []byte("Another"), rules[at[5]:]),
			"always there": slices.Concat(rules[:at[7]], []byte("          sum by (pool) ({pool=\"mail\"}) or\n"), rules[at[7]:]),
		} {
			if how != "missing" && testing.Short() {
				continue
			}
			dir := t.TempDir()
			for file, text := range map[string][]byte{"alerts.yml": broken, "alerts_test.yml": tests} {
				if err := os.WriteFile(filepath.Join(dir, file), text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			command := exec.CommandContext(t.Context(), promtool, "test", "rules", "alerts_test.yml")
			command.Dir = dir
			output, err := command.CombinedOutput()
			if err == nil || !bytes.Contains(output, []byte("FAILED")) {
				t.Errorf("%s is %s, and the unit tests say: %v\n%s", name, how, err, output)
			}
		}
	}
}

// A dashboard has the parts of a dashboard that this test needs.
type dashboard struct {
	Templating struct {
		List []struct {
			Name, Type string
			Definition string
		}
	}
	Panels []struct {
		Title   string
		Targets []struct{ Expr, LegendFormat string }
	}
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	text, err := os.ReadFile("../grafana/workerpool.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Panels) == 0 {
		t.Fatal("the dashboard has no panels")
	}
	return d
}

// A server scrapes the service under load. Each query of the dashboard, with all
// variables set to All, must return a series for each pool that has the metric.
func TestPrometheusScrapesTheServiceAndEachQueryOfTheDashboardHasSeries(t *testing.T) {
	t.Parallel()
	prometheus := need(t, "prometheus")
	service := start(t, config{public: "127.0.0.1:0", private: "127.0.0.1:0", rate: 150})
	server := startPrometheus(t, prometheus, service.private)

	queries := 0
	for _, panel := range readDashboard(t).Panels {
		for _, target := range panel.Targets {
			queries++
			query := withAll(target.Expr)
			if strings.Contains(query, "$") {
				t.Errorf("%s: a variable is unknown in %s", panel.Title, target.Expr)
			}
			found := server.await(t, query, "mail", "thumbnails")
			t.Logf("%-30s %-28s %v", panel.Title, target.LegendFormat, found)
		}
	}
	if queries < 20 {
		t.Errorf("the dashboard has only %d queries", queries)
	}

	// The rules are loaded and can be evaluated by the server itself.
	var rules struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, LastError string }
			}
		}
	}
	for healthy := 0; healthy == 0; {
		server.get(t, "/api/v1/rules", &rules)
		for _, group := range rules.Data.Groups {
			for _, rule := range group.Rules {
				switch rule.Health {
				case "ok":
					healthy++
				case "err":
					t.Fatalf("%s: %s", rule.Name, rule.LastError)
				}
			}
		}
		if t.Context().Err() != nil {
			t.Fatal("no rule was evaluated")
		}
	}
}

// A server that takes native histograms has no classic ones of the same name.
func TestPercentilesOfTheDashboardHaveSeriesFromNativeHistogramsToo(t *testing.T) {
	t.Parallel()
	prometheus := need(t, "prometheus")
	service := start(t, config{public: "127.0.0.1:0", private: "127.0.0.1:0", rate: 150})
	server := startPrometheus(t, prometheus, service.private, "--enable-feature=native-histograms")
	queries := 0
	for _, panel := range readDashboard(t).Panels {
		for _, target := range panel.Targets {
			if strings.Contains(target.Expr, "histogram_quantile") {
				queries++
				server.await(t, withAll(target.Expr), "mail", "thumbnails")
			}
		}
	}
	if queries == 0 {
		t.Error("the dashboard has no percentiles")
	}
	server.await(t, "histogram_count(workerpool_task_run_duration_seconds)", "mail", "thumbnails")
}

// This test needs no server. It finds misspelled names, and metrics that are
// missing in the dashboard.
func TestDashboardAndAlertsKnowTheMetricsByTheirNames(t *testing.T) {
	alerts, err := os.ReadFile("../prometheus/alerts.yml")
	must(t, err)
	service := start(t, config{public: "127.0.0.1:0", private: "127.0.0.1:0"})
	exposed := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^# TYPE (workerpool_\w+) (\w+)$`).FindAllStringSubmatch(service.get(t, "/metrics"), -1) {
		exposed[match[1]] = true
	}
	if len(exposed) < 10 {
		t.Fatalf("the service exposes only %v", exposed)
	}
	shown := map[string]bool{}
	queries := string(alerts)
	for _, panel := range readDashboard(t).Panels {
		for _, target := range panel.Targets {
			queries += "\n" + target.Expr
		}
	}
	for _, name := range regexp.MustCompile(`\bworkerpool_\w+`).FindAllString(queries, -1) {
		name = strings.TrimSuffix(name, "_bucket")
		shown[name] = true
		if !exposed[name] {
			t.Errorf("%s is asked for, and does not exist", name)
		}
	}
	for name := range exposed {
		if !shown[name] {
			t.Errorf("%s is nowhere on the dashboard", name)
		}
	}
}

// withAll returns the query with each variable of the dashboard set to All.
func withAll(query string) string {
	return strings.NewReplacer("$__rate_interval", "2s", "$job", ".*", "$instance", ".*", "$pool", ".*").Replace(query)
}

// A promServer is a Prometheus server that runs until its test ends.
type promServer struct{ url string }

func startPrometheus(t *testing.T, program, target string, args ...string) promServer {
	t.Helper()
	text, err := os.ReadFile("../prometheus/prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	alerts, err := filepath.Abs("../prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	replaced := strings.NewReplacer("localhost:8081", target, ": 5s", ": 250ms", "- alerts.yml", "- "+alerts).Replace(string(text))
	for _, want := range []string{target, ": 250ms", alerts} {
		if !strings.Contains(replaced, want) {
			t.Fatalf("prometheus.yml no longer has a place for %s", want)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(replaced), 0o644); err != nil {
		t.Fatal(err)
	}

	var output bytes.Buffer
	address := freeAddress(t)
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, program, append(args,
		"--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=warn")...)
	command.Stdout, command.Stderr = &output, &output
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait()
		if t.Failed() {
			t.Logf("prometheus said:\n%s", output.Bytes())
		}
	})
	return promServer{"http://" + address}
}

// freeAddress returns an address that was free a moment ago, because Prometheus
// cannot choose a free port itself.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// await queries the server until it has a series for each pool, with a number as
// the value, and returns the values.
func (s promServer) await(t *testing.T, query string, pools ...string) map[string]string {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		var answer struct {
			Status, Error string
			Data          struct {
				Result []struct {
					Metric map[string]string
					Value  [2]any
				}
			}
		}
		s.get(t, "/api/v1/query?query="+url.QueryEscape(query), &answer)
		if answer.Status == "error" {
			t.Fatalf("%s: %s", query, answer.Error)
		}
		found := map[string]string{}
		for _, series := range answer.Data.Result {
			if value := fmt.Sprint(series.Value[1]); value != "NaN" {
				found[series.Metric["pool"]] = value
			}
		}
		missing := slices.DeleteFunc(slices.Clone(pools), func(pool string) bool { return found[pool] != "" })
		if len(missing) == 0 {
			return found
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s has no series of %v", query, missing)
		}
		<-time.After(50 * time.Millisecond) // the next scrape does not come sooner
	}
}

// get decodes the answer of the server. If the server does not listen yet, there
// is no answer.
func (s promServer) get(t *testing.T, path string, into any) {
	t.Helper()
	answer, err := http.Get(s.url + path)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode == http.StatusServiceUnavailable {
		return
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v\n%s", path, err, text)
	}
}
