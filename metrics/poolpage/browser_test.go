package poolpage_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/metrics/poolpage"
	"github.com/seed62337844/workerpool/ringpool"
)

// atWork is a pool whose figures change with each call of Stats.
func atWork() funcPool {
	var looks atomic.Int64
	return func() workerpool.Stats {
		n := int(looks.Add(1))
		return workerpool.Stats{
			Size: 8, Capacity: 16, Busy: n * 3 % 9, Queued: n * 5 % 17, Waiting: n % 3, Started: 8,
			Submitted: uint64(n * 900), Completed: uint64(n * 880), Rejected: uint64(n * 40 * (n % 2)), Panicked: uint64(n / 4),
		}
	}
}

func serveOn(t *testing.T, page http.Handler) string {
	t.Helper()
	server := httptest.NewServer(page)
	t.Cleanup(server.Close)
	return server.URL
}

// js returns a string as a JavaScript literal.
func js(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestPageInABrowser(t *testing.T) {
	b := newBrowser(t)

	t.Run("shows the pools, and updates itself", func(t *testing.T) {
		page := new(poolpage.Page)
		p := ringpool.New(2)
		end := make(chan struct{})
		e := add(t, page, "jobs", p)
		for range 2 {
			if err := p.Submit(e.Task(func() { <-end })); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"mail", "search", "thumbnails", "uploads"} {
			add(t, page, name, atWork())
		}
		b.open(t, serveOn(t, page), 1200, 800, "light")
		b.await(t, `document.querySelectorAll("article").length === 5`)
		b.await(t, `document.querySelector("[data-pool=jobs]").innerText.includes("2 of 2")`)
		b.await(t, `document.querySelector("[data-pool=jobs] li").innerText.includes("TestPageInABrowser")`)
		b.await(t, `document.querySelector("[data-pool=mail] svg.busy path").getAttribute("d").split("L").length >= 4`)
		b.screenshot(t, "desktop.png")
		close(end)
		b.await(t, `document.querySelector("[data-pool=jobs]").innerText.includes("0 of 2") && document.querySelectorAll("[data-pool=jobs] li").length === 0`)
		p.Shutdown()
	})

	t.Run("fits a phone, in the dark", func(t *testing.T) {
		page := new(poolpage.Page)
		for _, name := range append([]string{"mail", "search"}, hostile...) {
			add(t, page, name, atWork())
		}
		b.open(t, serveOn(t, page), 360, 740, "dark")
		b.await(t, `document.querySelector("article svg.busy path").getAttribute("d").split("L").length >= 3`)
		if b.eval(t, `document.documentElement.scrollWidth <= document.documentElement.clientWidth`) != true {
			t.Error("the page is wider than the phone")
		}
		if color := b.eval(t, `getComputedStyle(document.body).backgroundColor`); color != "rgb(13, 17, 23)" {
			t.Errorf("in the dark the page is %v", color)
		}
		b.screenshot(t, "phone.png")
	})

	t.Run("shows hostile names as text", func(t *testing.T) {
		page := new(poolpage.Page)
		for _, name := range hostile {
			add(t, page, name, funcPool(idle))
		}
		b.open(t, serveOn(t, page), 1200, 800, "light")
		b.await(t, fmt.Sprintf(`document.querySelectorAll("article").length === %d`, len(hostile)))
		for _, name := range hostile {
			if b.eval(t, `[...document.querySelectorAll("h2 bdi")].some(e => e.textContent === `+js(name)+`)`) != true {
				t.Errorf("%.40q is not on the page as it is", name)
			}
		}
		if got := b.eval(t, `document.title + document.querySelectorAll("img, article script").length`); got != "Worker pools0" {
			t.Errorf("a name has become more than text: %v", got)
		}
		b.screenshot(t, "hostile.png")
	})

	t.Run("survives pools that come and go, and a program that does not answer", func(t *testing.T) {
		page := new(poolpage.Page)
		var broken atomic.Bool
		url := serveOn(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if broken.Load() {
				http.Error(w, "not now", http.StatusServiceUnavailable)
				return
			}
			page.ServeHTTP(w, r)
		}))
		add(t, page, "stays", funcPool(idle))
		var panics atomic.Bool
		add(t, page, "breaks", funcPool(func() workerpool.Stats {
			if panics.Load() {
				panic("boom")
			}
			return idle()
		}))
		b.open(t, url, 1200, 800, "light")
		e := add(t, page, "comes", funcPool(idle))
		b.await(t, `document.querySelector("[data-pool=comes]") !== null`)
		e.Remove()
		panics.Store(true)
		b.await(t, `document.querySelector("[data-pool=comes]") === null && document.querySelector("[data-pool=breaks]").innerText.includes("panics: boom")`)
		add(t, page, "comes", funcPool(idle))
		panics.Store(false)
		b.await(t, `document.querySelector("[data-pool=comes]") !== null && document.querySelector("[data-pool=breaks]").innerText.includes("0 of 1")`)
		broken.Store(true)
		b.await(t, `document.getElementById("status").innerText.includes("No answer: 503")`)
		broken.Store(false)
		b.await(t, `document.getElementById("status").innerText === "3 pools"`)
	})

	t.Run("can be used by keyboard", func(t *testing.T) {
		page := new(poolpage.Page)
		add(t, page, "mail", atWork())
		add(t, page, "search", funcPool(idle))
		b.open(t, serveOn(t, page), 1200, 800, "light")
		b.await(t, `document.querySelectorAll("article").length === 2`)
		b.press(t, "/", "/", 191)
		b.await(t, `document.activeElement.id === "filter"`)
		b.press(t, "s", "s", 83)
		b.press(t, "e", "e", 69)
		b.await(t, `document.querySelector("[data-pool=mail]").hidden && !document.querySelector("[data-pool=search]").hidden`)
		reached := map[any]bool{}
		for range 8 {
			b.press(t, "Tab", "", 9)
			reached[b.eval(t, `document.activeElement.id || document.activeElement.textContent`)] = true
		}
		for _, want := range []string{"sort", "pause", "JSON", "Profiles", "goroutines"} {
			if !reached[want] {
				t.Errorf("the keyboard does not reach %s, only %v", want, reached)
			}
		}
		b.eval(t, `document.getElementById("pause").focus()`)
		b.press(t, "Enter", "\r", 13)
		b.await(t, `document.getElementById("pause").getAttribute("aria-pressed") === "true"`)
	})

	t.Run("survives a thousand pools", func(t *testing.T) {
		page := new(poolpage.Page)
		for i := range 1000 {
			add(t, page, fmt.Sprintf("pool %03d", i), atWork())
		}
		b.open(t, serveOn(t, page), 1200, 800, "light")
		b.await(t, `document.querySelectorAll("article").length === 1000`)
		b.await(t, `document.querySelector("article svg.busy path").getAttribute("d").split("L").length >= 3`)
		undrawn := b.eval(t, `[...document.querySelectorAll("article svg.busy path")].filter(p => !p.hasAttribute("d")).length`)
		if n, _ := undrawn.(float64); n < 900 {
			t.Errorf("only %v charts that can't be seen were left out", undrawn)
		}
		b.screenshot(t, "thousand.png")
	})
}
