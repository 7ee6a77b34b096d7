//go:build modelcheck

package step_test

import (
	"testing"

	"github.com/seed62337844/workerpool/internal/explore"
	"github.com/seed62337844/workerpool/internal/step"
)

// Each goroutine stores, and then loads what the other stores. With Store, at least one
// would find the other's value.
func TestALoadMayOvertakeAReleaseStore(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var x, y step.Uint64
		var a, b uint64
		r.Go("first", func() { x.StoreRelease(1); a = y.Load() })
		r.Go("second", func() { y.StoreRelease(1); b = x.Load() })
		r.Settle()
		report(a, b)
	}, "0 0", "0 1", "1 0", "1 1")
}

func TestALockedStepWaitsForTheReleaseStoresBeforeIt(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var x, y, z step.Uint64
		var a, b uint64
		r.Go("first", func() { x.StoreRelease(1); z.Inc(); a = y.Load() })
		r.Go("second", func() { y.StoreRelease(1); z.Inc(); b = x.Load() })
		r.Settle()
		report(a, b)
	}, "0 1", "1 0", "1 1")
}

// A goroutine that sees the second of two stores sees the first.
func TestReleaseStoresKeepTheirOrder(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var x, y step.Uint64
		r.Go("storer", func() { x.StoreRelease(1); y.StoreRelease(1) })
		second := y.Load()
		report(x.Load(), second)
	}, "0 0", "1 0", "1 1")
}

func TestAGoroutineFindsItsOwnReleaseStores(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var x step.Uint64
		x.StoreRelease(1)
		x.StoreRelease(2)
		report(x.Load())
	}, "2")
}

// A loop that waits for the store ends, and so does a Settle.
func TestAReleaseStoreIsSeenInTheEnd(t *testing.T) {
	wantOutcomes(t, func(r *explore.Run, report func(...any)) {
		var x step.Uint64
		r.Go("storer", func() { x.StoreRelease(1) })
		for attempt := 0; x.Load() == 0; attempt++ {
			step.Relax(attempt)
		}
		report(x.Load())
	}, "1")
}
