// Package step has everything that the pools and their queue use to synchronize
// goroutines: atomic words, mutexes, conds, channels, contexts, timers, the start of
// goroutines, and waiting.
//
// In the normal build the package costs nothing. Its types are other names for types
// of go.uber.org/atomic and sync, or have methods of one statement, for which the
// compiler generates the same code as without them. The exception is StoreRelease.
//
// With the build tag modelcheck the types call the scheduler of package explore before
// every operation. The scheduler lets one goroutine run at a time. So it can try all
// orders in which the operations of several goroutines can happen. Go's atomics are
// sequentially consistent, so in a program without data races nothing else can happen.
// StoreRelease is weaker: its stores go into a buffer, as in an x86 processor, and the
// scheduler also chooses when each of them leaves it. If an operation has several
// possible outcomes, the scheduler tries each of them.
//
// Outside a run of package explore the types work as in the normal build. The
// ordinary tests pass with the tag, too.
//
// Code that uses this package must not use sync, sync/atomic, channels or go
// statements for anything that depends on order, because the scheduler would
// not see them.
package step
