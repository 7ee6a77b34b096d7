// Package origin tells whose function a task runs. A pool's task is a func(), and
// for a task that this library has made around a user's function the name of the
// code says nothing. Such a task is made by Task, and Of looks into it. This costs
// nothing until somebody asks.
package origin

import (
	"reflect"
	"unsafe"
)

// A Runner is what a task made by Task runs.
type Runner interface {
	Run()

	// Origin returns the code of the function that Run calls for its user.
	Origin() uintptr
}

// Task returns r.Run. It is not inlined, so that all tasks have the same code.
//
//go:noinline
func Task(r Runner) func() { return r.Run }

// A methodValue is what the func() that Task returns points to. That is how the
// compiler makes them, but no promise of the language: see trusted.
type methodValue struct {
	code     uintptr
	receiver Runner
}

var (
	code = Code(Task(probe{}))

	// trusted says that a methodValue is what we take it for. It is compared as
	// plain words, since only then are they known to be a Runner.
	trusted = func() bool {
		type words [unsafe.Sizeof(methodValue{}) / unsafe.Sizeof(uintptr(0))]uintptr
		want := methodValue{code, probe{}}
		task := Task(want.receiver)
		return **(**words)(unsafe.Pointer(&task)) == *(*words)(unsafe.Pointer(&want))
	}()
)

// A probe is a Runner without a value: the words of two interfaces that hold it are
// the same.
type probe struct{}

func (probe) Run()            {}
func (probe) Origin() uintptr { return 0 }

// Of returns the code of the function that task is, or, if Task has made it, that
// its Runner runs.
func Of(task func()) uintptr {
	of := Code(task)
	if of != code || !trusted {
		return of
	}
	return (*(**methodValue)(unsafe.Pointer(&task))).receiver.Origin()
}

// Code returns the address of the code of function f, of any type. Those of the
// functions that one func literal makes are the same.
func Code(f any) uintptr { return reflect.ValueOf(f).Pointer() }
