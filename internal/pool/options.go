package pool

import (
	"context"
	"fmt"
	"runtime/pprof"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Option configures a pool at its making.
type Option func(*Options)

// Options is what the options of one pool add up to. The zero value of each
// field but PanicHandler says that the option is not used.
type Options struct {
	// PanicHandler is told of each task that panicked; never nil.
	PanicHandler func(value any, stack []byte)

	Name         string // of the pool
	ProfileLabel bool   // workers have a label for profiles

	SlowTask   time.Duration // the threshold
	ReportSlow func(took time.Duration)

	QueueWait   int // one task in so many is timed
	ObserveWait func(waited time.Duration)

	IdleTimeout time.Duration // of a worker's goroutine; ringpool only

	around bool            // a worker has something to do around each task
	labels context.Context // the labels of a worker
}

// MakeOptions applies opts, in order, to the defaults of package pkg. A nil
// option panics with a message that names its index.
func MakeOptions(pkg string, opts []Option) Options {
	var o Options
	for i, opt := range opts {
		if opt == nil {
			panic(fmt.Sprintf("%s: New: opts[%d] is nil", pkg, i))
		}
		opt(&o)
	}
	if o.PanicHandler == nil {
		o.PanicHandler = LogPanic(pkg, o.Name)
	}
	if o.ProfileLabel {
		name := o.Name
		if name == "" {
			name = pkg
		}
		o.labels = pprof.WithLabels(context.Background(), pprof.Labels("pool", name))
	}
	o.around = o.ProfileLabel || o.ReportSlow != nil
	return o
}

// WithPanicHandler makes handler, instead of the log, learn of each task that
// panicked. It panics if handler is nil.
func WithPanicHandler(handler func(value any, stack []byte)) Option {
	if handler == nil {
		panic("workerpool: WithPanicHandler: handler is nil")
	}
	return func(o *Options) { o.PanicHandler = handler }
}

// WithName gives the pool a name. It panics if name is empty or has something
// in it that cannot be printed.
func WithName(name string) Option {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unprintable) {
		panic(fmt.Sprintf("workerpool: WithName: name is %q, must be printable and not empty", name))
	}
	return func(o *Options) { o.Name = name }
}

// WithProfileLabel makes every task begin with the pprof label "pool", the pool's
// name, or the package's if the pool has none, and with no other label.
func WithProfileLabel() Option {
	return func(o *Options) { o.ProfileLabel = true }
}

// WithSlowTask makes report learn of each task that took threshold or longer. It
// panics if threshold is not positive, and if report is nil.
func WithSlowTask(threshold time.Duration, report func(took time.Duration)) Option {
	if threshold <= 0 {
		panic(fmt.Sprintf("workerpool: WithSlowTask: threshold is %v, must be positive", threshold))
	}
	if report == nil {
		panic("workerpool: WithSlowTask: report is nil")
	}
	return func(o *Options) { o.SlowTask, o.ReportSlow = threshold, report }
}

// WithQueueWait makes observe learn how long one task in every waited for its
// start. It panics if every is less than 1, and if observe is nil.
func WithQueueWait(every int, observe func(waited time.Duration)) Option {
	if every < 1 {
		panic(fmt.Sprintf("workerpool: WithQueueWait: every is %d, must be at least 1", every))
	}
	if observe == nil {
		panic("workerpool: WithQueueWait: observe is nil")
	}
	return func(o *Options) { o.QueueWait, o.ObserveWait = every, observe }
}

// WithIdleTimeout makes a worker that has had nothing to do for so long let its
// goroutine go. It panics if timeout is not positive.
func WithIdleTimeout(timeout time.Duration) Option {
	if timeout <= 0 {
		panic(fmt.Sprintf("workerpool: WithIdleTimeout: timeout is %v, must be positive", timeout))
	}
	return func(o *Options) { o.IdleTimeout = timeout }
}
