//go:build modelcheck

package step

import (
	"sync"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A RWMutex is a sync.RWMutex, with the methods that are used. In a run, as with
// a [Mutex], unlocking needs no turn of its own. A writer that waits for readers
// to unlock keeps other readers out. So a reader that locks twice may be stuck.
type RWMutex struct {
	object  explore.Object
	writing bool // a writer has the lock, or waits for the readers to unlock
	readers int
	real    sync.RWMutex
}

func (m *RWMutex) Lock() {
	if explore.RunOf(&m.object) == nil {
		m.real.Lock()
		return
	}
	r := explore.BeforeWhen(&m.object, func() bool { return !m.writing })
	m.writing = true
	if m.readers > 0 {
		r.Did(&m.object, explore.Order, "Lock waits for the readers, of which there are", uint64(m.readers))
		explore.BeforeWhen(&m.object, func() bool { return m.readers == 0 })
	}
	r.Did(&m.object, explore.Order, "Lock")
}

func (m *RWMutex) Unlock() {
	r := explore.RunOf(&m.object)
	if r == nil {
		m.real.Unlock()
		return
	}
	if !m.writing || m.readers > 0 {
		r.Failf("Unlock of unlocked RWMutex")
	}
	m.writing = false
	r.Did(&m.object, explore.Order, "Unlock")
}

// RLock is only a read, because the order in which readers lock makes no
// difference.
func (m *RWMutex) RLock() {
	if explore.RunOf(&m.object) == nil {
		m.real.RLock()
		return
	}
	r := explore.BeforeWhen(&m.object, func() bool { return !m.writing })
	m.readers++
	r.Did(&m.object, explore.Read, "RLock")
}

func (m *RWMutex) RUnlock() {
	r := explore.RunOf(&m.object)
	if r == nil {
		m.real.RUnlock()
		return
	}
	if m.readers == 0 {
		r.Failf("RUnlock of unlocked RWMutex")
	}
	m.readers--
	r.Did(&m.object, explore.Read, "RUnlock")
}

// A WaitGroup is a sync.WaitGroup, with the methods that are used. When the count
// becomes 0, all calls of Wait return, even if it does not stay 0.
type WaitGroup struct {
	object explore.Object
	count  int
	zeros  int // how often count has become 0
	real   sync.WaitGroup
}

func (g *WaitGroup) Add(delta int) {
	r := explore.Before(&g.object)
	if r == nil {
		g.real.Add(delta)
		return
	}
	g.count += delta
	if g.count == 0 {
		g.zeros++
	}
	r.Did(&g.object, effect(delta != 0), "Add, to", uint64(g.count))
	if g.count < 0 {
		panic("sync: negative WaitGroup counter")
	}
}

func (g *WaitGroup) Done() { g.Add(-1) }

func (g *WaitGroup) Wait() {
	r := explore.Before(&g.object)
	if r == nil {
		g.real.Wait()
		return
	}
	passes, zeros := g.count == 0, g.zeros
	r.Did(&g.object, explore.Read, "Wait for", uint64(g.count))
	if passes {
		return
	}
	explore.BeforeWhen(&g.object, func() bool { return g.zeros != zeros })
	reused := g.count != 0
	r.Did(&g.object, explore.Read, "Wait has waited")
	if reused {
		panic("sync: WaitGroup is reused before previous Wait has returned")
	}
}
