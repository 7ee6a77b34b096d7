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

// Spin is that of the normal build, which is no step.
func Spin() {}

// Relax is that of the normal build. In a run every call yields: another
// goroutine's next few instructions are a few turns away.
func Relax(attempt int) {
	if explore.Current() != nil {
		explore.Yield()
	} else if attempt >= 16 {
		runtime.Gosched()
	}
}
