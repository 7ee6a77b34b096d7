package capture_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool/internal/capture"
)

// captured calls Call on a goroutine of its own. It returns the panics for
// which onPanic was called, and whether Call returned.
func captured(f func()) (told []*capture.Panic, returned bool) {
	var ended sync.WaitGroup
	ended.Go(func() {
		capture.Call(f, func(p *capture.Panic) { told = append(told, p) })
		returned = true
	})
	ended.Wait()
	return told, returned
}

// here returns its caller's file and line.
func here() (file string, line int) {
	_, file, line, _ = runtime.Caller(1)
	return file, line
}

func TestPlaceIsWhereThePanicCameFrom(t *testing.T) {
	file, line := here()
	var none []int
	var nowhere *struct{ n int }
	for i, f := range []func(){ // one a line, the first 4 lines below
		func() { panic("boom") },
		func() { none[3]++ },
		func() { nowhere.n++ },
		func() { defer func() { panic("again") }(); panic("boom") },
		func() { defer func() { panic("boom") }(); runtime.Goexit() },
		func() { panic(nil) },
	} {
		told, _ := captured(f)
		require.Len(t, told, 1)
		require.Equal(t, fmt.Sprintf("%s:%d", file, line+4+i), told[0].Place)
		require.Contains(t, string(told[0].Stack), told[0].Place)
	}
}

// If a panic is captured for the second time, the first Panic is passed on,
// also during a Goexit.
func TestAPanicWithAPanicIsTheSamePanic(t *testing.T) {
	first := &capture.Panic{Value: "boom", Stack: []byte("stack"), Place: "place"}
	for _, goexit := range []bool{false, true} {
		told, returned := captured(func() {
			defer func() { panic(first) }()
			if goexit {
				runtime.Goexit()
			}
		})
		require.Equal(t, !goexit, returned)
		require.Len(t, told, 1)
		require.Same(t, first, told[0])
	}
}

func TestAnUncapturedPanicPrintsTheFirst(t *testing.T) {
	p := &capture.Panic{Value: strings.NewReader("unread"), Stack: []byte("the stack")}
	require.EqualError(t, p, "workerpool: task panicked: (*strings.Reader)\n\nthe stack")
}
