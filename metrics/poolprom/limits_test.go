package poolprom_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/metrics/poolprom"
	"github.com/seed62337844/workerpool/ringpool"
)

func TestTenThousandPoolsShareARegistry(t *testing.T) {
	const pools = 10_000
	registry := prometheus.NewRegistry()
	for i := range pools {
		_, err := poolprom.Register(registry, fmt.Sprint("pool ", i), snapshot{Size: i})
		require.NoError(t, err)
	}
	families, err := registry.Gather()
	require.NoError(t, err)
	require.NotEmpty(t, families)
	for _, family := range families {
		want := pools
		if strings.Contains(family.GetName(), "rejected") {
			want *= 3 // one for each reason
		}
		require.Len(t, family.GetMetric(), want, family.GetName())
	}
}

// The pool grows, shrinks and is shut down while it is scraped.
func TestScrapesDuringResizeAndShutdownSucceed(t *testing.T) {
	e := newEndpoint(t)
	p := ringpool.New(4)
	e.register(t, "jobs", p)
	var working sync.WaitGroup
	var enough atomic.Bool
	working.Go(func() {
		for size := 1; !enough.Load(); size = size%8 + 1 {
			_ = p.SubmitWait(func() {})
			p.Resize(size)
		}
		p.Shutdown()
	})
	last := figures{}
	for i := range 40 {
		next, err := e.figures()
		require.NoError(t, err)
		for name, before := range last {
			if strings.Contains(name, "_total") {
				require.GreaterOrEqual(t, next[name], before, name)
			}
		}
		last = next
		enough.Store(i >= 30)
	}
	working.Wait()
	f, err := e.figures()
	require.NoError(t, err)
	require.Equal(t, f["workerpool_task_submitted_total"], f["workerpool_task_completed_total"])
}

func TestPoolThatIsShutDownCanBeRegistered(t *testing.T) {
	forBoth(t, func(t *testing.T, newPool func(size int) pool) {
		p := newPool(3)
		require.NoError(t, p.Submit(func() {}))
		_, err := p.ShutdownNow(context.Background())
		require.NoError(t, err)
		require.ErrorIs(t, p.Submit(func() {}), workerpool.ErrPoolClosed)
		e := newEndpoint(t)
		e.register(t, "jobs", p)
		f, err := e.figures()
		require.NoError(t, err)
		require.EqualValues(t, 1, f["workerpool_task_submitted_total"])
		require.EqualValues(t, 1, f[`workerpool_task_rejected_total{reason="closed"}`])
	})
}
