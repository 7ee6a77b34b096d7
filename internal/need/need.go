// Package need skips tests that need something that the machine does not have. It
// tries it out, and has no list of machines.
package need

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"
)

// Processors skips t unless two goroutines can run at the same time. Where they cannot,
// as in WebAssembly, there is no second thread. So a goroutine that does not block or
// yield is never interrupted.
func Processors(t testing.TB) {
	t.Helper()
	before := runtime.GOMAXPROCS(2)
	got := runtime.GOMAXPROCS(before)
	if got < 2 {
		t.Skip("there is one thread: while a goroutine runs, no other can")
	}
}

// Processes skips t unless a program can start itself as another process.
func Processes(t testing.TB) {
	t.Helper()
	if err := startsItself(); err != nil {
		for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(err) {
			err = cause // without the name of the program
		}
		t.Skip("a program cannot start itself here:", err)
	}
}

var startsItself = sync.OnceValue(func() error {
	err := exec.Command(os.Args[0], "-test.run=^$").Run()
	if errors.As(err, new(*exec.ExitError)) {
		return nil // it has started
	}
	return err
})
