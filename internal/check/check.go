// Package check panics if an argument makes no sense, with a sentence that
// names the function and the value.
package check

import (
	"context"
	"fmt"
	"reflect"
)

// MaxSize is the largest size of a pool, 8,388,608 workers. There is a limit
// because a Go program that runs out of memory cannot recover.
const MaxSize = 1 << 23

// Size panics if a pool cannot have this size. function is the function that
// the user called, as in "ringpool: New".
func Size(function string, size int) {
	switch {
	case size < 1:
		panic(fmt.Sprintf("%s: size is %d, must be at least 1", function, size))
	case size > MaxSize:
		panic(fmt.Sprintf("%s: size is %d, must be at most %d", function, size, MaxSize))
	}
}

// Context panics if ctx is nil.
func Context(function string, ctx context.Context) {
	if ctx == nil {
		panic(function + ": ctx is nil")
	}
}

// Pool panics if p is nil, or an interface that holds a nil pointer.
func Pool(function string, p any) {
	if v := reflect.ValueOf(p); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		panic(function + ": pool is nil")
	}
}
