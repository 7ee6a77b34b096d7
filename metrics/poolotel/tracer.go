package poolotel

import (
	"cmp"
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// A Tracer makes spans for the tasks of one pool. Make one with [NewTracer]. It is
// safe for concurrent use.
type Tracer struct {
	tracer trace.Tracer
	pool   attribute.KeyValue
}

// NewTracer returns a Tracer for the pool called name, which is the value of the
// attribute workerpool.name. provider makes the spans. NewTracer returns nil and
// an error if provider is nil or a nil pointer, or if name is empty or not valid
// UTF-8.
func NewTracer(provider trace.TracerProvider, name string) (*Tracer, error) {
	if err := cmp.Or(checkNotNil("provider", provider), checkName(name)); err != nil {
		return nil, fmt.Errorf("poolotel: NewTracer: %w", err)
	}
	return &Tracer{tracer: provider.Tracer(scope), pool: nameKey.String(name)}, nil
}

// Task returns a task that calls f in a span of its own, called span. Pass it to any
// submit of the pool:
//
//	err := p.Submit(tracer.Task(ctx, "send mail", func(ctx context.Context) { ... }))
//
// The span begins when the task begins. It is the first of a new trace, with a link
// to the span in ctx. It is not a child of that span, which usually ends before the
// task begins. f gets ctx with the new span in it. The task calls f even if ctx has
// ended.
//
// If f panics or calls [runtime.Goexit], the span gets the status Error, and the
// panic goes on to the pool.
//
// Task panics if f is nil.
func (t *Tracer) Task(ctx context.Context, span string, f func(ctx context.Context)) func() {
	if f == nil {
		panic("poolotel: Tracer.Task: f is nil")
	}
	return func() {
		options := []trace.SpanStartOption{trace.WithNewRoot(), trace.WithAttributes(t.pool)}
		if trace.SpanContextFromContext(ctx).IsValid() {
			options = append(options, trace.WithLinks(trace.LinkFromContext(ctx)))
		}
		ctx, s := t.tracer.Start(ctx, span, options...)
		returned := false
		// End is not deferred directly, because then it would recover from the
		// panic and panic again.
		defer func() {
			if !returned {
				s.SetStatus(codes.Error, "the task panicked or called runtime.Goexit")
			}
			s.End()
		}()
		f(ctx)
		returned = true
	}
}
