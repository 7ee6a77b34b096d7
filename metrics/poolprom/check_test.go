package poolprom_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/metrics/poolprom"
	"github.com/seed62337844/workerpool/ringpool"
)

// Pools that are not pointers, but can be nil, too.
type (
	mapPool  map[string]workerpool.Stats
	funcPool func() workerpool.Stats
)

func (p mapPool) Stats() workerpool.Stats  { return p[""] }
func (p funcPool) Stats() workerpool.Stats { return p() }

func TestWhatIsNoPoolIsRefusedAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		pool poolprom.Pool
		want string
	}{
		"nil":             {nil, `name "jobs": pool is nil`},
		"nil ringpool":    {(*ringpool.Pool)(nil), `name "jobs": pool is a nil *ringpool.Pool`},
		"nil chanpool":    {(*chanpool.Pool)(nil), `name "jobs": pool is a nil *chanpool.Pool`},
		"nil map":         {mapPool(nil), `name "jobs": pool is a nil poolprom_test.mapPool`},
		"nil function":    {funcPool(nil), `name "jobs": pool is a nil poolprom_test.funcPool`},
		"panicking Stats": {funcPool(func() workerpool.Stats { panic("boom") }), `name "jobs": pool is a poolprom_test.funcPool whose Stats panics: boom`},
	} {
		t.Run(name, func(t *testing.T) {
			registry := prometheus.NewPedanticRegistry()
			collector, err := poolprom.Register(registry, "jobs", c.pool)
			require.Nil(t, collector)
			require.EqualError(t, err, "poolprom: Register: "+c.want)
			require.PanicsWithValue(t, "poolprom: NewCollector: "+c.want, func() {
				poolprom.NewCollector("jobs", c.pool)
			})
			families, err := registry.Gather()
			require.NoError(t, err)
			require.Empty(t, families)
		})
	}
}

func TestPoolThatNewDidNotMakeIsRefusedAtOnce(t *testing.T) {
	_, err := poolprom.Register(prometheus.NewRegistry(), "jobs", new(ringpool.Pool))
	require.ErrorContains(t, err, `poolprom: Register: name "jobs": pool is a *ringpool.Pool whose Stats panics: `)
}

func TestPoolOfAnotherKindThanAPointerIsAccepted(t *testing.T) {
	e := newEndpoint(t)
	e.register(t, "jobs", mapPool{})
	e.requireExposed(t, "jobs", workerpool.Stats{})
}

func TestNamesThatTellNothingApartAreRefused(t *testing.T) {
	for name, want := range map[string]string{
		"":       "name is empty",
		"a\xffb": `name is "a\xffb", must be valid UTF-8`,
	} {
		_, err := poolprom.Register(prometheus.NewRegistry(), name, snapshot{})
		require.EqualError(t, err, "poolprom: Register: "+want)
		require.PanicsWithValue(t, "poolprom: NewCollector: "+want, func() { poolprom.NewCollector(name, snapshot{}) })
	}
}

func TestNilRegistererIsRefused(t *testing.T) {
	_, err := poolprom.Register(nil, "jobs", snapshot{})
	require.EqualError(t, err, "poolprom: Register: registerer is nil")
	_, err = poolprom.Register((*prometheus.Registry)(nil), "jobs", snapshot{})
	require.EqualError(t, err, "poolprom: Register: registerer is a nil *prometheus.Registry")
}

// The registry collects on goroutines of its own, so a panic there would end the
// test program.
func TestPoolThatBeginsToPanicFailsTheScrapeAndNotTheProgram(t *testing.T) {
	e := newEndpoint(t)
	broken := false
	e.register(t, "jobs", funcPool(func() workerpool.Stats {
		if broken {
			panic("boom")
		}
		return workerpool.Stats{}
	}))
	_, err := e.scrape()
	require.NoError(t, err)
	broken = true
	answer, err := http.Get(e.url)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusInternalServerError, answer.StatusCode)
	require.Contains(t, string(text), "poolprom: Collect: pool is a poolprom_test.funcPool whose Stats panics: boom")
}

func TestUnregisterRemovesTheCollectorItIsGivenAndNoOther(t *testing.T) {
	for name, wrap := range map[string]func(prometheus.Registerer) prometheus.Registerer{
		"plain": func(r prometheus.Registerer) prometheus.Registerer { return r },
		"wrapped": func(r prometheus.Registerer) prometheus.Registerer {
			return prometheus.WrapRegistererWithPrefix("a_", r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			registry := prometheus.NewPedanticRegistry()
			r := wrap(registry)
			real, err := poolprom.Register(r, "jobs", snapshot{Size: 1})
			require.NoError(t, err)
			require.False(t, r.Unregister(poolprom.NewCollector("jobs", snapshot{})), "never registered")
			families, err := registry.Gather()
			require.NoError(t, err)
			require.NotEmpty(t, families, "the real Collector was removed")

			require.True(t, r.Unregister(real))
			_, err = poolprom.Register(r, "jobs", snapshot{Size: 2})
			require.NoError(t, err)
			require.False(t, r.Unregister(real), "registered once, and no more")
			families, err = registry.Gather()
			require.NoError(t, err)
			require.NotEmpty(t, families, "the successor was removed")
		})
	}
}
