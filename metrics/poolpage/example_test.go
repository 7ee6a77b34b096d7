package poolpage_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/seed62337844/workerpool/metrics/poolpage"
	"github.com/seed62337844/workerpool/ringpool"
)

// A page beside the profiles, on the program's private port.
func Example() {
	p := ringpool.New(4)
	defer p.Shutdown()
	page := new(poolpage.Page)
	jobs, err := page.Add("jobs", p)
	if err != nil {
		fmt.Println(err)
		return
	}
	private := http.NewServeMux()
	private.Handle("GET /debug/pools", page)
	server := httptest.NewServer(private)
	defer server.Close()

	_ = p.Submit(jobs.Task(func() { fmt.Println("on the page while it runs") }))
	answer, err := http.Get(server.URL + "/debug/pools")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	p.Shutdown()
	jobs.Remove() // this pool is not coming back
	fmt.Println(answer.Status)
	// Output:
	// on the page while it runs
	// 200 OK
}
