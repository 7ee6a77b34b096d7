//go:build modelcheck

package step

import (
	"runtime"

	"github.com/seed62337844/workerpool/internal/explore"
)

// Go runs f on a new goroutine.
func Go(f func()) {
	if r := explore.Current(); r != nil {
		r.Go("", f)
	} else {
		go f()
	}
}

// Spin does nothing here. It is no step.
func Spin() {}

// Relax works as in the normal build. In a run every call yields, so that the
// other goroutine can have the few turns that it needs.
func Relax(attempt int) {
	if explore.Current() != nil {
		explore.Yield()
	} else if attempt >= 16 {
		runtime.Gosched()
	}
}
