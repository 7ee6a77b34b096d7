//go:build modelcheck

package step

import (
	"slices"
	"sync"

	"github.com/seed62337844/workerpool/internal/explore"
)

// A Pool is a sync.Pool. In a run Get usually returns the item that was put last,
// which is the hardest case for code that still refers to that item. It may also
// return any other item, or none although there are some. A Put may lose the
// item, as a garbage collection does.
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
	} else if n := len(p.items); n == 0 {
		r.Did(&p.object, explore.Read, "Get, of none")
	} else if i := n - 1 - r.Choose(n+1); i < 0 {
		r.Did(&p.object, explore.Read, "Get finds none, of", uint64(n))
	} else {
		item = p.items[i]
		p.items = slices.Delete(p.items, i, i+1)
		r.Did(&p.object, explore.Order, "Get, of", uint64(n))
	}
	if item == nil && p.New != nil {
		item = p.New()
	}
	return item
}

func (p *Pool) Put(item any) {
	r := explore.Before(&p.object)
	switch {
	case r == nil:
		p.real.Put(item)
	case item == nil:
		r.Did(&p.object, explore.Read, "Put of nil")
	case r.Choose(2) == 1:
		r.Did(&p.object, explore.Read, "Put loses")
	default:
		p.items = append(p.items, item)
		r.Did(&p.object, explore.Order, "Put")
	}
}
