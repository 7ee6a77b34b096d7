package poolotel_test

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/metrics/poolotel"
	"github.com/seed62337844/workerpool/ringpool"
)

// A snapshot is a pool that is always in the same state.
type snapshot workerpool.Stats

func (s snapshot) Stats() workerpool.Stats { return workerpool.Stats(s) }

// A funcPool is a pool of another kind than a pointer.
type funcPool func() workerpool.Stats

func (p funcPool) Stats() workerpool.Stats { return p() }

// newProvider returns a provider, and a reader of all that it has collected.
func newProvider(t *testing.T) (*sdk.MeterProvider, *sdk.ManualReader) {
	t.Helper()
	reader := sdk.NewManualReader()
	provider := sdk.NewMeterProvider(sdk.WithReader(reader))
	t.Cleanup(func() { require.NoError(t, provider.Shutdown(context.Background())) })
	return provider, reader
}

// collect returns the instruments of the reader, by name.
func collect(t *testing.T, reader sdk.Reader) (map[string]metricdata.Metrics, error) {
	t.Helper()
	var all metricdata.ResourceMetrics
	err := reader.Collect(t.Context(), &all)
	found := map[string]metricdata.Metrics{}
	for _, scope := range all.ScopeMetrics {
		require.Equal(t, "github.com/seed62337844/workerpool/metrics/poolotel", scope.Scope.Name)
		for _, m := range scope.Metrics {
			found[m.Name] = m
		}
	}
	return found, err
}

// values returns the points of a sum, by their attributes.
func values(t *testing.T, m metricdata.Metrics) map[string]int64 {
	t.Helper()
	sum, ok := m.Data.(metricdata.Sum[int64])
	require.True(t, ok, "%s is a %T", m.Name, m.Data)
	require.Equal(t, metricdata.CumulativeTemporality, sum.Temporality)
	found := map[string]int64{}
	for _, p := range sum.DataPoints {
		found[p.Attributes.Encoded(attribute.DefaultEncoder())] = p.Value
	}
	return found
}

func TestEachFigureHasItsInstrument(t *testing.T) {
	provider, reader := newProvider(t)
	_, err := poolotel.Register(provider, "jobs", snapshot{
		Size: 1, Capacity: 2, Queued: 3, Busy: 4, Waiting: 5, Started: 6,
		Submitted: 7, Completed: 8, Rejected: 9, Panicked: 10, RejectedClosed: 11,
		Canceled: 12, Returned: 13, CallerRuns: 14, Parks: 15, Wakes: 16, Expired: 17,
	})
	require.NoError(t, err)
	found, err := collect(t, reader)
	require.NoError(t, err)
	const pool = "workerpool.name=jobs"
	for name, want := range map[string]struct {
		unit   string
		counts bool
		values map[string]int64
	}{
		"workerpool.worker.limit":    {"{worker}", false, map[string]int64{pool: 1}},
		"workerpool.queue.capacity":  {"{task}", false, map[string]int64{pool: 2}},
		"workerpool.queue.size":      {"{task}", false, map[string]int64{pool: 3}},
		"workerpool.worker.busy":     {"{worker}", false, map[string]int64{pool: 4}},
		"workerpool.submit.waiting":  {"{call}", false, map[string]int64{pool: 5}},
		"workerpool.worker.started":  {"{worker}", false, map[string]int64{pool: 6}},
		"workerpool.task.submitted":  {"{task}", true, map[string]int64{pool: 7}},
		"workerpool.task.completed":  {"{task}", true, map[string]int64{pool: 8}},
		"workerpool.task.panicked":   {"{task}", true, map[string]int64{pool: 10}},
		"workerpool.task.returned":   {"{task}", true, map[string]int64{pool: 13}},
		"workerpool.task.caller_run": {"{task}", true, map[string]int64{pool: 14}},
		"workerpool.worker.parked":   {"{park}", true, map[string]int64{pool: 15}},
		"workerpool.worker.woken":    {"{wake}", true, map[string]int64{pool: 16}},
		"workerpool.task.expired":    {"{task}", true, map[string]int64{pool: 17}},
		"workerpool.task.rejected": {"{task}", true, map[string]int64{
			pool + ",workerpool.rejection.reason=full":     9,
			pool + ",workerpool.rejection.reason=closed":   11,
			pool + ",workerpool.rejection.reason=canceled": 12,
		}},
	} {
		m, ok := found[name]
		require.True(t, ok, "%s is missing", name)
		require.Equal(t, want.unit, m.Unit, name)
		require.NotEmpty(t, m.Description, name)
		require.Equal(t, want.counts, m.Data.(metricdata.Sum[int64]).IsMonotonic, name)
		require.Equal(t, want.values, values(t, m), name)
		delete(found, name)
	}
	require.Empty(t, found, "unexpected instruments")
}

func TestEveryFieldOfStatsIsObserved(t *testing.T) {
	fields := reflect.TypeFor[workerpool.Stats]()
	for i := range fields.NumField() {
		var s workerpool.Stats
		if field := reflect.ValueOf(&s).Elem().Field(i); field.CanInt() {
			field.SetInt(1)
		} else {
			field.SetUint(1)
		}
		provider, reader := newProvider(t)
		_, err := poolotel.Register(provider, "jobs", snapshot(s))
		require.NoError(t, err)
		found, err := collect(t, reader)
		require.NoError(t, err)
		sum := int64(0)
		for _, m := range found {
			for _, value := range values(t, m) {
				sum += value
			}
		}
		require.EqualValues(t, 1, sum, "%s is not observed once", fields.Field(i).Name)
	}
}

func TestCollectionTakesOneSnapshot(t *testing.T) {
	provider, reader := newProvider(t)
	looks := 0
	_, err := poolotel.Register(provider, "jobs", funcPool(func() workerpool.Stats { looks++; return workerpool.Stats{} }))
	require.NoError(t, err)
	for n := range 3 {
		require.Equal(t, 1+n, looks) // the first is by Register
		_, err := collect(t, reader)
		require.NoError(t, err)
	}
}

func TestPoolsOfDifferentNamesShareAProvider(t *testing.T) {
	provider, reader := newProvider(t)
	jobs, err := poolotel.Register(provider, "jobs", snapshot{Size: 1})
	require.NoError(t, err)
	_, err = poolotel.Register(provider, "mail", snapshot{Size: 2})
	require.NoError(t, err)
	found, err := collect(t, reader)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"workerpool.name=jobs": 1, "workerpool.name=mail": 2}, values(t, found["workerpool.worker.limit"]))

	require.NoError(t, jobs.Unregister())
	found, err = collect(t, reader)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"workerpool.name=mail": 2}, values(t, found["workerpool.worker.limit"]))
}

// The figures of two pools of one name would be added up.
func TestPoolOfANameThatIsTakenIsRefused(t *testing.T) {
	provider, reader := newProvider(t)
	first, err := poolotel.Register(provider, "jobs", snapshot{Size: 1})
	require.NoError(t, err)
	second, err := poolotel.Register(provider, "jobs", snapshot{Size: 2})
	require.Nil(t, second)
	require.EqualError(t, err, `poolotel: Register: name "jobs" is registered already`)

	other, otherReader := newProvider(t)
	_, err = poolotel.Register(other, "jobs", snapshot{Size: 3})
	require.NoError(t, err, "another provider has names of its own")
	found, err := collect(t, otherReader)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"workerpool.name=jobs": 3}, values(t, found["workerpool.worker.limit"]))

	require.NoError(t, first.Unregister())
	_, err = poolotel.Register(provider, "jobs", snapshot{Size: 4})
	require.NoError(t, err)
	require.NoError(t, first.Unregister(), "a second call")
	_, err = poolotel.Register(provider, "jobs", snapshot{Size: 5})
	require.ErrorContains(t, err, "registered already", "a second Unregister freed the name of another")
	found, err = collect(t, reader)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"workerpool.name=jobs": 4}, values(t, found["workerpool.worker.limit"]))
}

// An incomparable is a provider that cannot be the key of a map.
type incomparable struct {
	noop.MeterProvider
	_ []int
}

func TestBadValuesAreRefusedAtOnce(t *testing.T) {
	provider, reader := newProvider(t)
	for _, c := range []struct {
		provider metric.MeterProvider
		name     string
		pool     poolotel.Pool
		want     string
	}{
		{nil, "jobs", snapshot{}, "provider is nil"},
		{(*sdk.MeterProvider)(nil), "jobs", snapshot{}, "provider is a nil *metric.MeterProvider"},
		{incomparable{}, "jobs", snapshot{}, "provider is a poolotel_test.incomparable, which cannot be compared"},
		{provider, "", snapshot{}, "name is empty"},
		{provider, "\xff", snapshot{}, `name is "\xff", must be valid UTF-8`},
		{provider, "jobs", nil, "pool is nil"},
		{provider, "jobs", (*ringpool.Pool)(nil), "pool is a nil *ringpool.Pool"},
		{provider, "jobs", (*chanpool.Pool)(nil), "pool is a nil *chanpool.Pool"},
		{provider, "jobs", funcPool(nil), "pool is a nil poolotel_test.funcPool"},
		{provider, "jobs", funcPool(func() workerpool.Stats { panic("boom") }), "pool is a poolotel_test.funcPool whose Stats panics: boom"},
	} {
		r, err := poolotel.Register(c.provider, c.name, c.pool)
		require.Nil(t, r)
		require.EqualError(t, err, "poolotel: Register: "+c.want)
	}
	_, err := poolotel.Register(provider, "jobs", new(ringpool.Pool))
	require.ErrorContains(t, err, "poolotel: Register: pool is a *ringpool.Pool whose Stats panics: ")
	found, err := collect(t, reader)
	require.NoError(t, err)
	require.Empty(t, found)
	_, err = poolotel.Register(provider, "jobs", snapshot{})
	require.NoError(t, err, "a refused pool has taken the name")
}

func TestPoolThatBeginsToPanicFailsTheCollectionAndNotTheProgram(t *testing.T) {
	provider, reader := newProvider(t)
	broken := false
	_, err := poolotel.Register(provider, "jobs", funcPool(func() workerpool.Stats {
		if broken {
			panic("boom")
		}
		return workerpool.Stats{}
	}))
	require.NoError(t, err)
	_, err = poolotel.Register(provider, "mail", snapshot{Size: 2})
	require.NoError(t, err)
	broken = true
	found, err := collect(t, reader)
	require.ErrorContains(t, err, `poolotel: name "jobs": pool is a poolotel_test.funcPool whose Stats panics: boom`)
	require.Equal(t, map[string]int64{"workerpool.name=mail": 2}, values(t, found["workerpool.worker.limit"]))
}

// The pool grows, shrinks and is shut down while its figures are collected.
func TestCollectionsDuringResizeAndShutdownFollowOneAnother(t *testing.T) {
	provider, reader := newProvider(t)
	p := ringpool.New(4)
	_, err := poolotel.Register(provider, "jobs", p)
	require.NoError(t, err)
	var working sync.WaitGroup
	var enough atomic.Bool
	working.Go(func() {
		for size := 1; !enough.Load(); size = size%8 + 1 {
			_ = p.SubmitWait(func() {})
			p.Resize(size)
		}
		p.Shutdown()
	})
	last := map[string]int64{}
	for i := range 100 {
		found, err := collect(t, reader)
		require.NoError(t, err)
		for name, m := range found {
			if !m.Data.(metricdata.Sum[int64]).IsMonotonic {
				continue
			}
			for attributes, value := range values(t, m) {
				require.GreaterOrEqual(t, value, last[name+attributes], name)
				last[name+attributes] = value
			}
		}
		enough.Store(i >= 70)
	}
	working.Wait()
	found, err := collect(t, reader)
	require.NoError(t, err)
	require.Equal(t, values(t, found["workerpool.task.submitted"]), values(t, found["workerpool.task.completed"]))
}

func TestDurationsOfTasksAreInHistograms(t *testing.T) {
	for kind, newPool := range map[string]func(...workerpool.Option) workerpool.Pool{
		"ringpool": func(opts ...workerpool.Option) workerpool.Pool { return ringpool.New(1, opts...) },
		"chanpool": func(opts ...workerpool.Option) workerpool.Pool { return chanpool.New(1, opts...) },
	} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				provider, reader := newProvider(t)
				durations, err := poolotel.NewDurations(provider, "jobs", 1)
				require.NoError(t, err)
				p := newPool(append(durations.Options(), workerpool.WithPanicHandler(func(any, []byte) {}))...)
				require.NoError(t, p.Submit(func() { time.Sleep(2 * time.Second) }))
				synctest.Wait()
				require.NoError(t, p.Submit(func() { time.Sleep(time.Second); panic("boom") })) // waits for 2 s
				require.NoError(t, p.Submit(func() {}))                                         // waits for 3 s
				p.Shutdown()
				found, err := collect(t, reader)
				require.NoError(t, err)
				for name, sum := range map[string]float64{"workerpool.task.wait.duration": 5, "workerpool.task.run.duration": 3} {
					require.Equal(t, "s", found[name].Unit)
					h := found[name].Data.(metricdata.Histogram[float64])
					require.Len(t, h.DataPoints, 1)
					require.EqualValues(t, 3, h.DataPoints[0].Count)
					require.Equal(t, sum, h.DataPoints[0].Sum, name)
					require.Equal(t, 300.0, h.DataPoints[0].Bounds[len(h.DataPoints[0].Bounds)-1])
					require.Equal(t, "workerpool.name=jobs", h.DataPoints[0].Attributes.Encoded(attribute.DefaultEncoder()))
				}
			})
		})
	}
}

func TestDurationsRefuseBadValues(t *testing.T) {
	for want, c := range map[string]struct {
		provider metric.MeterProvider
		name     string
		every    int
	}{
		"provider is nil":                         {nil, "jobs", 1},
		"provider is a nil *metric.MeterProvider": {(*sdk.MeterProvider)(nil), "jobs", 1},
		"name is empty":                           {noop.NewMeterProvider(), "", 1},
		`name is "\xff", must be valid UTF-8`:     {noop.NewMeterProvider(), "\xff", 1},
		`name "jobs": n is 0, must be at least 1`: {noop.NewMeterProvider(), "jobs", 0},
	} {
		d, err := poolotel.NewDurations(c.provider, c.name, c.every)
		require.Nil(t, d)
		require.EqualError(t, err, "poolotel: NewDurations: "+want)
	}
}

func TestThousandsOfPoolsShareAProvider(t *testing.T) {
	pools := 10_000
	if testing.Short() {
		pools = 2_000
	}
	reader := sdk.NewManualReader()
	provider := sdk.NewMeterProvider(sdk.WithReader(reader), sdk.WithCardinalityLimit(3*pools+1))
	for i := range pools {
		_, err := poolotel.Register(provider, fmt.Sprint("pool ", i), snapshot{Size: i})
		require.NoError(t, err)
	}
	found, err := collect(t, reader)
	require.NoError(t, err)
	require.Len(t, values(t, found["workerpool.worker.limit"]), pools)
	require.Len(t, values(t, found["workerpool.task.rejected"]), 3*pools)
}

// BenchmarkCollect measures one collection of a number of pools.
func BenchmarkCollect(b *testing.B) {
	for _, pools := range []int{1, 100} {
		b.Run(fmt.Sprintf("pools=%d", pools), func(b *testing.B) {
			reader := sdk.NewManualReader()
			provider := sdk.NewMeterProvider(sdk.WithReader(reader))
			for i := range pools {
				_, err := poolotel.Register(provider, fmt.Sprint("pool ", i), ringpool.New(1))
				require.NoError(b, err)
			}
			var all metricdata.ResourceMetrics
			b.ReportAllocs()
			for b.Loop() {
				_ = reader.Collect(b.Context(), &all)
			}
		})
	}
}

// BenchmarkTask measures what the histograms cost a task. The submitter waits for
// room, so both it and the worker are always busy.
func BenchmarkTask(b *testing.B) {
	for _, every := range []int{0, 1, 100} {
		b.Run(fmt.Sprintf("impl=ringpool/every=%d", every), func(b *testing.B) {
			var opts []workerpool.Option
			if every > 0 {
				durations, err := poolotel.NewDurations(sdk.NewMeterProvider(sdk.WithReader(sdk.NewManualReader())), "jobs", every)
				require.NoError(b, err)
				opts = durations.Options()
			}
			p := ringpool.New(1, opts...)
			defer p.Shutdown()
			b.ReportAllocs()
			for b.Loop() {
				_ = p.SubmitWait(func() {})
			}
		})
	}
}
