package poolotel

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/seed62337844/workerpool"
)

// scope is the name of the meter and of the tracer.
const scope = "github.com/seed62337844/workerpool/metrics/poolotel"

// The attributes.
const (
	nameKey   = attribute.Key("workerpool.name")
	reasonKey = attribute.Key("workerpool.rejection.reason")
)

// A Pool is what [Register] needs of a pool. The types ringpool.Pool and
// chanpool.Pool implement it.
type Pool interface {
	Stats() workerpool.Stats
}

// A Registration is a pool whose instruments are observed. It is safe for concurrent
// use.
type Registration struct {
	key      key
	callback metric.Registration
	once     sync.Once
	err      error
}

// Two pools must not have the same key, because their figures would be mixed up.
type key struct {
	provider metric.MeterProvider
	name     string
}

// registered guards the keys that are in use.
var registered struct {
	sync.Mutex
	keys map[key]bool
}

// Register makes the instruments of pool, with a meter of provider. name is the
// value of their attribute workerpool.name. Register calls Stats once. The pool
// stays in memory until [Registration.Unregister].
//
// Register returns nil and an error if provider or pool is nil or a nil pointer, if
// name is empty or not valid UTF-8, if the pool's Stats panics, as in a pool that was
// not made by New, if the name is in use with this provider, and if the provider
// refuses an instrument.
func Register(provider metric.MeterProvider, name string, pool Pool) (*Registration, error) {
	r, err := register(provider, name, pool)
	if err != nil {
		return nil, fmt.Errorf("poolotel: Register: %w", err)
	}
	return r, nil
}

func register(provider metric.MeterProvider, name string, pool Pool) (r *Registration, err error) {
	if err := cmp.Or(checkProvider(provider), checkName(name), checkPool(pool)); err != nil {
		return nil, err
	}
	r = &Registration{key: key{provider, name}}
	if err := r.key.take(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			r.key.free()
		}
	}()
	meter := provider.Meter(scope)
	observers := make([]observer, len(figures))
	instruments := make([]metric.Observable, len(figures))
	for i, f := range figures {
		if observers[i], err = f.make(meter, name); err != nil {
			return nil, fmt.Errorf("name %q: %w", name, err)
		}
		instruments[i] = observers[i].instrument
	}
	r.callback, err = meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		stats, err := statsOf(pool)
		if err != nil {
			return fmt.Errorf("poolotel: name %q: %w", name, err)
		}
		for _, of := range observers {
			of.observe(o, &stats)
		}
		return nil
	}, instruments...)
	if err != nil {
		return nil, fmt.Errorf("name %q: %w", name, err)
	}
	return r, nil
}

// Unregister ends the observation of the pool, and frees its name. Other
// registrations do not change. A second call returns what the first returned.
func (r *Registration) Unregister() error {
	r.once.Do(func() {
		r.err = r.callback.Unregister()
		r.key.free()
	})
	return r.err
}

// take marks the key as in use, or returns an error if it already is.
func (k key) take() error {
	registered.Lock()
	defer registered.Unlock()
	if registered.keys[k] {
		return fmt.Errorf("name %q is registered already", k.name)
	}
	if registered.keys == nil {
		registered.keys = map[key]bool{}
	}
	registered.keys[k] = true
	return nil
}

func (k key) free() {
	registered.Lock()
	defer registered.Unlock()
	delete(registered.keys, k)
}
