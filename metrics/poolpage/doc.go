// Package poolpage shows the pools of a program on a page, as net/http/pprof shows
// its profiles.
//
//	page := new(poolpage.Page)
//	if _, err := page.Add("jobs", p); err != nil {
//		log.Fatal(err)
//	}
//	private.Handle("GET /debug/pools", page)
//
// For each pool the page has its size, its busy workers, its queue, the calls that
// wait, the load that it sheds and the panics, with small charts. It updates itself
// once a second. The charts begin when the page is opened, and go back five minutes:
// the program keeps no history, so a page that nobody looks at costs nothing.
// The same figures are at ?format=json for programs.
//
// The page needs nothing from elsewhere, only reads, and escapes every name. Even so
// it belongs on a port that only those can reach who run the program: it shows the
// names of pools and of functions, and asking for it makes the program work. It
// registers itself nowhere.
//
// # Running tasks
//
// A task that is made with [Entry.Task] is on the page while it runs, with its
// function and its age, the oldest first. That is how one sees what holds up a pool.
// It is optional, and costs each such task an allocation, two looks at the clock and
// two locks of a mutex that the pool's workers share.
//
// # Profiles
//
// Each pool has a link to its goroutines at net/http/pprof, found by the label that
// the option WithProfileLabel gives them. For that the names must be the same.
package poolpage
