package pool

import "fmt"

// Option configures a pool at its making.
type Option func(*Options)

// Options is what the options of one pool add up to.
type Options struct {
	// PanicHandler is told of each task that panicked; never nil.
	PanicHandler func(value any, stack []byte)
}

// MakeOptions applies opts, in order, to the defaults of package pkg. A nil
// option panics with a message that names its index.
func MakeOptions(pkg string, opts []Option) Options {
	o := Options{PanicHandler: LogPanic(pkg)}
	for i, opt := range opts {
		if opt == nil {
			panic(fmt.Sprintf("%s: New: opts[%d] is nil", pkg, i))
		}
		opt(&o)
	}
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
