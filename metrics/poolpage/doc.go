// Package poolpage shows the pools of a program on a web page, as net/http/pprof
// shows its profiles.
//
//	page := new(poolpage.Page)
//	if _, err := page.Add("jobs", p); err != nil {
//		log.Fatal(err)
//	}
//	private.Handle("GET /debug/pools", page)
//
// For each pool the page has its size, its busy workers, its queue, the calls that
// wait, the load that it sheds and the panics, with small charts. It updates itself
// once a second. The charts begin when the page is opened, and show the last five
// minutes. The program keeps no history, so a page that is not open costs nothing.
// For programs, the same figures are at ?format=json.
//
// The page loads nothing from other servers, only reads, and escapes every name.
// Still, serve it on a private port: it shows the names of pools and of functions,
// and each request costs the program some work. It does not register itself
// anywhere.
//
// # Running tasks
//
// A task that is made with [Entry.Task] is on the page while it runs, with its
// function and its age, the oldest first. So you can see which tasks block a pool.
// This is optional, and costs each such task an allocation, two readings of the
// clock and two locks of a mutex that the pool's workers share.
//
// # Profiles
//
// Each pool has a link to its goroutines at net/http/pprof. They are found by the
// label of the option WithProfileLabel. For that the pool must have the same name
// on the page and in WithName.
package poolpage
