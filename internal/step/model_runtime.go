//go:build modelcheck

package step

import (
	"runtime"
	"sync"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A Pool is a sync.Pool. In a run it gives back what was put last, at once,
// which is the hardest for those who still know it.
type Pool struct {
	New func() any

	object explore.Object
	items  []any
	real   sync.Pool
}

func (p *Pool) Get() any {
	r := explore.Before(&p.object)
	var item any
	if r == nil {
		item = p.real.Get()
	} else {
		if last := len(p.items) - 1; last >= 0 {
			item, p.items = p.items[last], p.items[:last]
		}
		r.Did(&p.object, explore.Order, "Get, of", uint64(len(p.items)))
	}
	if item == nil && p.New != nil {
		item = p.New()
	}
	return item
}

func (p *Pool) Put(item any) {
	r := explore.Before(&p.object)
	if r == nil {
		p.real.Put(item)
		return
	}
	p.items = append(p.items, item)
	r.Did(&p.object, explore.Order, "Put")
}

// Go runs f on a new goroutine.
func Go(f func()) {
	if r := explore.Current(); r != nil {
		r.Go("", f)
	} else {
		go f()
	}
}

// Spin is that of the normal build, which is no step.
func Spin() {}

// Relax is that of the normal build. In a run every call yields, because what
// another goroutine does in a few instructions is there a few turns away.
func Relax(attempt int) {
	if explore.Current() != nil {
		explore.Yield()
	} else if attempt >= 16 {
		runtime.Gosched()
	}
}
