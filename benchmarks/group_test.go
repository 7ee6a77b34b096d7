package benchmarks

import (
	"context"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/ringpool"
)

// Group and Result against errgroup, which is what people take who want an error
// back from each of some functions:
//
//	go test -run '^$' -bench 'Group$' -count 10 . | tee group.txt
//	go tool benchstat -col /impl group.txt

// BenchmarkGroup takes the time of a function in a group of 100, of which 50 may
// run at once, from the making of the group to the end of its Wait; and in 100
// results that are waited for one after the other. Each function leaves a value
// behind, and a missing one fails the benchmark. A pool is made once, as a service
// makes it; an errgroup starts its goroutines each time, as it does.
func BenchmarkGroup(b *testing.B) {
	ctx := context.Background()
	ring := ringpool.New(groupSize)
	defer ring.Shutdown()
	channel := chanpool.New(groupSize)
	defer channel.Shutdown()

	for _, impl := range []struct {
		name string
		run  func(work func(), values []int) error
	}{
		{"errgroup", runErrgroup},
		{"ring.Group", runGroup(ring)},
		{"chan.Group", runGroup(channel)},
		{"ring.Result", runResults(func(f func() (int, error)) (*workerpool.Result[int], error) {
			return workerpool.GoContext(ctx, ring, func(context.Context) (int, error) { return f() })
		})},
		{"chan.Result", runResults(func(f func() (int, error)) (*workerpool.Result[int], error) {
			return workerpool.GoContext(ctx, channel, func(context.Context) (int, error) { return f() })
		})},
	} {
		for _, task := range []struct {
			name   string
			length time.Duration
		}{{"0", 0}, {"1us", time.Microsecond}} {
			work := Work(task.length)
			b.Run("impl="+impl.name+"/size=50/functions=100/task="+task.name, func(b *testing.B) {
				inGroups(b, func(values []int) error { return impl.run(work, values) })
			})
		}
	}
}

const (
	groupSize      = 50
	groupFunctions = 100
)

// inGroups has run call functions, a group of them at a time and b.N in all, of
// which each sets a value to its index.
func inGroups(b *testing.B, run func(values []int) error) {
	all := make([]int, groupFunctions)
	b.ReportAllocs()
	for n := 0; n < b.N; n += len(all) {
		values := all[:min(len(all), b.N-n)]
		for i := range values {
			values[i] = -1
		}
		if err := run(values); err != nil {
			b.Fatal(err)
		}
		for i, value := range values {
			if value != i {
				b.Fatalf("function %d left %d, want %d", i, value, i)
			}
		}
	}
}

func runErrgroup(work func(), values []int) error {
	g, _ := errgroup.WithContext(context.Background())
	g.SetLimit(groupSize)
	for i := range values {
		g.Go(func() error {
			work()
			values[i] = i
			return nil
		})
	}
	return g.Wait()
}

func runGroup(p workerpool.Pool) func(work func(), values []int) error {
	return func(work func(), values []int) error {
		g := workerpool.NewGroup(context.Background(), p)
		for i := range values {
			g.Go(func(context.Context) error {
				work()
				values[i] = i
				return nil
			})
		}
		return g.Wait()
	}
}

func runResults(call func(f func() (int, error)) (*workerpool.Result[int], error)) func(work func(), values []int) error {
	results := make([]*workerpool.Result[int], groupFunctions)
	return func(work func(), values []int) (err error) {
		for i := range values {
			results[i], err = call(func() (int, error) {
				work()
				return i, nil
			})
			if err != nil {
				return err
			}
		}
		for i := range values {
			if values[i], err = results[i].Wait(context.Background()); err != nil {
				return err
			}
		}
		return nil
	}
}
