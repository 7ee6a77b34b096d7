package poolprom_test

import (
	"context"
	"reflect"
	"runtime"
	"testing"
	"weak"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/metrics/poolprom"
	"github.com/seed62337844/workerpool/ringpool"
)

// A snapshot is a pool that is always in the same state.
type snapshot workerpool.Stats

func (s snapshot) Stats() workerpool.Stats { return workerpool.Stats(s) }

func TestEachFigureHasItsMetric(t *testing.T) {
	s := workerpool.Stats{
		Size: 1, Capacity: 2, Queued: 3, Busy: 4, Waiting: 5, Started: 6,
		Submitted: 7, Completed: 8, Rejected: 9, Panicked: 10, RejectedClosed: 11,
		Canceled: 12, Returned: 13, CallerRuns: 14, Parks: 15, Wakes: 16, Expired: 17,
	}
	e := newEndpoint(t)
	e.register(t, "jobs", snapshot(s))
	e.requireExposed(t, "jobs", s)
}

func TestEveryFieldOfStatsIsExposed(t *testing.T) {
	fields := reflect.TypeFor[workerpool.Stats]()
	zero := newEndpoint(t)
	zero.register(t, "jobs", snapshot{})
	nothing, err := zero.scrape()
	require.NoError(t, err)
	for i := range fields.NumField() {
		var s workerpool.Stats
		if field := reflect.ValueOf(&s).Elem().Field(i); field.CanInt() {
			field.SetInt(1)
		} else {
			field.SetUint(1)
		}
		e := newEndpoint(t)
		e.register(t, "jobs", snapshot(s))
		text, err := e.scrape()
		require.NoError(t, err)
		require.NotEqual(t, nothing, text, "%s is not exposed", fields.Field(i).Name)
	}
}

func TestScrapeShowsTheStateOfThePool(t *testing.T) {
	forBoth(t, func(t *testing.T, newPool func(size int) pool) {
		e := newEndpoint(t)
		p := newPool(1)
		e.register(t, "jobs", p)
		var want workerpool.Stats
		requireExposed := func() {
			t.Helper()
			now := p.Stats()
			want.Parks, want.Wakes, want.Started = now.Parks, now.Wakes, now.Started // the pool's own affair
			e.requireExposed(t, "jobs", want)
		}

		want.Size, want.Capacity = 1, 2
		requireExposed() // idle

		begun, leave := make(chan bool), make(chan bool)
		task := func() { begun <- true; <-leave }
		require.NoError(t, p.Submit(task))
		<-begun
		want.Submitted, want.Busy = 1, 1
		requireExposed() // busy

		require.NoError(t, p.Submit(func() { panic("no such account") }))
		require.NoError(t, p.Submit(task))
		require.ErrorIs(t, p.Submit(task), ringpool.ErrPoolFull)
		want.Submitted, want.Queued, want.Rejected = 3, 2, 1
		requireExposed() // full

		require.NoError(t, p.SubmitOrRun(func() {}))
		want.CallerRuns = 1
		requireExposed() // full, and its caller helped

		accepted := make(chan error)
		go func() { accepted <- p.SubmitWait(func() {}) }()
		for p.Stats().Waiting == 0 {
			runtime.Gosched()
		}
		want.Waiting = 1
		requireExposed() // full, and a submit waits

		leave <- true
		<-begun
		require.NoError(t, <-accepted)
		want.Waiting, want.Submitted, want.Queued = 0, 4, 1
		want.Completed, want.Panicked = 2, 1
		requireExposed() // after a panic

		ended, end := context.WithCancel(t.Context())
		end()
		require.ErrorIs(t, p.SubmitContext(ended, task), context.Canceled)
		want.Canceled = 1
		requireExposed() // after a submit that gave up

		returned := make(chan []func())
		go func() { tasks, _ := p.ShutdownNow(context.Background()); returned <- tasks }()
		for p.Stats().Returned == 0 {
			runtime.Gosched()
		}
		leave <- true
		require.Len(t, <-returned, 1)
		for range 2 {
			require.ErrorIs(t, p.Submit(task), ringpool.ErrPoolClosed)
		}
		want.Busy, want.Queued, want.Completed = 0, 0, 3
		want.Returned, want.RejectedClosed = 1, 2
		requireExposed() // after ShutdownNow
	})
}

// A tally is a pool that counts how often it is looked at.
type tally struct{ looks int }

func (p *tally) Stats() workerpool.Stats {
	p.looks++
	return workerpool.Stats{}
}

func TestScrapeTakesOneSnapshot(t *testing.T) {
	e := newEndpoint(t)
	p := new(tally)
	e.register(t, "jobs", p)
	for n := range 3 {
		require.Equal(t, 1+n, p.looks) // the first is by Register
		_, err := e.scrape()
		require.NoError(t, err)
	}
}

func TestMetricsKeepTheConventions(t *testing.T) {
	problems, err := testutil.CollectAndLint(poolprom.NewCollector("jobs", snapshot{}))
	require.NoError(t, err)
	require.Empty(t, problems)
}

func TestPoolsOfDifferentNamesShareARegistry(t *testing.T) {
	e := newEndpoint(t)
	e.register(t, "jobs", snapshot{Size: 1})
	e.register(t, "mail", snapshot{Size: 2})
	text, err := e.scrape()
	require.NoError(t, err)
	require.Contains(t, text, "workerpool_worker_limit{pool=\"jobs\"} 1\nworkerpool_worker_limit{pool=\"mail\"} 2\n")
}

func TestPoolOfANameThatIsTakenIsRefused(t *testing.T) {
	e := newEndpoint(t)
	e.register(t, "jobs", snapshot{Size: 1})
	c, err := poolprom.Register(e, "jobs", snapshot{Size: 2})
	require.Nil(t, c)
	require.ErrorContains(t, err, `poolprom: Register: pool "jobs": `)
	require.ErrorContains(t, err, "already exists")
	e.requireExposed(t, "jobs", workerpool.Stats{Size: 1})
}

func TestPoolCanBeUnregisteredAndItsNameUsedAgain(t *testing.T) {
	e := newEndpoint(t)
	first := e.register(t, "jobs", snapshot{Size: 1})
	require.True(t, e.Unregister(first))
	text, err := e.scrape()
	require.NoError(t, err)
	require.Empty(t, text)
	e.register(t, "jobs", snapshot{Size: 2})
	e.requireExposed(t, "jobs", workerpool.Stats{Size: 2})
}

func TestUnregisteredPoolIsFree(t *testing.T) {
	registry := prometheus.NewRegistry()
	p := ringpool.New(1)
	c, err := poolprom.Register(registry, "jobs", p)
	require.NoError(t, err)
	_, err = registry.Gather()
	require.NoError(t, err)
	gone := weak.Make(p)
	runtime.GC()
	require.NotNil(t, gone.Value(), "a pool is collected while it is registered")
	require.True(t, registry.Unregister(c))
	runtime.GC()
	require.Nil(t, gone.Value(), "a pool is kept alive after it was unregistered")
	runtime.KeepAlive(registry)
}
