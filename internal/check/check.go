// Package check refuses arguments that no caller can mean, with a panic that
// names the function and the value.
package check

import (
	"context"
	"fmt"
	"reflect"
)

// MaxSize is the largest size of a pool, 8,388,608 workers. Memory that cannot
// be had is a fatal error in Go, which no caller can recover from. So a size
// beyond all reason is refused before the allocator is asked.
const MaxSize = 1 << 23

// Size panics if size is not one that a pool can have. The function is the one
// that the caller wrote, as in "ringpool: New".
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
