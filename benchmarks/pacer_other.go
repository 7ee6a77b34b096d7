//go:build !linux

package benchmarks

import "time"

// A pacer sleeps as precisely as the system has it, see pacer_linux.go.
type pacer struct{}

func newPacer() pacer { return pacer{} }

func (pacer) sleep(d time.Duration) { time.Sleep(d) }
func (pacer) stop()                 {}
