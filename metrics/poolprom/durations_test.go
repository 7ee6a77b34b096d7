package poolprom_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/metrics/poolprom"
	"github.com/seed62337844/workerpool/ringpool"
)

// newPools makes pools of either kind that observe their tasks.
var newPools = map[string]func(size int, opts ...workerpool.Option) pool{
	"ringpool": func(size int, opts ...workerpool.Option) pool { return ringpool.New(size, opts...) },
	"chanpool": func(size int, opts ...workerpool.Option) pool { return chanpool.New(size, opts...) },
}

// histograms returns the histograms of the pool called name in the registry, by
// metric.
func histograms(t *testing.T, registry *prometheus.Registry, name string) map[string]*dto.Histogram {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	found := map[string]*dto.Histogram{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if m.GetHistogram() != nil && m.GetLabel()[0].GetValue() == name {
				found[family.GetName()] = m.GetHistogram()
			}
		}
	}
	return found
}

func TestDurationsOfTasksAreInBothKindsOfHistogram(t *testing.T) {
	for kind, newPool := range newPools {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				registry := prometheus.NewPedanticRegistry()
				durations, err := poolprom.RegisterDurations(registry, "jobs", 1)
				require.NoError(t, err)
				opts := append(durations.Options(), workerpool.WithPanicHandler(func(any, []byte) {}))
				p := newPool(1, opts...)
				require.NoError(t, p.Submit(func() { time.Sleep(2 * time.Second) }))
				synctest.Wait()
				require.NoError(t, p.Submit(func() { time.Sleep(time.Second); panic("boom") })) // waits for 2 s
				require.NoError(t, p.Submit(func() {}))                                         // waits for 3 s
				p.Shutdown()

				found := histograms(t, registry, "jobs")
				for metric, want := range map[string]struct {
					sum   float64
					below map[float64]uint64 // observations up to a bound
				}{
					"workerpool_task_wait_duration_seconds": {0 + 2 + 3, map[float64]uint64{.00001: 1, 1: 1, 2.5: 2, 5: 3}},
					"workerpool_task_run_duration_seconds":  {2 + 1 + 0, map[float64]uint64{.00001: 1, .5: 1, 1: 2, 2.5: 3}},
				} {
					h := found[metric]
					require.NotNil(t, h, metric)
					require.EqualValues(t, 3, h.GetSampleCount(), metric)
					require.InDelta(t, want.sum, h.GetSampleSum(), 1e-6, metric)
					classic := map[float64]uint64{}
					for _, b := range h.GetBucket() {
						classic[b.GetUpperBound()] = b.GetCumulativeCount()
					}
					for bound, n := range want.below {
						require.Contains(t, classic, bound)
						require.Equal(t, n, classic[bound], "%s up to %v", metric, bound)
					}
					require.NotEmpty(t, h.GetPositiveSpan(), "%s is not native", metric)
					require.EqualValues(t, 1, h.GetZeroCount(), "%s of the task that did nothing", metric)
				}
			})
		})
	}
}

func TestDurationsAreASampleOfTheTasks(t *testing.T) {
	const every, tasks = 10, 2000
	for kind, newPool := range newPools {
		t.Run(kind, func(t *testing.T) {
			registry := prometheus.NewPedanticRegistry()
			durations, err := poolprom.RegisterDurations(registry, "jobs", every)
			require.NoError(t, err)
			p := newPool(2, durations.Options()...)
			for range tasks {
				require.NoError(t, p.SubmitWait(func() {}))
			}
			p.Shutdown()
			for metric, h := range histograms(t, registry, "jobs") {
				// Ten times the standard deviation, which is 13.
				require.InDelta(t, tasks/every, h.GetSampleCount(), 134, metric)
			}
		})
	}
}

func TestDurationsKeepTheConventions(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	durations, err := poolprom.RegisterDurations(registry, "jobs", 1)
	require.NoError(t, err)
	problems, err := testutil.CollectAndLint(durations)
	require.NoError(t, err)
	require.Empty(t, problems)
	_, err = poolprom.Register(registry, "jobs", snapshot{})
	require.NoError(t, err, "the pool and its histograms have one name")
}

func TestDurationsRefuseBadValues(t *testing.T) {
	for _, c := range []struct {
		r     prometheus.Registerer
		name  string
		every int
		want  string
	}{
		{nil, "jobs", 1, "registerer is nil"},
		{(*prometheus.Registry)(nil), "jobs", 1, "registerer is a nil *prometheus.Registry"},
		{prometheus.NewRegistry(), "", 1, "name is empty"},
		{prometheus.NewRegistry(), "\xff", 1, `name is "\xff", must be valid UTF-8`},
		{prometheus.NewRegistry(), "jobs", 0, `name "jobs": n is 0, must be at least 1`},
		{prometheus.NewRegistry(), "jobs", -1, `name "jobs": n is -1, must be at least 1`},
	} {
		durations, err := poolprom.RegisterDurations(c.r, c.name, c.every)
		require.Nil(t, durations)
		require.EqualError(t, err, "poolprom: RegisterDurations: "+c.want)
	}
}

func TestDurationsOfANameThatIsTakenAreRefused(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	first, err := poolprom.RegisterDurations(registry, "jobs", 1)
	require.NoError(t, err)
	second, err := poolprom.RegisterDurations(registry, "jobs", 1)
	require.Nil(t, second)
	require.ErrorContains(t, err, `poolprom: RegisterDurations: pool "jobs": `)
	require.True(t, registry.Unregister(first))
	_, err = poolprom.RegisterDurations(registry, "jobs", 1)
	require.NoError(t, err)
	require.False(t, registry.Unregister(first), "the successor was removed")
}

// BenchmarkTask measures what the histograms cost a task. The submitter waits for room,
// so both it and the worker are always busy.
func BenchmarkTask(b *testing.B) {
	for kind, newPool := range newPools {
		for _, every := range []int{0, 1, 100} {
			b.Run(fmt.Sprintf("impl=%s/every=%d", kind, every), func(b *testing.B) {
				var opts []workerpool.Option
				if every > 0 {
					durations, err := poolprom.RegisterDurations(prometheus.NewRegistry(), "jobs", every)
					require.NoError(b, err)
					opts = durations.Options()
				}
				p := newPool(1, opts...)
				defer p.Shutdown()
				b.ReportAllocs()
				for b.Loop() {
					_ = p.SubmitWait(func() {})
				}
			})
		}
	}
}

// BenchmarkScrape measures one Gather of a number of pools.
func BenchmarkScrape(b *testing.B) {
	for _, pools := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprintf("pools=%d", pools), func(b *testing.B) {
			registry := prometheus.NewRegistry()
			for i := range pools {
				_, err := poolprom.Register(registry, fmt.Sprint("pool ", i), ringpool.New(1))
				require.NoError(b, err)
			}
			b.ReportAllocs()
			for b.Loop() {
				_, _ = registry.Gather()
			}
		})
	}
}
