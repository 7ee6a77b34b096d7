// Package poolexpvar shows the pools of this module under /debug/vars, by the
// standard library's [expvar].
//
//	p := ringpool.New(50)
//	expvar.Publish("jobs", poolexpvar.Var(p))
//
// The variable is the pool's Stats as a JSON object, with the names that its
// fields have in Go, as those of expvar's own memstats:
//
//	"jobs": {"Size":50,"Capacity":100,"Queued":0,"Busy":3,...}
//
// What is published stays so until the program ends, and a name can be published
// only once. Where pools come and go, publish an [expvar.Map], and set and delete
// the pools in it; see the example.
//
// It serves packages ringpool and chanpool alike, and is a module of its own,
// because expvar adds a handler to [net/http.DefaultServeMux] of every program that
// imports it, which nobody should get for the import of a pool.
package poolexpvar

import (
	"expvar"

	"github.com/seed62337844/workerpool"
)

// A Pool is what [Var] needs of a pool. The types ringpool.Pool and chanpool.Pool
// both have it, for their Stats are one type.
type Pool interface {
	Stats() workerpool.Stats
}

// Var returns a variable whose value is what pool's Stats says at the time at
// which it is read. It can be read from many goroutines at once. It keeps the
// pool's memory until it is forgotten. Var panics if pool is nil.
func Var(pool Pool) expvar.Func {
	if pool == nil {
		panic("poolexpvar: Var: pool is nil")
	}
	return func() any { return pool.Stats() }
}
