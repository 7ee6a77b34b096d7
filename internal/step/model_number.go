//go:build modelcheck

package step

import (
	stdatomic "sync/atomic"
	"unsafe"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/explore"
)

// The types of this build work in a run of package explore as the essay says.
// Outside one, and for the objects that a run ignores, they do what those of the
// normal build do.

type (
	Uint64 = number[uint64]
	Uint32 = number[uint32]
	Int32  = number[int32]
)

// A number is an atomic number.
type number[T uint64 | uint32 | int32] struct {
	_      [0]stdatomic.Uint64 // aligned and not to be copied, as in the normal build
	object explore.Object
	value  atomic.Uint64 // a T, converted
}

func (n *number[T]) Load() T {
	r := explore.Before(&n.object)
	v := n.value.Load()
	r.Did(&n.object, explore.Read, "Load", v)
	return T(v)
}

func (n *number[T]) Store(v T) {
	r := explore.Before(&n.object)
	old, v := n.set(func(T) T { return v })
	r.Did(&n.object, effect(old != v), "Store", uint64(v))
}

func (n *number[T]) Add(delta T) T { return n.add("Add", delta) }
func (n *number[T]) Sub(delta T) T { return n.add("Sub", -delta) }
func (n *number[T]) Inc() T        { return n.add("Inc", 1) }
func (n *number[T]) Dec() T        { return n.add("Dec", ^T(0)) }

func (n *number[T]) add(operation string, delta T) T {
	r := explore.Before(&n.object)
	old, v := n.set(func(v T) T { return v + delta })
	r.Did(&n.object, effect(delta != 0), operation, uint64(old), uint64(v))
	return v
}

func (n *number[T]) CompareAndSwap(expected, v T) (swapped bool) {
	r := explore.Before(&n.object)
	old, v := n.set(func(old T) T {
		if swapped = old == expected; swapped {
			return v
		}
		return old
	})
	if swapped {
		r.Did(&n.object, effect(old != v), "CompareAndSwap", uint64(old), uint64(v))
	} else {
		r.Did(&n.object, explore.Read, "CompareAndSwap failed", uint64(old))
	}
	return swapped
}

// set makes the value f of what it was, and returns both.
func (n *number[T]) set(f func(old T) T) (old, v T) {
	for {
		bits := n.value.Load()
		old = T(bits)
		v = f(old)
		if n.value.CompareAndSwap(bits, uint64(v)) {
			return old, v
		}
	}
}

// effect is that of an operation that wrote.
func effect(changed bool) explore.Effect {
	if changed {
		return explore.Change
	}
	return explore.Order
}

// A Bool is an atomic bool.
type Bool struct{ n Uint32 }

func (b *Bool) Load() bool { return b.n.Load() != 0 }

func (b *Bool) Store(v bool) {
	if v {
		b.n.Store(1)
	} else {
		b.n.Store(0)
	}
}

// A Pointer is an atomic pointer.
type Pointer[T any] struct {
	object explore.Object
	value  atomic.Pointer[T]
}

func (p *Pointer[T]) Load() *T {
	r := explore.Before(&p.object)
	v := p.value.Load()
	r.Did(&p.object, explore.Read, "Load", address(v))
	return v
}

func (p *Pointer[T]) Store(v *T) {
	r := explore.Before(&p.object)
	old := p.value.Swap(v)
	r.Did(&p.object, effect(old != v), "Store", address(v))
}

func (p *Pointer[T]) CompareAndSwap(expected, v *T) (swapped bool) {
	r := explore.Before(&p.object)
	swapped = p.value.CompareAndSwap(expected, v)
	if swapped {
		r.Did(&p.object, effect(expected != v), "CompareAndSwap", address(expected), address(v))
	} else {
		r.Did(&p.object, explore.Read, "CompareAndSwap failed", address(p.value.Load()))
	}
	return swapped
}

// address is how a trace shows a pointer.
func address[T any](p *T) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }
