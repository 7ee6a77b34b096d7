// Package step is the layer through which the ring and the pool on it reach
// whatever one goroutine does to another: atomic words, mutexes, conds, the
// start of goroutines, and waiting.
//
// In the normal build there is no layer. Its types are other names for those
// of go.uber.org/atomic and sync, or have methods of one statement, and the
// compiler makes of it what it would make without.
//
// With the build tag modelcheck the same names stand for types that hand
// control to the scheduler of package explore before every operation. It lets
// one goroutine run at a time, and can therefore try, one after the other, the
// orders in which the operations of several may happen. Go's atomics are
// sequentially consistent, so, where the race detector finds no race among the
// plain accesses, these orders are all that can happen.
//
// Code that uses this package must not use sync, sync/atomic, channels or go
// statements for what matters to the order of its steps: the scheduler would
// not see them.
package step
