//go:build modelcheck

package step

import (
	"encoding/json"
	"fmt"
	stdatomic "sync/atomic"
	"unsafe"

	"go.uber.org/atomic"

	"github.com/seed62337844/workerpool/internal/explore"
)

// In a run of package explore, the types of this build work as the package
// documentation says. Outside a run, and for the objects that a run ignores, they
// do what those of the normal build do.

type (
	Uint64 = number[uint64]
	Uint32 = number[uint32]
	Int32  = number[int32]
)

// A number is an atomic number.
type number[T uint64 | uint32 | int32] struct {
	_      [0]stdatomic.Uint64 // aligned, and not to be copied, as in the normal build
	object explore.Object
	value  atomic.Uint64 // a T, converted
}

func (n *number[T]) Load() T {
	r := explore.BeforeLoad(&n.object)
	v, ok := r.Buffered(&n.object)
	if !ok {
		v = n.value.Load()
	}
	r.Did(&n.object, explore.Read, "Load", v)
	return T(v)
}

// StoreRelease puts the store into the buffer of the goroutine; see explore/buffer.go.
func (n *number[T]) StoreRelease(v T) {
	r := explore.BeforeLoad(&n.object)
	if r == nil {
		n.value.Store(uint64(v))
		return
	}
	r.Buffer(&n.object, uint64(v), func() { n.value.Store(uint64(v)) })
	r.Did(&n.object, explore.Read, "StoreRelease", uint64(v))
}

// Fence lets all release stores of the goroutine go out.
func Fence() {
	if r := explore.Current(); r != nil {
		r.Fence()
	}
}

func (n *number[T]) Store(v T) {
	r := explore.Before(&n.object)
	old := T(n.value.Swap(uint64(v)))
	r.Did(&n.object, effect(old != v), "Store", uint64(v))
}

func (n *number[T]) Swap(v T) (old T) {
	r := explore.Before(&n.object)
	old = T(n.value.Swap(uint64(v)))
	r.Did(&n.object, effect(old != v), "Swap", uint64(v), uint64(old))
	return old
}

func (n *number[T]) Add(delta T) T { return n.add("Add", delta) }
func (n *number[T]) Sub(delta T) T { return n.add("Sub", -delta) }
func (n *number[T]) Inc() T        { return n.add("Inc", 1) }
func (n *number[T]) Dec() T        { return n.add("Dec", ^T(0)) }

func (n *number[T]) add(operation string, delta T) T {
	r := explore.Before(&n.object)
	for {
		bits := n.value.Load()
		v := T(bits) + delta // wraps around as a T
		if n.value.CompareAndSwap(bits, uint64(v)) {
			r.Did(&n.object, effect(delta != 0), operation, bits, uint64(v))
			return v
		}
	}
}

func (n *number[T]) CompareAndSwap(expected, v T) (swapped bool) {
	r := explore.Before(&n.object)
	if n.value.CompareAndSwap(uint64(expected), uint64(v)) {
		r.Did(&n.object, effect(expected != v), "CompareAndSwap", uint64(expected), uint64(v))
		return true
	}
	r.Did(&n.object, explore.Read, "CompareAndSwap failed", n.value.Load())
	return false
}

func (n *number[T]) String() string               { return fmt.Sprint(n.Load()) }
func (n *number[T]) MarshalJSON() ([]byte, error) { return json.Marshal(n.Load()) }

func (n *number[T]) UnmarshalJSON(text []byte) error {
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	n.Store(v)
	return nil
}

// effect returns the effect of an operation that wrote.
func effect(changed bool) explore.Effect {
	if changed {
		return explore.Change
	}
	return explore.Order
}

// A Bool is an atomic bool.
type Bool struct{ n Uint32 }

// bit returns the number that a Bool stores for v.
func bit(v bool) uint32 {
	if v {
		return 1
	}
	return 0
}

func (b *Bool) Load() bool       { return b.n.Load() != 0 }
func (b *Bool) Store(v bool)     { b.n.Store(bit(v)) }
func (b *Bool) Swap(v bool) bool { return b.n.Swap(bit(v)) != 0 }
func (b *Bool) String() string   { return fmt.Sprint(b.Load()) }
func (b *Bool) CompareAndSwap(expected, v bool) bool {
	return b.n.CompareAndSwap(bit(expected), bit(v))
}

func (b *Bool) Toggle() (old bool) {
	for {
		if old := b.Load(); b.CompareAndSwap(old, !old) {
			return old
		}
	}
}

func (b *Bool) MarshalJSON() ([]byte, error) { return json.Marshal(b.Load()) }

func (b *Bool) UnmarshalJSON(text []byte) error {
	var v bool
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	b.Store(v)
	return nil
}

// A Pointer is an atomic pointer.
type Pointer[T any] struct {
	object explore.Object
	value  atomic.Pointer[T]
}

func (p *Pointer[T]) Load() *T {
	r := explore.BeforeLoad(&p.object)
	v := p.value.Load()
	r.Did(&p.object, explore.Read, "Load", address(v))
	return v
}

func (p *Pointer[T]) Store(v *T) {
	r := explore.Before(&p.object)
	old := p.value.Swap(v)
	r.Did(&p.object, effect(old != v), "Store", address(v))
}

func (p *Pointer[T]) Swap(v *T) (old *T) {
	r := explore.Before(&p.object)
	old = p.value.Swap(v)
	r.Did(&p.object, effect(old != v), "Swap", address(v), address(old))
	return old
}

func (p *Pointer[T]) CompareAndSwap(expected, v *T) (swapped bool) {
	r := explore.Before(&p.object)
	if p.value.CompareAndSwap(expected, v) {
		r.Did(&p.object, effect(expected != v), "CompareAndSwap", address(expected), address(v))
		return true
	}
	r.Did(&p.object, explore.Read, "CompareAndSwap failed", address(p.value.Load()))
	return false
}

func (p *Pointer[T]) String() string               { return fmt.Sprint(p.Load()) }
func (p *Pointer[T]) MarshalJSON() ([]byte, error) { return json.Marshal(p.Load()) }

func (p *Pointer[T]) UnmarshalJSON(text []byte) error {
	var v *T
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	p.Store(v)
	return nil
}

// address returns the number that a trace shows for a pointer.
func address[T any](p *T) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }
