package workerpool_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// BenchmarkGroup compares a function of a group with the usual code without a
// group: a WaitGroup, an error under a mutex, and a context to cancel. That code
// has no protection against panics, and begins functions after the end of the
// context.
func BenchmarkGroup(b *testing.B) {
	f := func(context.Context) error { return nil }
	run := func(b *testing.B, functions int, collect func(p *ringpool.Pool, functions int) error) {
		p := ringpool.New(8)
		defer p.Shutdown()
		b.ReportAllocs()
		for n := 0; n < b.N; n += functions {
			if err := collect(p, functions); err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, functions := range []int{1, 10, 1000} {
		b.Run(fmt.Sprintf("impl=group/functions=%d", functions), func(b *testing.B) {
			run(b, functions, func(p *ringpool.Pool, functions int) error {
				g := workerpool.NewGroup(context.Background(), p)
				for range functions {
					g.Go(f)
				}
				return g.Wait()
			})
		})
		b.Run(fmt.Sprintf("impl=hand/functions=%d", functions), func(b *testing.B) {
			run(b, functions, func(p *ringpool.Pool, functions int) error {
				ctx, cancel := context.WithCancelCause(context.Background())
				defer cancel(nil)
				var wg sync.WaitGroup
				var once sync.Once
				var first error
				for range functions {
					wg.Add(1)
					if err := p.SubmitContext(ctx, func() {
						defer wg.Done()
						if err := f(ctx); err != nil {
							once.Do(func() { first = err; cancel(err) })
						}
					}); err != nil {
						wg.Done()
						once.Do(func() { first = err })
						break
					}
				}
				wg.Wait()
				return first
			})
		})
	}
}

// BenchmarkResult compares a result with a channel of capacity 1.
func BenchmarkResult(b *testing.B) {
	const window = 64 // results under way
	p := ringpool.New(8)
	defer p.Shutdown()
	ctx := context.Background()
	f := func() (int, error) { return 7, nil }
	b.Run("impl=result", func(b *testing.B) {
		b.ReportAllocs()
		var results [window]*workerpool.Result[int]
		for i := 0; i < b.N; i++ {
			if r := results[i%window]; r != nil {
				if _, err := r.Wait(ctx); err != nil {
					b.Fatal(err)
				}
			}
			results[i%window], _ = workerpool.GoContext(ctx, p, func(context.Context) (int, error) { return f() })
		}
	})
	b.Run("impl=channel", func(b *testing.B) {
		b.ReportAllocs()
		type outcome struct {
			value int
			err   error
		}
		var results [window]chan outcome
		for i := 0; i < b.N; i++ {
			if c := results[i%window]; c != nil {
				<-c
			}
			c := make(chan outcome, 1)
			results[i%window] = c
			_ = p.SubmitContext(ctx, func() {
				value, err := f()
				c <- outcome{value, err}
			})
		}
	})
}
