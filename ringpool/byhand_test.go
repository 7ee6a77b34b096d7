package ringpool_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed62337844/workerpool/ringpool"
)

// A caller could replace some methods by loops of Submit and SubmitWait. These benchmarks measure the time per task of both. Compare them with
//
//	go test -run '^$' -bench ByHand -count 10 ./ringpool | tee by-hand.txt
//	go -C benchmarks tool benchstat -col /how ../by-hand.txt

// BenchmarkByHand runs empty tasks on a pool of 50.
func BenchmarkByHand(b *testing.B) {
	task := func() {}
	for _, batch := range []int{10, 100, 1000} {
		tasks := make([]func(), batch)
		for i := range tasks {
			tasks[i] = task
		}
		what := fmt.Sprintf("SubmitBatchWait,tasks=%d", batch)
		compare(b, what, "method", batch, func(p *ringpool.Pool) {
			_, _ = p.SubmitBatchWait(context.Background(), tasks)
		})
		compare(b, what, "loop", batch, func(p *ringpool.Pool) {
			for _, task := range tasks {
				_ = p.SubmitWait(task)
			}
		})
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	compare(b, "SubmitContext", "method", 1, func(p *ringpool.Pool) { _ = p.SubmitContext(ctx, task) })
	compare(b, "SubmitContext", "goroutine", 1, func(p *ringpool.Pool) {
		answer := make(chan error, 1)
		go func() { answer <- p.SubmitWait(task) }()
		select {
		case <-answer:
		case <-ctx.Done():
		}
	})

	const round = 100
	compare(b, "Wait,tasks=100", "method", round, func(p *ringpool.Pool) {
		for range round {
			_ = p.SubmitWait(task)
		}
		_ = p.Wait(ctx)
	})
	compare(b, "Wait,tasks=100", "WaitGroup", round, func(p *ringpool.Pool) {
		var all sync.WaitGroup
		all.Add(round)
		counted := func() { task(); all.Done() }
		for range round {
			_ = p.SubmitWait(counted)
		}
		all.Wait()
	})

	compare(b, "SubmitOrRun", "method", 1, func(p *ringpool.Pool) { _ = p.SubmitOrRun(task) })
	compare(b, "SubmitOrRun", "if", 1, func(p *ringpool.Pool) {
		if errors.Is(p.Submit(task), ringpool.ErrPoolFull) {
			task()
		}
	})

	// One Resize, and as many tasks as in the other rounds.
	sizes := [2]int{50, 100}
	change := 0
	compare(b, "Resize,tasks=100", "method", round, func(p *ringpool.Pool) {
		for range round {
			_ = p.SubmitWait(task)
		}
		change++
		p.Resize(sizes[change%2])
	})
	var current atomic.Pointer[ringpool.Pool]
	current.Store(ringpool.New(50))
	compare(b, "Resize,tasks=100", "new-pool", round, func(*ringpool.Pool) {
		for range round {
			for errors.Is(current.Load().SubmitWait(task), ringpool.ErrPoolClosed) {
			}
		}
		change++
		current.Swap(ringpool.New(sizes[change%2])).Shutdown()
	})
	current.Load().Shutdown()
}

// compare calls submit again and again. Each call submits the given number of tasks.
func compare(b *testing.B, what, how string, tasks int, submit func(p *ringpool.Pool)) {
	b.Run("what="+what+"/how="+how, func(b *testing.B) {
		p := ringpool.New(50)
		b.ReportAllocs()
		b.ResetTimer()
		for n := 0; n < b.N; n += tasks {
			submit(p)
		}
		p.Shutdown()
	})
}
