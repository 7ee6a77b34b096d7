// Package options has the settings that the options of a pool make. The options
// themselves, with their documentation, are in package workerpool.
package options

import (
	"fmt"
	"time"
)

// Options has the settings of one pool. The zero value of a field means that
// its option is not used.
type Options struct {
	// PanicHandler is called for each task that panics. If it is nil, the panic
	// is logged.
	PanicHandler func(value any, stack []byte)

	Name         string // of the pool
	ProfileLabel bool   // workers have a label in profiles
	TraceRegions bool   // each task is a region of an execution trace

	SlowTask   time.Duration // the threshold
	ReportSlow func(task func(), took time.Duration)

	QueueWait   int // one task in so many is timed
	ObserveWait func(waited time.Duration)

	RunTime    int // one task in so many is timed
	ObserveRun func(ran time.Duration)

	QueueCapacity    int // tasks that can be queued, if HasQueueCapacity
	HasQueueCapacity bool

	IdleTimeout time.Duration // of a worker's goroutine; ringpool only
}

// Capacity returns how many tasks the queue of a pool of this size holds.
func (o *Options) Capacity(size int) int {
	if o.HasQueueCapacity {
		return o.QueueCapacity
	}
	return 2 * size
}

// Apply applies opts in order. If an option is nil, it panics with a message
// that names its index and the package whose New was called.
func Apply[O ~func(*Options)](pkg string, opts []O) (o Options) {
	for i, opt := range opts {
		if opt == nil {
			panic(fmt.Sprintf("%s: New: opts[%d] is nil", pkg, i))
		}
		opt(&o)
	}
	return o
}
