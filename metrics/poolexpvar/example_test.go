package poolexpvar_test

import (
	"encoding/json"
	"expvar"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/metrics/poolexpvar"
	"github.com/seed62337844/workerpool/ringpool"
)

// One pool for the life of the program, read back as a monitor would.
func Example() {
	p := ringpool.New(4)
	if err := poolexpvar.Publish("jobs", p); err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		_ = p.Submit(func() {})
	}
	p.Shutdown()

	server := httptest.NewServer(expvar.Handler()) // what /debug/vars serves
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	var vars struct{ Jobs workerpool.Stats }
	if err := json.NewDecoder(answer.Body).Decode(&vars); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(vars.Jobs.Completed, "of", vars.Jobs.Submitted, "tasks have ended")
	// Output: 3 of 3 tasks have ended
}

// Pools that come and go.
func Example_map() {
	pools := expvar.NewMap("pools")

	mail := ringpool.New(4)
	pools.Set("mail", poolexpvar.Var(mail))
	fmt.Println(pools.Get("mail") != nil)

	mail.Shutdown()
	pools.Delete("mail")
	fmt.Println(pools)
	// Output:
	// true
	// {}
}
