package benchmarks

import (
	"runtime"
	"syscall"
	"time"
)

// A pacer sleeps for microseconds. time.Sleep cannot: when the process is idle
// the runtime waits for timers in whole milliseconds. So the pacer takes a
// thread for itself, and lets that thread sleep in the kernel, which is told not
// to add the 50 µs of slack that it grants itself by default.
type pacer struct{}

const prSetTimerSlack = 29

// newPacer makes the calling goroutine the pacer's, until stop.
func newPacer() pacer {
	runtime.LockOSThread()
	// Should it fail, the sleeps are longer, which the lateness will show.
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetTimerSlack, 1, 0)
	return pacer{}
}

// sleep returns after d or a little later, or earlier after a signal.
func (pacer) sleep(d time.Duration) {
	request := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&request, nil) // EINTR: the caller looks at the clock anyway
}

func (pacer) stop() {
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetTimerSlack, 0, 0) // 0 is the default
	runtime.UnlockOSThread()
}
