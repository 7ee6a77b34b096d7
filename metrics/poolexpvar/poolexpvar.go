// Package poolexpvar shows the pools of this module under /debug/vars, by the
// standard library's [expvar].
//
//	p := ringpool.New(50, workerpool.WithName("jobs"))
//	if err := poolexpvar.Publish("jobs", p); err != nil {
//		log.Fatal(err)
//	}
//
// The variable is the pool's Stats as a JSON object. The names of the fields
// are those of Go, as in expvar's own memstats:
//
//	"jobs": {"Size":50,"Capacity":100,"Queued":0,"Busy":3,...}
//
// A variable stays until the program ends, and a name can be published only once.
// If pools come and go, publish an [expvar.Map], and set and delete the pools in
// it with [Var]; see the example.
//
// The package works with packages ringpool and chanpool. It is a module of its own,
// because expvar adds a handler to the [net/http.DefaultServeMux] of every program
// that imports it. Importing a pool should not do that.
package poolexpvar

import (
	"errors"
	"expvar"
	"fmt"
	"reflect"
	"sync"
	"unicode/utf8"

	"github.com/seed62337844/workerpool"
)

// A Pool is what [Publish] and [Var] need of a pool. The types ringpool.Pool and
// chanpool.Pool implement it.
type Pool interface {
	Stats() workerpool.Stats
}

// publishing is held while Publish checks that a name is free and publishes it.
var publishing sync.Mutex

// Publish publishes [Var] of pool under name. It returns an error if name is empty,
// not valid UTF-8 or already published, and if Var would panic. It is safe for
// concurrent use, except with an [expvar.Publish] of the same name, which may
// panic.
func Publish(name string, pool Pool) error {
	if name == "" {
		return errors.New("poolexpvar: Publish: name is empty")
	}
	if !utf8.ValidString(name) {
		return fmt.Errorf("poolexpvar: Publish: name is %q, must be valid UTF-8", name)
	}
	if err := check(pool); err != nil {
		return fmt.Errorf("poolexpvar: Publish: name %q: %w", name, err)
	}
	publishing.Lock()
	defer publishing.Unlock()
	if expvar.Get(name) != nil {
		return fmt.Errorf("poolexpvar: Publish: name %q is published already", name)
	}
	expvar.Publish(name, variable(pool))
	return nil
}

// Var returns a variable whose value is what the pool's Stats says when it is read.
// It can be read from many goroutines at once. It keeps the pool's memory. If Stats
// panics when the variable is read, the value is an object with the panic's text
// in the field Error, so that the other variables can still be read.
//
// Var calls Stats once. It panics if pool is nil or a nil pointer, and if Stats
// panics, as that of a pool that was not made by New does.
func Var(pool Pool) expvar.Func {
	if err := check(pool); err != nil {
		panic("poolexpvar: Var: " + err.Error())
	}
	return variable(pool)
}

func variable(pool Pool) expvar.Func {
	return func() any {
		stats, err := statsOf(pool)
		if err != nil {
			return struct{ Error string }{err.Error()}
		}
		return stats
	}
}

// check returns an error unless pool can be asked for its Stats. An interface with
// a nil in it is not equal to nil.
func check(pool Pool) error {
	if pool == nil {
		return errors.New("pool is nil")
	}
	switch v := reflect.ValueOf(pool); v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		if v.IsNil() {
			return fmt.Errorf("pool is a nil %T", pool)
		}
	}
	_, err := statsOf(pool)
	return err
}

// statsOf calls the pool's Stats, and returns its panic as an error.
func statsOf(pool Pool) (s workerpool.Stats, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("pool is a %T whose Stats panics: %v", pool, value)
		}
	}()
	return pool.Stats(), nil
}
