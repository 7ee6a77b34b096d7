package poolpage_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/metrics/poolpage"
	"github.com/seed62337844/workerpool/ringpool"
)

// A funcPool is a pool of another kind than a pointer.
type funcPool func() workerpool.Stats

func (p funcPool) Stats() workerpool.Stats { return p() }

// idle is a pool that does nothing.
func idle() workerpool.Stats { return workerpool.Stats{Size: 1, Capacity: 2} }

// hostile has names that would do harm if the page took them for markup, script
// or a format.
var hostile = []string{
	`<script>document.title = "broken"</script>`,
	`"><img src=x onerror="document.title='broken'">`,
	`</script><script>document.title = "broken"</script>`,
	`{{.Pools}}`, `%s%n`, `__proto__`, `constructor`, `'; DROP TABLE pools; --`,
	"line\nbreak\ttab\x00nul", "\u202eright to left", strings.Repeat("long", 500), " ", "😀 Ä",
}

func add(t *testing.T, page *poolpage.Page, name string, pool poolpage.Pool) *poolpage.Entry {
	t.Helper()
	e, err := page.Add(name, pool)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A report has what the tests read from the page's JSON.
type report struct {
	Time  time.Time
	Pools []struct {
		Name, Error, Profile string
		Stats                *workerpool.Stats
		Running              int
		Slowest              []struct {
			Function, Place string
			Age             float64
		}
	}
}

func serve(page *poolpage.Page, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	page.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func read(t *testing.T, page *poolpage.Page) (r report) {
	t.Helper()
	w := serve(page, "GET", "/debug/pools?format=json")
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return r
}

func TestJSONShowsTheStateOfThePools(t *testing.T) {
	page := new(poolpage.Page)
	if r := read(t, page); len(r.Pools) != 0 || time.Since(r.Time) > time.Minute {
		t.Errorf("a page without pools has %+v", r)
	}
	ring, channel := ringpool.New(2), chanpool.New(3)
	add(t, page, "b", ring)
	add(t, page, "a", channel)
	for range 2 {
		if err := ring.Submit(func() {}); err != nil {
			t.Fatal(err)
		}
	}
	ring.Shutdown()
	channel.Shutdown()
	r := read(t, page)
	if len(r.Pools) != 2 || r.Pools[0].Name != "a" || r.Pools[1].Name != "b" {
		t.Fatalf("the page has %+v", r)
	}
	if a, b := *r.Pools[0].Stats, *r.Pools[1].Stats; a != channel.Stats() || b != ring.Stats() || b.Completed != 2 {
		t.Errorf("the page has %+v and %+v", a, b)
	}
}

func TestBadValuesAreRefusedAtOnce(t *testing.T) {
	page := new(poolpage.Page)
	for _, c := range []struct {
		name string
		pool poolpage.Pool
		want string
	}{
		{"", funcPool(idle), "name is empty"},
		{"\xff", funcPool(idle), `name is "\xff", must be valid UTF-8`},
		{"jobs", nil, `name "jobs": pool is nil`},
		{"jobs", (*ringpool.Pool)(nil), `name "jobs": pool is a nil *ringpool.Pool`},
		{"jobs", (*chanpool.Pool)(nil), `name "jobs": pool is a nil *chanpool.Pool`},
		{"jobs", funcPool(nil), `name "jobs": pool is a nil poolpage_test.funcPool`},
		{"jobs", funcPool(func() workerpool.Stats { panic("boom") }), `name "jobs": pool is a poolpage_test.funcPool whose Stats panics: boom`},
	} {
		e, err := page.Add(c.name, c.pool)
		if e != nil || err == nil || err.Error() != "poolpage: Page.Add: "+c.want {
			t.Errorf("Add(%q, %T) returns %v, %v", c.name, c.pool, e, err)
		}
	}
	if _, err := page.Add("jobs", new(ringpool.Pool)); err == nil || !strings.Contains(err.Error(), "whose Stats panics") {
		t.Errorf("a pool that New has not made: %v", err)
	}
	if r := read(t, page); len(r.Pools) != 0 {
		t.Errorf("a refused pool is on the page: %+v", r)
	}
}

func TestNameIsFreeOnceItsPoolIsRemoved(t *testing.T) {
	page := new(poolpage.Page)
	first := add(t, page, "jobs", funcPool(idle))
	if _, err := page.Add("jobs", funcPool(idle)); err == nil || err.Error() != `poolpage: Page.Add: name "jobs" is on the page already` {
		t.Errorf("a second pool of the name: %v", err)
	}
	first.Remove()
	if r := read(t, page); len(r.Pools) != 0 {
		t.Errorf("a removed pool is on the page: %+v", r)
	}
	add(t, page, "jobs", funcPool(idle))
	first.Remove()
	if r := read(t, page); len(r.Pools) != 1 {
		t.Error("a second Remove removed the successor")
	}
}

func TestPoolThatBeginsToPanicIsShownWithItsError(t *testing.T) {
	page := new(poolpage.Page)
	broken := false
	add(t, page, "jobs", funcPool(func() workerpool.Stats {
		if broken {
			panic("boom")
		}
		return idle()
	}))
	add(t, page, "mail", funcPool(idle))
	broken = true
	r := read(t, page)
	if r.Pools[0].Stats != nil || r.Pools[0].Error != "pool is a poolpage_test.funcPool whose Stats panics: boom" || r.Pools[1].Stats == nil {
		t.Errorf("the page has %+v", r)
	}
	if w := serve(page, "GET", "/"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "panics: boom") {
		t.Errorf("the page is %d %s", w.Code, w.Body)
	}
}

func TestPageOnlyReadsAndSaysWhatBrowsersMustNotDo(t *testing.T) {
	page := new(poolpage.Page)
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		if w := serve(page, method, "/"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d %v", method, w.Code, w.Header())
		}
	}
	if w := serve(page, "GET", "/?format=xml"); w.Code != http.StatusBadRequest {
		t.Errorf("an unknown format: %d", w.Code)
	}
	first, second := serve(page, "GET", "/"), serve(page, "GET", "/")
	policy := first.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; script-src 'nonce-") || policy == second.Header().Get("Content-Security-Policy") {
		t.Errorf("the policy is %q", policy)
	}
	for _, w := range []*httptest.ResponseRecorder{first, serve(page, "HEAD", "/"), serve(page, "GET", "/?format=json")} {
		if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
	}
}

func TestPageNeedsNothingFromElsewhere(t *testing.T) {
	text := serve(new(poolpage.Page), "GET", "/").Body.String()
	for _, outside := range []string{"src=", "@import", "url(", "<link", "https://"} {
		if strings.Contains(text, outside) {
			t.Errorf("the page contains %q", outside)
		}
	}
}

func TestHostileNamesAreEscaped(t *testing.T) {
	page := new(poolpage.Page)
	for _, name := range hostile {
		add(t, page, name, funcPool(idle))
	}
	text := serve(page, "GET", "/").Body.String()
	for _, bad := range []string{"<script>document", "<img", "broken\"</script>", "[{"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	found := map[string]bool{}
	for _, p := range read(t, page).Pools {
		found[p.Name] = true
	}
	for _, name := range hostile {
		if !found[name] {
			t.Errorf("%q is not in the JSON as it is", name)
		}
	}
}

func TestProfileOfAPoolIsFoundByItsLabel(t *testing.T) {
	page := &poolpage.Page{Profiles: "/elsewhere/"}
	add(t, page, "my-pool, &c", funcPool(idle))
	const want = "/elsewhere/goroutine?debug=1#:~:text=%22pool%22:%22my%2Dpool%2C%20%26c%22"
	if got := read(t, page).Pools[0].Profile; got != want {
		t.Errorf("the link is %s, want %s", got, want)
	}
}

func slowTask(end chan struct{}) func() { return func() { <-end } }

func TestSlowestRunningTasksAreShownWithTheirFunctionAndAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := new(poolpage.Page)
		p := ringpool.New(20, workerpool.WithPanicHandler(func(any, []byte) {}))
		e := add(t, page, "jobs", p)
		end := make(chan struct{})
		for range 12 {
			if err := p.Submit(e.Task(slowTask(end))); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		pool := read(t, page).Pools[0]
		if pool.Running != 12 || len(pool.Slowest) != 10 {
			t.Fatalf("%d run, %d are shown", pool.Running, len(pool.Slowest))
		}
		for i, task := range pool.Slowest {
			if want := float64(12 - i); task.Age != want || !strings.Contains(task.Function, "slowTask") || !strings.HasPrefix(task.Place, "page_test.go:") {
				t.Errorf("task %d is %+v, want an age of %v", i, task, want)
			}
		}
		close(end)
		for _, escape := range []func(){func() { panic("boom") }, runtime.Goexit} {
			if err := p.Submit(e.Task(escape)); err != nil {
				t.Fatal(err)
			}
		}
		p.Shutdown()
		if pool := read(t, page).Pools[0]; pool.Running != 0 || len(pool.Slowest) != 0 {
			t.Errorf("after the end: %+v", pool)
		}
	})
}

func TestTaskMayBeCalledManyTimesAtOnce(t *testing.T) {
	page := new(poolpage.Page)
	e := add(t, page, "jobs", funcPool(idle))
	end := make(chan struct{})
	var begun, ended sync.WaitGroup
	begun.Add(8)
	task := e.Task(func() { begun.Done(); <-end })
	for range 8 {
		ended.Go(task)
	}
	begun.Wait()
	if pool := read(t, page).Pools[0]; pool.Running != 8 {
		t.Errorf("%d run", pool.Running)
	}
	close(end)
	ended.Wait()
	if pool := read(t, page).Pools[0]; pool.Running != 0 {
		t.Errorf("%d run after the end", pool.Running)
	}
}

func TestNilTaskPanics(t *testing.T) {
	e := add(t, new(poolpage.Page), "jobs", funcPool(idle))
	defer func() {
		if value := recover(); value != "poolpage: Entry.Task: f is nil" {
			t.Errorf("the panic's value is %v", value)
		}
	}()
	e.Task(nil)
}

// Pools come and go, work and are resized while the page is read.
func TestPageCanBeReadWhilePoolsComeAndGo(t *testing.T) {
	page := new(poolpage.Page)
	var changing sync.WaitGroup
	for i := range 4 {
		changing.Go(func() {
			for range 50 {
				p := ringpool.New(2)
				e, err := page.Add(fmt.Sprint("pool ", i), p)
				if err != nil {
					t.Error(err)
					return
				}
				_ = p.Submit(e.Task(func() {}))
				p.Resize(3)
				p.Shutdown()
				e.Remove()
			}
		})
	}
	for range 50 {
		for _, p := range read(t, page).Pools {
			if p.Stats == nil || p.Error != "" {
				t.Errorf("%+v", p)
			}
		}
	}
	changing.Wait()
	if r := read(t, page); len(r.Pools) != 0 {
		t.Errorf("the page has %+v", r)
	}
}

func TestTenThousandPoolsAreOnAPage(t *testing.T) {
	page := new(poolpage.Page)
	for i := range 10_000 {
		add(t, page, fmt.Sprint("pool ", i), funcPool(idle))
	}
	if r := read(t, page); len(r.Pools) != 10_000 {
		t.Errorf("the page has %d pools", len(r.Pools))
	}
}

func BenchmarkJSON(b *testing.B) {
	for _, pools := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("pools=%d", pools), func(b *testing.B) {
			page := new(poolpage.Page)
			for i := range pools {
				if _, err := page.Add(fmt.Sprint("pool ", i), ringpool.New(1)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				serve(page, "GET", "/?format=json")
			}
		})
	}
}

// BenchmarkTask measures what it costs a task to be on the page while it runs.
func BenchmarkTask(b *testing.B) {
	for _, shown := range []bool{false, true} {
		b.Run(fmt.Sprintf("impl=ringpool/shown=%v", shown), func(b *testing.B) {
			p := ringpool.New(1)
			defer p.Shutdown()
			task := func() {}
			if shown {
				e, err := new(poolpage.Page).Add("jobs", p)
				if err != nil {
					b.Fatal(err)
				}
				task = e.Task(task)
			}
			b.ReportAllocs()
			for b.Loop() {
				_ = p.SubmitWait(task)
			}
		})
	}
}
