//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package benchmarks

import (
	"syscall"
	"time"
)

// cpuTime returns what this process has used of the processors so far, in the
// program and in the kernel on its behalf.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
