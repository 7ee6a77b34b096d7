// Package origin finds the user's function that a task runs. A task is a func().
// If this library has made it around a user's function, its own code has a name
// that says nothing to the user. Such a task is made by Task, and Of and RunnerOf
// look into it. That costs nothing until they are called.
package origin

import (
	"reflect"
	"unsafe"
)

// A Runner is what a task made by Task runs.
type Runner interface {
	Run()

	// Origin returns the code of the user's function that Run calls.
	Origin() uintptr
}

// Task returns r.Run. It is not inlined, so that all tasks have the same code.
//
//go:noinline
func Task(r Runner) func() { return r.Run }

// A methodValue is what the func() that Task returns points to. The compiler
// makes it so, but the language does not promise that: see trusted.
type methodValue struct {
	code     uintptr
	receiver Runner
}

var (
	code = Code(Task(probe{}))

	// trusted says that a func() of Task does point to a methodValue. They are
	// compared as plain words, because before that it is not known that there
	// is a Runner.
	trusted = func() bool {
		type words [unsafe.Sizeof(methodValue{}) / unsafe.Sizeof(uintptr(0))]uintptr
		want := methodValue{code, probe{}}
		task := Task(want.receiver)
		return **(**words)(unsafe.Pointer(&task)) == *(*words)(unsafe.Pointer(&want))
	}()
)

// A probe is a Runner of size 0, so the words of two interfaces that hold one are
// the same.
type probe struct{}

func (probe) Run()            {}
func (probe) Origin() uintptr { return 0 }

// RunnerOf returns the Runner of task, or nil if Task has not made it.
func RunnerOf(task func()) Runner {
	if Code(task) != code || !trusted {
		return nil
	}
	return (*(**methodValue)(unsafe.Pointer(&task))).receiver
}

// Of returns the code of task or, if Task has made it, the Origin of its Runner.
func Of(task func()) uintptr {
	if r := RunnerOf(task); r != nil {
		return r.Origin()
	}
	return Code(task)
}

// Code returns the address of the code of f, a function of any type. All
// functions that one func literal makes have the same code.
func Code(f any) uintptr { return reflect.ValueOf(f).Pointer() }
