package poolexpvar_test

import (
	"expvar"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/chanpool"
	"github.com/seed62337844/workerpool/metrics/poolexpvar"
	"github.com/seed62337844/workerpool/ringpool"
)

// A funcPool is a pool of another kind than a pointer.
type funcPool func() workerpool.Stats

func (p funcPool) Stats() workerpool.Stats { return p() }

func TestWhatIsNoPoolIsRefusedAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		pool poolexpvar.Pool
		want string
	}{
		"nil":             {nil, "pool is nil"},
		"nil ringpool":    {(*ringpool.Pool)(nil), "pool is a nil *ringpool.Pool"},
		"nil chanpool":    {(*chanpool.Pool)(nil), "pool is a nil *chanpool.Pool"},
		"nil function":    {funcPool(nil), "pool is a nil poolexpvar_test.funcPool"},
		"panicking Stats": {funcPool(func() workerpool.Stats { panic("boom") }), "pool is a poolexpvar_test.funcPool whose Stats panics: boom"},
		"zero ringpool":   {new(ringpool.Pool), "pool is a *ringpool.Pool whose Stats panics: "},
	} {
		t.Run(name, func(t *testing.T) {
			unpublished := t.Name()
			err := poolexpvar.Publish(unpublished, c.pool)
			if err == nil || !strings.Contains(err.Error(), "poolexpvar: Publish: name ") || !strings.Contains(err.Error(), ": "+c.want) {
				t.Errorf("Publish returns %v, want %q", err, c.want)
			}
			if v := expvar.Get(unpublished); v != nil {
				t.Errorf("published all the same: %v", v)
			}
			defer func() {
				value, _ := recover().(string)
				if !strings.HasPrefix(value, "poolexpvar: Var: "+c.want) {
					t.Errorf("Var panics with %q, want %q", value, c.want)
				}
			}()
			poolexpvar.Var(c.pool)
		})
	}
}

func TestNamesThatTellNothingApartAreRefused(t *testing.T) {
	p := funcPool(func() workerpool.Stats { return workerpool.Stats{} })
	for name, want := range map[string]string{
		"":         "poolexpvar: Publish: name is empty",
		"a\xffb":   `poolexpvar: Publish: name is "a\xffb", must be valid UTF-8`,
		"memstats": `poolexpvar: Publish: name "memstats" is published already`,
	} {
		if err := poolexpvar.Publish(name, p); err == nil || err.Error() != want {
			t.Errorf("Publish(%q) returns %v, want %s", name, err, want)
		}
	}
}

// runs makes names that no run of a test has published before.
var runs atomic.Int32

func TestOneOfManyPublishesOfANameSucceeds(t *testing.T) {
	p := funcPool(func() workerpool.Stats { return workerpool.Stats{} })
	name := fmt.Sprint(t.Name(), runs.Add(1))
	var published atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if poolexpvar.Publish(name, p) == nil {
				published.Add(1)
			}
		})
	}
	all.Wait()
	if n := published.Load(); n != 1 {
		t.Errorf("%d succeeded", n)
	}
}

func TestPoolThatBeginsToPanicSpoilsNoOtherVariable(t *testing.T) {
	broken := false
	v := poolexpvar.Var(funcPool(func() workerpool.Stats {
		if broken {
			panic("boom")
		}
		return workerpool.Stats{Size: 1}
	}))
	if text := v.String(); !strings.HasPrefix(text, `{"Size":1,`) {
		t.Errorf("the variable is %s", text)
	}
	broken = true
	const want = `{"Error":"pool is a poolexpvar_test.funcPool whose Stats panics: boom"}`
	if text := v.String(); text != want {
		t.Errorf("the variable is %s, want %s", text, want)
	}
}
